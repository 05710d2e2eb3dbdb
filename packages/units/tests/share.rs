//! Sharing where `total * weight` leaves 128 bits: exact all the same.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects)]
use busbar_units::{largest_remainder, UnitsError};
use proptest::prelude::*;

/// `total * weight / sum` as floor and remainder, one bit of the weight at a time.
fn bit_by_bit(total: u128, weight: u128, sum: u128) -> (u128, u128) {
    (0..128).rev().fold((0, 0), |(floor, remainder), bit| {
        let carried = remainder * 2 + if weight >> bit & 1 == 1 { total } else { 0 };
        (floor * 2 + carried / sum, carried % sum)
    })
}

proptest! {
    #[test]
    fn large_shares_are_the_floor_or_one_more_by_remainder(
        weights in prop::collection::vec(0u128..1 << 92, 1..8),
        part in 0u128..1 << 30,
    ) {
        let sum: u128 = weights.iter().sum();
        prop_assume!(sum > 0);
        let total = (sum >> 30) * part;
        let shares = largest_remainder(total, &weights).unwrap();
        prop_assert_eq!(shares.iter().sum::<u128>(), total);
        let exact = weights.iter().map(|weight| bit_by_bit(total, *weight, sum));
        let mut rounded: Vec<(u128, std::cmp::Reverse<usize>, u128)> = exact
            .zip(&shares)
            .enumerate()
            .map(|(position, ((floor, remainder), share))| (remainder, std::cmp::Reverse(position), share - floor))
            .collect();
        rounded.sort();
        prop_assert!(rounded.iter().all(|(_, _, more)| *more <= 1));
        prop_assert!(rounded.windows(2).all(|pair| pair[0].2 <= pair[1].2));
    }
}

#[test]
fn the_bound_itself_is_exact_and_far_beyond_is_refused() {
    // Exactly a quarter more and a quarter less than half of it.
    let half = 1u128 << 94;
    assert_eq!(
        largest_remainder(half, &[half, half - 1]).unwrap(),
        [half >> 1, half >> 1]
    );
    let overflow = UnitsError::Overflow {
        unit: "share",
        operation: "total * weight",
    };
    assert_eq!(
        largest_remainder(1 << 126, &[1 << 126, 1 << 126]),
        Err(overflow.clone())
    );
    assert_eq!(largest_remainder(0, &[u128::MAX, 1]), Err(overflow));
}
