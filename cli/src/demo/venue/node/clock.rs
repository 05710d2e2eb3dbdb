//! How long an interval of the compressed clock is.

use std::time::{Duration, Instant};

use busbar_api::grid::Params;
use busbar_chain::{Chain, ChainError};

/// Blocks that an interval has room for. On its way an hour has about eight transactions that wait for each other;
/// the rest is for a machine that is busy.
const BLOCKS: u128 = 20;
/// Shortest interval that is chosen, in seconds.
const LEAST_S: u64 = 12;
/// Longest: the physical one.
const MOST_S: u64 = 3_600;
const DAY_S: u64 = 86_400;

/// Blocks whose time is taken.
const TIMED: u64 = 6;
const POLL: Duration = Duration::from_millis(20);

/// Mean time between the next blocks of a chain.
pub(super) fn block_time(chain: &dyn Chain) -> Result<Duration, ChainError> {
    let first = chain.now()?.height;
    let (mut from, mut started) = (first, Instant::now());
    loop {
        let height = chain.now()?.height;
        let blocks = height.saturating_sub(from);
        if from == first && blocks > 0 {
            // The first block that is seen to come begins the measurement.
            (from, started) = (height, Instant::now());
        } else if blocks >= TIMED || started.elapsed() > Duration::from_secs(60) {
            let blocks = u32::try_from(blocks.max(1)).unwrap_or(1);
            return Ok(started.elapsed().checked_div(blocks).unwrap_or_default());
        }
        std::thread::sleep(POLL);
    }
}

/// The shortest interval with room for the blocks that an hour needs.
pub(super) fn interval_s(block: Duration) -> u64 {
    let needed = block.as_millis().saturating_mul(BLOCKS).div_ceil(1_000);
    let needed = u64::try_from(needed).unwrap_or(MOST_S);
    (LEAST_S..MOST_S)
        .find(|length| *length >= needed && is_possible(*length))
        .unwrap_or(MOST_S)
}

/// Whether an interval may have this length.
pub(super) fn is_possible(length: u64) -> bool {
    (3..=MOST_S).contains(&length) && DAY_S.checked_rem(length) == Some(0)
}

/// The same parameters on a clock of intervals of this length. What is left alone decides about energy and money (the
/// confirmation window too: margins cover it); what is changed, when things happen. An interval is final as soon as it
/// can be.
pub(super) fn compressed(params: Params, interval_s: u64) -> Params {
    let third = interval_s.div_euclid(3);
    Params {
        gate_closure_s: u32::try_from(third).unwrap_or(u32::MAX),
        solver_window_s: 0,
        no_cancel_s: 0,
        dispute_window: 0,
        correction_window: params.confirmation_window,
        clock_tolerance_s: 0,
        ..params
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_divides_a_day_and_has_room_for_its_blocks() {
        for (block_ms, expected) in [
            (100, 12),
            (600, 12),
            (700, 15),
            (1_000, 20),
            (6_000, 120),
            (900_000, 3_600),
        ] {
            assert_eq!(interval_s(Duration::from_millis(block_ms)), expected, "{block_ms} ms");
        }
        assert!(is_possible(12) && is_possible(3) && is_possible(3_600));
        assert!(!is_possible(0) && !is_possible(2) && !is_possible(7) && !is_possible(7_200));
    }
}
