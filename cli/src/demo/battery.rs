//! The banking rule: what the community battery does in an hour.

use busbar_units::{NetWh, Ppm, UnitsError, Wh, largest_remainder};

/// What one home asked of the bank for the hour, and what is left to serve beside its trades.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Request {
    /// Asked to be stored.
    pub bank: Wh,
    /// Asked to be given out; the account's tokens are locked for it.
    pub redeem: Wh,
    /// Metered in the hour: drawn less fed.
    pub metered: NetWh,
    /// Traded for the hour: bought less sold.
    pub traded: NetWh,
}

/// The battery at the start of the hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Storage {
    /// Energy that its rated power carries in one hour.
    pub per_hour: Wh,
    /// Energy that it can hold for token holders.
    pub usable: Wh,
    /// Energy tokens in circulation: what it owes, and what it holds.
    pub supply: Wh,
    /// Tokens minted per Wh taken in.
    pub efficiency: Ppm,
}

/// What the battery's meter sees in the hour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Flow {
    /// Drawn from the grid.
    pub charge: Wh,
    /// Fed into the grid.
    pub discharge: Wh,
}

/// Decides charge and discharge of an hour.
///
/// The battery first gives out what homes asked to redeem (pro rata where that exceeds its rated power) and
/// are really short of beyond their trades, then stores what homes asked to bank and really have left beyond
/// theirs. Both together stay within its rated power, discharge within what it owes, and charge within the
/// room that is free when the hour starts, so that tokens never exceed the usable energy. It never trades on
/// its own account.
pub fn control(storage: Storage, requests: &[Request]) -> Result<Flow, UnitsError> {
    let asked: Vec<u128> = requests.iter().map(|request| request.redeem.get().into()).collect();
    let shares = largest_remainder(storage.per_hour.get().into(), &asked)?;
    let (mut owed, mut offered) = (Wh::ZERO, Wh::ZERO);
    for (request, share) in requests.iter().zip(shares) {
        let beyond = request.metered.sub(request.traded)?;
        let share = u64::try_from(share).map_or(request.redeem, Wh::new);
        owed = owed.add(share.min(beyond.positive()))?;
        offered = offered.add(request.bank.min(beyond.negative()))?;
    }
    let discharge = owed.min(storage.supply).min(storage.per_hour);
    let power_left = storage.per_hour.sub(discharge)?;
    let charge = offered.min(power_left).min(room(storage)?);
    Ok(Flow { charge, discharge })
}

/// Most energy that can be taken in before the tokens minted for it would exceed the usable energy.
fn room(storage: Storage) -> Result<Wh, UnitsError> {
    let free = storage.usable.sub(storage.supply).unwrap_or(Wh::ZERO);
    let efficiency = u128::try_from(storage.efficiency.get()).unwrap_or(0);
    let micro = u128::from(free.get()).saturating_mul(1_000_000);
    // With nothing minted per Wh there is no limit, and nothing to gain either.
    let most = micro.checked_div(efficiency).unwrap_or(0);
    Ok(Wh::new(u64::try_from(most).unwrap_or(u64::MAX)))
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const STORAGE: Storage = Storage {
        per_hour: Wh::new(5000),
        usable: Wh::new(6400),
        supply: Wh::new(1000),
        efficiency: Ppm::new(900_000),
    };

    fn request(bank: u64, redeem: u64, metered: i64, traded: i64) -> Request {
        Request {
            bank: Wh::new(bank),
            redeem: Wh::new(redeem),
            metered: NetWh::new(metered),
            traded: NetWh::new(traded),
        }
    }

    fn flow(storage: Storage, requests: &[Request]) -> (u64, u64) {
        let flow = control(storage, requests).unwrap();
        (flow.charge.get(), flow.discharge.get())
    }

    #[test]
    fn only_what_is_left_beyond_trades_is_stored() {
        assert_eq!(flow(STORAGE, &[request(900, 0, -800, -500)]), (300, 0));
        assert_eq!(flow(STORAGE, &[request(200, 0, -800, -500)]), (200, 0));
        // Sold more than it fed: nothing is left.
        assert_eq!(flow(STORAGE, &[request(900, 0, -300, -500)]), (0, 0));
    }

    #[test]
    fn only_what_is_short_beyond_trades_is_given_out() {
        assert_eq!(flow(STORAGE, &[request(0, 700, 1200, 900)]), (0, 300));
        assert_eq!(flow(STORAGE, &[request(0, 100, 1200, 900)]), (0, 100));
        assert_eq!(flow(STORAGE, &[request(0, 700, 600, 900)]), (0, 0));
    }

    #[test]
    fn power_stored_energy_and_room_bind() {
        assert_eq!(flow(STORAGE, &[request(0, 4000, 4000, 0)]), (0, 1000));
        let full = Storage {
            supply: Wh::new(6400),
            ..STORAGE
        };
        assert_eq!(
            flow(full, &[request(0, 9000, 9000, 0), request(900, 0, -900, 0)]),
            (0, 5000)
        );
        assert_eq!(
            flow(full, &[request(0, 4800, 4800, 0), request(900, 0, -900, 0)]),
            (0, 4800)
        );
        assert_eq!(flow(STORAGE, &[request(9000, 0, -9000, 0)]), (5000, 0));
        let nearly = Storage {
            supply: Wh::new(6300),
            ..STORAGE
        };
        assert_eq!(flow(nearly, &[request(9000, 0, -9000, 0)]), (111, 0));
    }

    #[test]
    fn requests_beyond_the_rated_power_share_it() {
        let full = Storage {
            supply: Wh::new(9000),
            usable: Wh::new(9000),
            ..STORAGE
        };
        // 5,000 Wh over 6,000 asked: 3,333 and 1,667, and the first needs only 1,000 of it.
        assert_eq!(
            flow(full, &[request(0, 4000, 1000, 0), request(0, 2000, 4000, 0)]),
            (0, 2667)
        );
    }

    fn any_request() -> impl Strategy<Value = Request> {
        (0u64..4000, 0u64..4000, -4000i64..4000, -4000i64..4000)
            .prop_map(|(bank, redeem, metered, traded)| request(bank, redeem, metered, traded))
    }

    proptest! {
        #[test]
        fn no_limit_is_ever_passed(
            requests in prop::collection::vec(any_request(), 0..12),
            supply in 0u64..=6400,
            efficiency in 0i64..=1_000_000,
        ) {
            let storage = Storage { supply: Wh::new(supply), efficiency: Ppm::new(efficiency), ..STORAGE };
            let flow = control(storage, &requests).unwrap();
            prop_assert!(flow.charge.get() + flow.discharge.get() <= 5000);
            prop_assert!(flow.discharge <= storage.supply);
            prop_assert!(supply + storage.efficiency.of(flow.charge).unwrap().get() <= 6400);
            let asked = |pick: fn(&Request) -> Wh| requests.iter().map(|request| pick(request).get()).sum::<u64>();
            prop_assert!(flow.charge.get() <= asked(|request| request.bank));
            prop_assert!(flow.discharge.get() <= asked(|request| request.redeem));
        }
    }
}
