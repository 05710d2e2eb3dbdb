use alloc::vec::Vec;

/// No step.
pub(crate) const NONE: u32 = u32::MAX;

/// Heaps over one fixed set of steps that can be melded in constant time: pairing heaps
/// (Fredman, Sedgewick, Sleator, Tarjan 1986), kept as links between steps.
///
/// A heap is named by its first step, the one with the lowest key, or [`NONE`]; taking the first
/// costs `O(log n)` amortised. Nothing recurses.
pub(crate) struct Heaps {
    nodes: Vec<Node>,
}

struct Node {
    key: i64,
    /// First of the steps directly behind this one.
    child: u32,
    /// Next step behind the same one.
    next: u32,
}

impl Heaps {
    /// One heap per step, in the order of `keys`.
    pub fn new(keys: impl Iterator<Item = i64>) -> Self {
        Self {
            nodes: keys
                .map(|key| Node {
                    key,
                    child: NONE,
                    next: NONE,
                })
                .collect(),
        }
    }

    /// The key of a step.
    pub fn key(&self, step: u32) -> i64 {
        self.nodes[step as usize].key
    }

    /// Melds two heaps.
    pub fn meld(&mut self, a: u32, b: u32) -> u32 {
        if a == NONE {
            return b;
        }
        if b == NONE {
            return a;
        }
        let (first, behind) = if self.key(a) <= self.key(b) { (a, b) } else { (b, a) };
        self.nodes[behind as usize].next = self.nodes[first as usize].child;
        self.nodes[first as usize].child = behind;
        first
    }

    /// The heap without its first step.
    pub fn without_first(&mut self, first: u32) -> u32 {
        // Pair by pair from the left, then all pairs from the right: this is what keeps it O(log n).
        let mut pairs = NONE;
        let mut rest = self.nodes[first as usize].child;
        while rest != NONE {
            let a = rest;
            let b = self.nodes[a as usize].next;
            rest = if b == NONE { NONE } else { self.nodes[b as usize].next };
            let pair = self.meld(a, b);
            self.nodes[pair as usize].next = pairs;
            pairs = pair;
        }
        let mut heap = NONE;
        while pairs != NONE {
            let next = self.nodes[pairs as usize].next;
            heap = self.meld(heap, pairs);
            pairs = next;
        }
        heap
    }
}
