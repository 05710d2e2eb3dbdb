use crate::UnitsError;

unit! {
    /// Energy, never negative. One unit is one watt-hour, which is also one unit of the energy token.
    Wh(u64), "Wh", "{} Wh"
}
unit! {
    /// Net energy of a party in an interval; positive = drawn from the grid, negative = fed into it.
    NetWh(i64), "Wh net", "{} Wh net"
}
unit! {
    /// Power.
    Watt(u64), "W", "{} W"
}

impl Wh {
    /// The same energy as drawn from the grid (positive).
    pub fn drawn(self) -> Result<NetWh, UnitsError> {
        i64::try_from(self.get())
            .map(NetWh::new)
            .map_err(|_| UnitsError::Overflow {
                unit: "NetWh",
                operation: "conversion from Wh",
            })
    }

    /// The same energy as fed into the grid (negative).
    pub fn fed(self) -> Result<NetWh, UnitsError> {
        self.drawn()?.negate()
    }
}

impl NetWh {
    /// Drawn less fed, each a register difference or a fill.
    pub fn of(drawn: Wh, fed: Wh) -> Result<Self, UnitsError> {
        let net = i128::from(drawn.get()).checked_sub(i128::from(fed.get()));
        net.and_then(|net| i64::try_from(net).ok())
            .map(Self::new)
            .ok_or(UnitsError::Overflow {
                unit: "NetWh",
                operation: "drawn - fed",
            })
    }

    /// The opposite direction.
    pub fn negate(self) -> Result<Self, UnitsError> {
        self.get().checked_neg().map(Self::new).ok_or(UnitsError::Overflow {
            unit: "NetWh",
            operation: "negation",
        })
    }

    /// What is drawn: the positive part.
    pub fn positive(self) -> Wh {
        Wh::new(u64::try_from(self.get()).unwrap_or(0))
    }

    /// What is fed: the size of the negative part.
    pub fn negative(self) -> Wh {
        Wh::new(self.get().min(0).unsigned_abs())
    }
}

impl Watt {
    /// Energy that this power carries in `seconds`, rounded down (a limit is never rounded up).
    pub fn over_seconds(self, seconds: u64) -> Result<Wh, UnitsError> {
        let watt_seconds = u128::from(self.get()).checked_mul(u128::from(seconds));
        watt_seconds
            .and_then(|ws| u64::try_from(ws / 3600).ok())
            .map(Wh::new)
            .ok_or(UnitsError::Overflow {
                unit: "Wh",
                operation: "power over time",
            })
    }
}
