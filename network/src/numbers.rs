//! The few places where measured values, in floating point, become whole numbers of the market and back.

/// Largest whole number up to which every one is a floating-point number.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// The largest whole number not above `value`; `None` below 0, at 2^64 or above, and for NaN.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the range is checked; the fraction is what flooring drops"
)]
pub fn floor(value: f64) -> Option<u64> {
    (0.0..18_446_744_073_709_551_616.0)
        .contains(&value)
        .then_some(value as u64)
}

/// The nearest whole number, halves up; `None` outside 32 bits and for NaN.
pub fn nearest(value: f64) -> Option<u32> {
    floor(value + 0.5).and_then(|whole| u32::try_from(whole).ok())
}

/// Millionths of `value`, rounded down; `None` beyond exact floating-point numbers and for NaN.
pub fn millionths_down(value: f64) -> Option<i64> {
    whole((value * 1e6).floor())
}

/// Millionths of `value`, rounded up; `None` beyond exact floating-point numbers and for NaN.
pub fn millionths_up(value: f64) -> Option<i64> {
    whole((value * 1e6).ceil())
}

/// Millionths of `value`, rounded to the nearest; `None` beyond exact floating-point numbers and for NaN.
pub fn millionths(value: f64) -> Option<i64> {
    whole((value * 1e6).round())
}

#[allow(
    clippy::cast_possible_truncation,
    reason = "the range is checked and there is no fraction"
)]
fn whole(value: f64) -> Option<i64> {
    (value.abs() <= EXACT).then_some(value as i64)
}

/// As floating point, exact up to 2^53 and right to 1.2e-16 beyond.
#[allow(clippy::cast_precision_loss, reason = "the error is stated")]
pub fn real(value: u64) -> f64 {
    value as f64
}

/// As floating point, right to 1.2e-16 of the value.
#[allow(clippy::cast_precision_loss, reason = "the error is stated")]
pub fn real_i128(value: i128) -> f64 {
    value as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn out_of_range_is_none() {
        assert_eq!((floor(1.99), floor(0.0), floor(-0.1)), (Some(1), Some(0), None));
        assert_eq!(
            (floor(f64::NAN), floor(1.9e19), floor(f64::INFINITY)),
            (None, None, None)
        );
        assert_eq!(
            (nearest(0.5), nearest(4_294_967_295.4), nearest(4_294_967_295.5)),
            (Some(1), Some(u32::MAX), None)
        );
        assert_eq!(
            (millionths_down(0.903_000_9), millionths_up(0.903_000_1)),
            (Some(903_000), Some(903_001))
        );
        assert_eq!((millionths(-0.328_684_1), millionths(f64::NAN)), (Some(-328_684), None));
    }
}
