use alloc::vec::Vec;
use core::ops::Range;

use busbar_units::Wh;

use crate::NetworkError;

/// Most buses of one network.
pub const MAX_BUSES: usize = 1 << 20;
/// Largest capacity of a line in one interval, some thirty times the world's electricity of a year: whoever
/// means "no limit" may say so, and every flow still fits [`busbar_units::NetWh`].
pub const MAX_CAPACITY: Wh = Wh::new(1 << 60);

/// A line between two buses and what it may carry in one interval. Lossless.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Line {
    /// Index of the bus that positive flow leaves.
    pub from: usize,
    /// Index of the bus that positive flow reaches.
    pub to: usize,
    /// Most energy from `from` to `to`.
    pub capacity: Wh,
    /// Most energy from `to` to `from`.
    pub capacity_back: Wh,
}

/// The way from a bus towards the root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Up {
    /// The next bus towards the root.
    pub parent: usize,
    /// Position of the line that leads there.
    pub line: usize,
    /// Whether positive flow on that line leaves the bus (else it arrives there).
    pub exports: bool,
}

/// A radial network: buses joined by lines into one tree, hung up at a root.
///
/// Every bus has an index from 0. Which bus is the root changes no price and no welfare; it is
/// where the sharing of ties starts, usually the bus of the connection to the higher grid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    lines: Vec<Line>,
    /// Way up from each bus; `None` only at the root.
    up: Vec<Option<Up>>,
    /// All buses, root first, level by level; the children of a bus stand together, lowest first.
    top_down: Vec<usize>,
    /// For each bus the stretch of `top_down` that its children fill.
    children: Vec<Range<usize>>,
}

impl Network {
    /// The tree of `lines` over the buses `0..buses`, hung up at `root`.
    ///
    /// # Errors
    /// [`NetworkError`] for no or too many buses, a root or an end of a line that does not exist,
    /// a capacity beyond [`MAX_CAPACITY`], cycles and islands.
    pub fn new(buses: usize, root: usize, lines: Vec<Line>) -> Result<Self, NetworkError> {
        if buses == 0 || buses > MAX_BUSES {
            return Err(NetworkError::Buses {
                count: buses,
                max: MAX_BUSES,
            });
        }
        if root >= buses {
            return Err(NetworkError::UnknownRoot { root, buses });
        }
        let mut joined = Joined::none(buses);
        let mut neighbours: Vec<Vec<(usize, usize)>> = alloc::vec![Vec::new(); buses];
        for (
            line,
            &Line {
                from,
                to,
                capacity,
                capacity_back,
            },
        ) in lines.iter().enumerate()
        {
            for bus in [from, to] {
                if bus >= buses {
                    return Err(NetworkError::UnknownBus { line, bus, buses });
                }
            }
            for capacity in [capacity, capacity_back] {
                if capacity > MAX_CAPACITY {
                    return Err(NetworkError::Capacity {
                        line,
                        capacity,
                        max: MAX_CAPACITY,
                    });
                }
            }
            if !joined.join(from, to) {
                return Err(NetworkError::Cycle { line });
            }
            neighbours[from].push((to, line));
            neighbours[to].push((from, line));
        }
        let start = joined.representative(root);
        if let Some(bus) = (0..buses).find(|&bus| joined.representative(bus) != start) {
            return Err(NetworkError::Island { bus });
        }
        Ok(Self::hang_up(root, lines, neighbours))
    }

    /// The smallest network: one bus, no line.
    pub fn single() -> Self {
        Self::hang_up(0, Vec::new(), alloc::vec![Vec::new()])
    }

    /// Orders a tree, known to be one, from `root` down.
    fn hang_up(root: usize, lines: Vec<Line>, mut neighbours: Vec<Vec<(usize, usize)>>) -> Self {
        let mut up: Vec<Option<Up>> = alloc::vec![None; neighbours.len()];
        let mut children = alloc::vec![0..0; neighbours.len()];
        let mut hung = alloc::vec![false; neighbours.len()];
        hung[root] = true;
        let mut top_down = Vec::with_capacity(neighbours.len());
        top_down.push(root);
        for position in 0..neighbours.len() {
            let bus = top_down[position];
            let first = top_down.len();
            let mut around = core::mem::take(&mut neighbours[bus]);
            // Lowest number first, whatever the order of the lines.
            around.sort_unstable();
            for (child, line) in around {
                if core::mem::replace(&mut hung[child], true) {
                    continue;
                }
                let exports = lines[line].from == child;
                up[child] = Some(Up {
                    parent: bus,
                    line,
                    exports,
                });
                top_down.push(child);
            }
            children[bus] = first..top_down.len();
        }
        Self {
            lines,
            up,
            top_down,
            children,
        }
    }

    /// How many buses there are.
    pub fn buses(&self) -> usize {
        self.up.len()
    }

    /// The bus that the tree hangs from.
    pub fn root(&self) -> usize {
        self.top_down[0]
    }

    /// The lines in the order given.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// All buses, each after its parent.
    pub(crate) fn top_down(&self) -> &[usize] {
        &self.top_down
    }

    /// The way from `bus` towards the root; `None` at the root.
    pub(crate) fn up(&self, bus: usize) -> Option<Up> {
        self.up[bus]
    }

    /// The buses that hang from `bus`, lowest first.
    pub(crate) fn children(&self, bus: usize) -> &[usize] {
        &self.top_down[self.children[bus].clone()]
    }

    /// What the bus at the lower end of `up` may import and export over it, in Wh.
    pub(crate) fn limits(&self, up: Up) -> (i128, i128) {
        let Line {
            capacity,
            capacity_back,
            ..
        } = self.lines[up.line];
        let (import, export) = if up.exports {
            (capacity_back, capacity)
        } else {
            (capacity, capacity_back)
        };
        (i128::from(import.get()), i128::from(export.get()))
    }
}

/// Which buses are joined so far: a forest, the smaller tree always hung under the root of the larger.
struct Joined {
    above: Vec<usize>,
    size: Vec<usize>,
}

/// No tree of the forest is deeper: each level at least doubles its size, up to [`MAX_BUSES`].
const MAX_DEPTH: usize = 20;

impl Joined {
    fn none(buses: usize) -> Self {
        Self {
            above: (0..buses).collect(),
            size: alloc::vec![1; buses],
        }
    }

    /// The bus that stands for all that are joined with `bus`; it is its own upper end.
    fn representative(&self, bus: usize) -> usize {
        (0..MAX_DEPTH).fold(bus, |bus, _| self.above[bus])
    }

    /// Joins two groups; false if they were one already.
    fn join(&mut self, a: usize, b: usize) -> bool {
        let (a, b) = (self.representative(a), self.representative(b));
        if a == b {
            return false;
        }
        let mut trees = [(self.size[a], a), (self.size[b], b)];
        trees.sort_unstable();
        let [(_, small), (_, large)] = trees;
        self.above[small] = large;
        self.size[large] = self.size[large].saturating_add(self.size[small]);
        true
    }
}
