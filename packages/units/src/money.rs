use crate::{NetWh, UnitsError};

unit! {
    /// Coin, never negative. One unit is a millionth of the settlement coin.
    Money(u128), "millionths", "{} millionths"
}
unit! {
    /// Coin of one party; positive = the party pays, negative = it receives.
    NetMoney(i128), "millionths net", "{} millionths net"
}
unit! {
    /// Price of energy in millionths of the settlement coin per kWh; may be negative.
    Price(i64), "millionths per kWh", "{} millionths per kWh"
}
unit! {
    /// Shares of a pool; what one is worth is the pool's business.
    Shares(u128), "shares", "{} shares"
}

/// Watt-hours in the kilowatt-hour that a [`Price`] is quoted for.
const WH_PER_KWH: i128 = 1000;

impl Price {
    /// What a party owes for drawing `net` at this price: `ceil(price * net / 1000)`.
    ///
    /// Rounding up a signed amount is rounding for the protocol in both directions: whoever pays
    /// pays the fraction more, whoever receives gets the fraction less. No other function in the
    /// product turns energy into money.
    pub fn charge(self, net: NetWh) -> Result<NetMoney, UnitsError> {
        let overflow = UnitsError::Overflow {
            unit: "NetMoney",
            operation: "price * energy",
        };
        let product = i128::from(self.get())
            .checked_mul(i128::from(net.get()))
            .ok_or(overflow.clone())?;
        let floor = product.div_euclid(WH_PER_KWH);
        let up = i128::from(product.rem_euclid(WH_PER_KWH) != 0);
        floor.checked_add(up).map(NetMoney::new).ok_or(overflow)
    }

    /// The part above zero: what a limit must be able to pay.
    pub fn positive(self) -> Price {
        Price::new(self.get().max(0))
    }

    /// The opposite sign.
    pub fn negate(self) -> Result<Self, UnitsError> {
        self.get().checked_neg().map(Self::new).ok_or(UnitsError::Overflow {
            unit: "Price",
            operation: "negation",
        })
    }

    /// `floor((a + b) / 2)`: the settlement price between the lowest and the highest optimal one.
    pub fn midpoint(a: Self, b: Self) -> Self {
        let sum = i128::from(a.get()).saturating_add(i128::from(b.get()));
        // Half of a sum of two i64 always fits an i64.
        Self::new(i64::try_from(sum.div_euclid(2)).unwrap_or(i64::MAX))
    }
}

impl Money {
    /// The same amount as a payment of the party (positive).
    pub fn paid(self) -> Result<NetMoney, UnitsError> {
        i128::try_from(self.get())
            .map(NetMoney::new)
            .map_err(|_| UnitsError::Overflow {
                unit: "NetMoney",
                operation: "conversion from Money",
            })
    }

    /// The same amount as a receipt of the party (negative).
    pub fn received(self) -> Result<NetMoney, UnitsError> {
        self.paid()?.negate()
    }

    /// This many times the amount.
    pub fn times(self, count: u64) -> Result<Self, UnitsError> {
        self.get()
            .checked_mul(u128::from(count))
            .map(Self::new)
            .ok_or(UnitsError::Overflow {
                unit: "Money",
                operation: "multiplication",
            })
    }
}

impl NetMoney {
    /// The opposite direction.
    pub fn negate(self) -> Result<Self, UnitsError> {
        self.get().checked_neg().map(Self::new).ok_or(UnitsError::Overflow {
            unit: "NetMoney",
            operation: "negation",
        })
    }

    /// What the party pays: the positive part.
    pub fn positive(self) -> Money {
        Money::new(u128::try_from(self.get()).unwrap_or(0))
    }

    /// What the party receives: the size of the negative part.
    pub fn negative(self) -> Money {
        Money::new(self.get().min(0).unsigned_abs())
    }
}
