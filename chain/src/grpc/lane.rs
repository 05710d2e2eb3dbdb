use std::collections::BTreeMap;

/// The sequences of one account that are on their way, so that several transactions can be signed before the first
/// is in a block.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lane {
    /// Timeout height by sequence.
    outstanding: BTreeMap<u64, u64>,
}

impl Lane {
    /// The sequence of the next transaction, on a chain at `height` that expects `committed` next: the lowest that no
    /// outstanding transaction holds. What is below `committed` is used up, and what timed out is free again; since
    /// sequences go into blocks in order, the lowest free one must go first.
    pub fn next(&mut self, committed: u64, height: u64) -> u64 {
        self.outstanding
            .retain(|sequence, timeout_height| *sequence >= committed && *timeout_height > height);
        let mut next = committed;
        for sequence in self.outstanding.keys() {
            if *sequence != next {
                break;
            }
            next = next.saturating_add(1);
        }
        next
    }

    /// Notes that signed bytes with this sequence may be included up to a height.
    pub fn hold(&mut self, sequence: u64, timeout_height: u64) {
        self.outstanding.insert(sequence, timeout_height);
    }

    /// Notes that the bytes with this sequence can never be included.
    pub fn release(&mut self, sequence: u64) {
        self.outstanding.remove(&sequence);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequences_follow_each_other_before_any_is_in_a_block() {
        let mut lane = Lane::default();
        for expected in 7..10 {
            let next = lane.next(7, 100);
            assert_eq!(next, expected);
            lane.hold(next, 160);
        }
        assert_eq!(lane.next(9, 101), 10, "two are in a block");
        assert_eq!(lane.next(20, 102), 20, "another signer went ahead");
    }

    #[test]
    fn no_new_signature_before_the_timeout_and_the_gap_first_after_it() {
        let mut lane = Lane::default();
        lane.hold(7, 110);
        lane.hold(8, 120);
        assert_eq!(lane.next(7, 109), 9);
        assert_eq!(lane.next(7, 110), 7, "no later block can include it");
        lane.hold(7, 130);
        assert_eq!(lane.next(7, 111), 9, "8 still waits for 7");
        lane.release(8);
        assert_eq!(lane.next(7, 111), 8);
    }
}
