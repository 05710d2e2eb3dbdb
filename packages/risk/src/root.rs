//! Integer square roots.

/// `floor(sqrt(value))`, by Newton's iteration from above, which falls until it reaches the floor (Cohen, A Course in
/// Computational Algebraic Number Theory, 1993, algorithm 1.7.1).
pub fn root_down(value: u128) -> u128 {
    if value < 2 {
        return value;
    }
    // The smallest power of two that is no less than the root.
    let bits = 128u32.saturating_sub(value.leading_zeros());
    let mut guess = 1u128 << bits.div_ceil(2).min(127);
    loop {
        let Some(quotient) = value.checked_div(guess) else {
            return guess;
        };
        // A guess is at most 2^64 and its quotient below 2^128: half of the sum is taken without the sum.
        let next = (guess >> 1)
            .saturating_add(quotient >> 1)
            .saturating_add(guess & quotient & 1);
        if next >= guess {
            return guess;
        }
        guess = next;
    }
}

/// `ceil(sqrt(value))`.
pub fn root_up(value: u128) -> u128 {
    let down = root_down(value);
    let exact = down.checked_mul(down) == Some(value);
    down.saturating_add(u128::from(!exact))
}
