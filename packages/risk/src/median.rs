use alloc::vec::Vec;

/// The lower weighted median: the least value at which the weights of all values up to it reach half of the total.
/// Entries without weight do not count; none where nothing has weight.
///
/// Where the weight of those who lie is below half of the total, the median lies within the range of the others: half
/// of the weight is at or below it and more than half at or above it, so that an honest value is on each side
/// (Edgeworth 1888; Cormen et al., Introduction to Algorithms, 3rd edition, problem 9-2).
pub fn weighted_median(values: &[(i64, u128)]) -> Option<i64> {
    let mut sorted: Vec<_> = values.iter().filter(|(_, weight)| *weight > 0).collect();
    sorted.sort_unstable_by_key(|(value, _)| *value);
    let total = sorted
        .iter()
        .fold(0u128, |sum, (_, weight)| sum.saturating_add(*weight));
    let half = total.div_ceil(2);
    let mut reached = 0u128;
    for (value, weight) in sorted {
        reached = reached.saturating_add(*weight);
        if reached >= half {
            return Some(*value);
        }
    }
    None
}

/// The weighted median of the distances from a centre: how far sources lie apart, whatever less than half of their
/// weight says. With the median as the centre it is at most the width of the honest range (Hampel 1974: the median
/// absolute deviation).
pub fn median_deviation(values: &[(i64, u128)], centre: i64) -> Option<u64> {
    let distances: Vec<_> = values
        .iter()
        .map(|(value, weight)| (order_of(value.abs_diff(centre)), *weight))
        .collect();
    weighted_median(&distances).map(distance_of)
}

/// A distance as a signed number of the same order.
fn order_of(distance: u64) -> i64 {
    i64::from_be_bytes((distance ^ (1 << 63)).to_be_bytes())
}

fn distance_of(order: i64) -> u64 {
    u64::from_be_bytes(order.to_be_bytes()) ^ (1 << 63)
}
