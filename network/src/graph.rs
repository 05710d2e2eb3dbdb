//! Trees and loops of a network.
use thiserror::Error;

/// The way from a bus towards the root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Up {
    /// The next bus towards the root.
    pub parent: usize,
    /// Position of the line that leads there.
    pub line: usize,
    /// Whether the line runs from the parent down to the bus; else it runs up.
    pub down: bool,
}

/// A fundamental loop: one line outside the spanning tree, then the way back over the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loop {
    /// Position of each line, the one outside the tree first, and whether the loop runs along it.
    pub lines: Vec<(usize, bool)>,
}

/// The spanning tree of a connected network by a breadth-first walk from the root, lowest bus and then lowest line
/// first (the one that `busbar_clearing` takes), and the loops that the other lines close.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Graph {
    ends: Vec<(usize, usize)>,
    root: usize,
    up: Vec<Option<Up>>,
    depth: Vec<usize>,
    /// All buses, the root first, parents before children.
    walk: Vec<usize>,
    chords: Vec<usize>,
}

/// Lines that do not make a connected network.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum GraphError {
    /// The root or an end of a line is no bus.
    #[error("bus {bus} does not exist")]
    UnknownBus {
        /// The position that is none.
        bus: usize,
    },
    /// A line from a bus to itself.
    #[error("line {line} joins bus {bus} to itself")]
    SelfLoop {
        /// Position of the line.
        line: usize,
        /// The bus.
        bus: usize,
    },
    /// A bus that no lines join to the root.
    #[error("no line joins bus {bus} to the root")]
    Island {
        /// Position of the bus.
        bus: usize,
    },
}

impl Graph {
    /// Spans the buses `0..buses` from `root`; `ends` holds the two buses of each line.
    ///
    /// # Errors
    /// [`GraphError`]: a bus that does not exist, a line from a bus to itself, an island.
    pub fn span(buses: usize, root: usize, ends: Vec<(usize, usize)>) -> Result<Self, GraphError> {
        let mut neighbours: Vec<Vec<(usize, usize, bool)>> = vec![Vec::new(); buses];
        for (line, &(from, to)) in ends.iter().enumerate() {
            if from == to {
                return Err(GraphError::SelfLoop { line, bus: from });
            }
            for (bus, next, down) in [(from, to, true), (to, from, false)] {
                let around = neighbours.get_mut(bus).ok_or(GraphError::UnknownBus { bus })?;
                around.push((next, line, down));
            }
        }
        let mut graph = Self {
            ends,
            root,
            up: vec![None; buses],
            depth: vec![0; buses],
            walk: vec![root],
            chords: Vec::new(),
        };
        let mut reached = vec![false; buses];
        *reached.get_mut(root).ok_or(GraphError::UnknownBus { bus: root })? = true;
        let mut inside = vec![false; graph.ends.len()];
        let mut position = 0usize;
        while let Some(&parent) = graph.walk.get(position) {
            position = position.saturating_add(1);
            let mut around = std::mem::take(&mut neighbours[parent]);
            around.sort_unstable();
            for (bus, line, down) in around {
                if !std::mem::replace(&mut reached[bus], true) {
                    graph.up[bus] = Some(Up { parent, line, down });
                    graph.depth[bus] = graph.depth[parent].saturating_add(1);
                    graph.walk.push(bus);
                    inside[line] = true;
                }
            }
        }
        if let Some(bus) = reached.iter().position(|reached| !reached) {
            return Err(GraphError::Island { bus });
        }
        graph.chords = (0..graph.ends.len()).filter(|&line| !inside[line]).collect();
        Ok(graph)
    }

    /// How many buses there are.
    pub fn buses(&self) -> usize {
        self.up.len()
    }

    /// The two buses of each line, `from` and `to`.
    pub fn ends(&self) -> &[(usize, usize)] {
        &self.ends
    }

    /// How many lines there are.
    pub fn lines(&self) -> usize {
        self.ends.len()
    }

    /// The bus that the tree hangs from.
    pub fn root(&self) -> usize {
        self.root
    }

    /// Whether there is no loop.
    pub fn is_radial(&self) -> bool {
        self.chords.is_empty()
    }

    /// The way up from a bus; `None` at the root.
    pub fn up(&self, bus: usize) -> Option<Up> {
        self.up.get(bus).copied().flatten()
    }

    /// All buses, the root first, every bus after its parent.
    pub fn top_down(&self) -> &[usize] {
        &self.walk
    }

    /// Positions of the lines outside the spanning tree, lowest first.
    pub fn chords(&self) -> &[usize] {
        &self.chords
    }

    /// The fundamental loops, one per line outside the tree, in the order of [`Graph::chords`]. A loop runs along its
    /// own line, from the line's `from` to its `to`, and back over the tree.
    pub fn loops(&self) -> Vec<Loop> {
        let close = |&chord: &usize| {
            let (mut tail, mut head) = self.ends[chord];
            let mut lines = vec![(chord, true)];
            // Both ends climb until they meet; the loop climbs from the head and comes down to the tail.
            while head != tail {
                let climbs = self.depth[head] >= self.depth[tail];
                let bus = if climbs { &mut head } else { &mut tail };
                let Some(up) = self.up(*bus) else { break };
                *bus = up.parent;
                lines.push((up.line, up.down != climbs));
            }
            Loop { lines }
        };
        self.chords.iter().map(close).collect()
    }

    /// Flows on the lines, none outside the tree, that carry these injections (positive into the network, one per bus)
    /// to the root, which takes up what is left. Positive along the line.
    pub fn tree_flows(&self, injections: &[f64]) -> Vec<f64> {
        let mut below = injections.to_vec();
        let mut flows = vec![0.0; self.lines()];
        for &bus in self.walk.iter().rev() {
            let (Some(up), export) = (self.up(bus), below[bus]) else {
                continue;
            };
            below[up.parent] += export;
            flows[up.line] = if up.down { -export } else { export };
        }
        flows
    }
}
