use alloc::vec::Vec;

use crate::UnitsError;

/// Shares `total` over `weights` pro rata in whole units: floors first, then one unit each by
/// largest remainder, equal remainders by position. Nobody gets more than its weight.
///
/// `total` is capped at the sum of the weights, so the shares sum to `min(total, sum of weights)`.
/// Unit: the same as that of `total` and `weights`. Fails where `total * weight` leaves `u128`.
pub fn largest_remainder(total: u128, weights: &[u128]) -> Result<Vec<u128>, UnitsError> {
    let overflow = UnitsError::Overflow { unit: "share", operation: "total * weight" };
    let sum = weights.iter().try_fold(0u128, |sum, weight| sum.checked_add(*weight)).ok_or(overflow.clone())?;
    if total >= sum {
        return Ok(weights.to_vec());
    }
    let mut shares = Vec::with_capacity(weights.len());
    let mut remainders = Vec::with_capacity(weights.len());
    let mut left = total;
    for (position, weight) in weights.iter().enumerate() {
        let product = total.checked_mul(*weight).ok_or(overflow.clone())?;
        // `sum` is above `total`, hence above zero.
        let share = product.checked_div(sum).ok_or(overflow.clone())?;
        left = left.checked_sub(share).ok_or(overflow.clone())?;
        shares.push(share);
        remainders.push((product.checked_rem(sum).ok_or(overflow.clone())?, position));
    }
    remainders.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    // Fewer units are left than there are non-zero remainders, so each gets at most one.
    let extra = usize::try_from(left).map_err(|_| overflow.clone())?;
    for (_, position) in remainders.into_iter().take(extra) {
        if let Some(share) = shares.get_mut(position) {
            *share = share.checked_add(1).ok_or(overflow.clone())?;
        }
    }
    Ok(shares)
}
