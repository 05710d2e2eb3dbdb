use crate::{UnitsError, Watt, Wh};

unit! {
    /// A ratio in millionths: 1_000_000 is one.
    Ppm(i64), "millionths", "{} millionths"
}

/// Millionths in one.
const ONE: u128 = 1_000_000;

impl Ppm {
    /// The whole.
    pub const ONE: Self = Self::new(1_000_000);

    /// This share of an energy, rounded down; a negative share is none.
    pub fn of(self, wh: Wh) -> Result<Wh, UnitsError> {
        self.share("Wh", wh.get()).map(Wh::new)
    }

    /// This share of a power, rounded down; a negative share is none.
    pub fn of_power(self, power: Watt) -> Result<Watt, UnitsError> {
        self.share("W", power.get()).map(Watt::new)
    }

    fn share(self, unit: &'static str, whole: u64) -> Result<u64, UnitsError> {
        let share = u128::try_from(self.get()).unwrap_or(0);
        let product = u128::from(whole).checked_mul(share);
        let part = product.and_then(|product| u64::try_from(product / ONE).ok());
        part.ok_or(UnitsError::Overflow {
            unit,
            operation: "share",
        })
    }

    /// The largest energy of which this share is at most `limit`; without bound for a share of nothing.
    pub fn largest_within(self, limit: Wh) -> Wh {
        let share = u128::try_from(self.get()).unwrap_or(0);
        // floor(wh * share / ONE) <= limit  <=>  wh * share < (limit + 1) * ONE; a u64 times 10^6 fits.
        let below = u128::from(limit.get())
            .saturating_add(1)
            .saturating_mul(ONE)
            .saturating_sub(1);
        let largest = below.checked_div(share).and_then(|wh| u64::try_from(wh).ok());
        largest.map_or(Wh::MAX, Wh::new)
    }
}
