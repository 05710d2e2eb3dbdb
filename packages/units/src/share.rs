use alloc::vec::Vec;

use crate::UnitsError;

/// Shares `total` over `weights` pro rata in whole units: floors first, then one unit each by
/// largest remainder, equal remainders by position. Nobody gets more than its weight.
///
/// `total` is capped at the sum of the weights, so the shares sum to `min(total, sum of weights)`.
/// Unit: the same as that of `total` and `weights`. Exact for every sum of weights below 2^95, also
/// where `total * weight` leaves `u128`; fails where both bounds are exceeded.
pub fn largest_remainder(total: u128, weights: &[u128]) -> Result<Vec<u128>, UnitsError> {
    let sum = weights
        .iter()
        .try_fold(0u128, |sum, weight| sum.checked_add(*weight))
        .ok_or_else(overflow)?;
    if total >= sum {
        return Ok(weights.to_vec());
    }
    let mut shares = Vec::with_capacity(weights.len());
    let mut remainders = Vec::with_capacity(weights.len());
    let mut left = total;
    for (position, weight) in weights.iter().enumerate() {
        // `sum` is above `total`, hence above zero.
        let (share, remainder) = pro_rata(total, *weight, sum).ok_or_else(overflow)?;
        left = left.checked_sub(share).ok_or_else(overflow)?;
        shares.push(share);
        remainders.push((remainder, position));
    }
    // Fewer units are left than there are non-zero remainders, so each gets at most one. Remainders and
    // positions make a strict order: who gets one does not depend on the selection.
    let extra = usize::try_from(left).map_err(|_| overflow())?;
    remainders.select_nth_unstable_by(extra, |a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    for (_, position) in remainders.into_iter().take(extra) {
        if let Some(share) = shares.get_mut(position) {
            *share = share.checked_add(1).ok_or_else(overflow)?;
        }
    }
    Ok(shares)
}

/// `total * weight / sum` as floor and remainder, for `total` and `weight` up to `sum`.
fn pro_rata(total: u128, weight: u128, sum: u128) -> Option<(u128, u128)> {
    if let Some(product) = total.checked_mul(weight) {
        return Some((product.checked_div(sum)?, product.checked_rem(sum)?));
    }
    // Long multiplication in base 2^32, high digit first: each step keeps the remainder below `sum`,
    // so that it and the next digit's product fit as long as `sum` is below 2^95.
    let mut share = 0u128;
    let mut remainder = 0u128;
    for shift in [96, 64, 32, 0] {
        let digit = weight.checked_shr(shift)? & u128::from(u32::MAX);
        let carried = remainder.checked_mul(BASE)?.checked_add(total.checked_mul(digit)?)?;
        share = share.checked_mul(BASE)?.checked_add(carried.checked_div(sum)?)?;
        remainder = carried.checked_rem(sum)?;
    }
    Some((share, remainder))
}

/// One digit of the long multiplication.
const BASE: u128 = 1 << 32;

fn overflow() -> UnitsError {
    UnitsError::Overflow {
        unit: "share",
        operation: "total * weight",
    }
}
