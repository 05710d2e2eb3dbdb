use crate::{UnitsError, Wh};

unit! {
    /// A ratio in millionths: 1_000_000 is one.
    Ppm(i64), "millionths"
}

/// Millionths in one.
const ONE: u128 = 1_000_000;

impl Ppm {
    /// The whole.
    pub const ONE: Self = Self::new(1_000_000);

    /// This share of an energy, rounded down; a negative share is none.
    pub fn of(self, wh: Wh) -> Result<Wh, UnitsError> {
        let share = u128::try_from(self.get()).unwrap_or(0);
        let product = u128::from(wh.get()).checked_mul(share);
        product
            .and_then(|product| u64::try_from(product / ONE).ok())
            .map(Wh::new)
            .ok_or(UnitsError::Overflow { unit: "Wh", operation: "share" })
    }
}
