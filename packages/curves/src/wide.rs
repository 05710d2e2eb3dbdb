//! Whole numbers of 256 bits: products of two `u128`, what is left of them after a division, and their roots.

/// `high * 2^128 + low`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Wide {
    high: u128,
    low: u128,
}

const HALF: u32 = 64;
const LOW_HALF: u128 = u64::MAX as u128;

impl Wide {
    /// `a * b`, which always fits.
    pub fn product(a: u128, b: u128) -> Self {
        let (a1, a0) = (a >> HALF, a & LOW_HALF);
        let (b1, b0) = (b >> HALF, b & LOW_HALF);
        // Products of two 64-bit halves fit 128 bits, so that nothing wraps but what is carried on.
        let (middle, carry) = a1.wrapping_mul(b0).overflowing_add(a0.wrapping_mul(b1));
        let (low, carry_low) = a0.wrapping_mul(b0).overflowing_add(middle << HALF);
        let high = a1
            .wrapping_mul(b1)
            .wrapping_add(middle >> HALF)
            .wrapping_add(u128::from(carry) << HALF)
            .wrapping_add(u128::from(carry_low));
        Self { high, low }
    }

    /// The sum, if it fits.
    pub fn plus(self, other: Self) -> Option<Self> {
        let (low, carry) = self.low.overflowing_add(other.low);
        let high = self.high.checked_add(other.high)?.checked_add(carry.into())?;
        Some(Self { high, low })
    }

    /// The multiple, if it fits.
    pub fn times(self, factor: u128) -> Option<Self> {
        let high = self.high.checked_mul(factor)?;
        Self::product(self.low, factor).plus(Self { high, low: 0 })
    }

    /// Quotient rounded down and whether something was left; none for a divisor of 0 or a quotient beyond 128 bits.
    fn divided(self, divisor: u128) -> Option<(u128, bool)> {
        if self.high == 0 {
            let rest = self.low.checked_rem(divisor)?;
            return Some((self.low.checked_div(divisor)?, rest != 0));
        }
        if self.high >= divisor {
            return None;
        }
        let (mut quotient, mut rest) = (0u128, self.high);
        for bit in (0..u128::BITS).rev() {
            let carried = rest >> 127 != 0;
            rest = (rest << 1) | ((self.low >> bit) & 1);
            if carried || rest >= divisor {
                rest = rest.wrapping_sub(divisor);
                quotient |= 1 << bit;
            }
        }
        Some((quotient, rest != 0))
    }

    /// `floor(self / divisor)`.
    pub fn over(self, divisor: u128) -> Option<u128> {
        self.divided(divisor).map(|(quotient, _)| quotient)
    }

    /// `ceil(self / divisor)`.
    pub fn over_up(self, divisor: u128) -> Option<u128> {
        let (quotient, rest) = self.divided(divisor)?;
        quotient.checked_add(rest.into())
    }

    /// `floor(sqrt(self))`: Newton's iteration from above, which falls until it arrives.
    fn root(self) -> u128 {
        if self.high == 0 {
            return self.low.isqrt();
        }
        // An even number of bits to drop, so that what is left fits 128.
        let drop = u128::BITS.saturating_sub(self.high.leading_zeros()).next_multiple_of(2);
        let top = self.high.checked_shl(u128::BITS.saturating_sub(drop)).unwrap_or(0)
            | self.low.checked_shr(drop).unwrap_or(0);
        let top = if drop == u128::BITS { self.high } else { top };
        let shift = drop / 2;
        let above = top.isqrt().saturating_add(1);
        let mut root = if above >> u128::BITS.saturating_sub(shift) == 0 {
            above << shift
        } else {
            u128::MAX
        };
        loop {
            let Some(quotient) = self.over(root) else { return root };
            let next = (root & quotient).wrapping_add((root ^ quotient) >> 1);
            if next >= root {
                return root;
            }
            root = next;
        }
    }

    /// `ceil(sqrt(self))`.
    pub fn root_up(self) -> Option<u128> {
        let root = self.root();
        root.checked_add((Self::product(root, root) < self).into())
    }
}

/// `floor(a * b / c)`.
pub(crate) fn scaled(a: u128, b: u128, c: u128) -> Option<u128> {
    Wide::product(a, b).over(c)
}

/// `ceil(a * b / c)`.
pub(crate) fn scaled_up(a: u128, b: u128, c: u128) -> Option<u128> {
    Wide::product(a, b).over_up(c)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::arithmetic_side_effects)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Numbers of every length.
    fn any_length() -> impl Strategy<Value = u128> {
        (any::<u128>(), 0u32..128).prop_map(|(number, shift)| number >> shift)
    }

    proptest! {
        #[test]
        fn a_product_divides_back(a in any_length(), b in any_length(), rest in any_length()) {
            let product = Wide::product(a, b);
            if b > 0 {
                prop_assert_eq!(product.over(b), Some(a));
                prop_assert_eq!(product.over_up(b), Some(a));
                let more = product.plus(Wide { high: 0, low: rest % b }).unwrap();
                prop_assert_eq!(more.over(b), Some(a));
                prop_assert_eq!(more.over_up(b), a.checked_add((rest % b > 0).into()));
            } else {
                prop_assert_eq!(product.over(b), None);
            }
        }

        #[test]
        fn a_root_is_the_largest_whose_square_fits(high in any_length(), low in any::<u128>()) {
            let number = Wide { high, low };
            let root = number.root();
            prop_assert!(Wide::product(root, root) <= number);
            if let Some(next) = root.checked_add(1) {
                prop_assert!(Wide::product(next, next) > number);
            }
        }

        #[test]
        fn a_square_has_its_root(a in any::<u128>()) {
            prop_assert_eq!(Wide::product(a, a).root_up(), Some(a));
        }
    }

    #[test]
    fn the_largest_numbers_hold() {
        let most = Wide::product(u128::MAX, u128::MAX);
        assert_eq!((most.high, most.low), (u128::MAX - 1, 1));
        assert_eq!(most.over(u128::MAX), Some(u128::MAX));
        assert_eq!(most.over(u128::MAX - 1), None);
        assert_eq!(
            Wide {
                high: u128::MAX,
                low: u128::MAX
            }
            .root(),
            u128::MAX
        );
        assert_eq!(
            Wide {
                high: u128::MAX,
                low: u128::MAX
            }
            .root_up(),
            None
        );
    }
}
