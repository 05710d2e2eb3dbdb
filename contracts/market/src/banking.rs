//! How the bank's metered charge and discharge are shared out over the requests of an interval.
use busbar_units::{largest_remainder, UnitsError, Wh};

use crate::ContractError;

/// A device's request to the bank, and what its meter would let it do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The device.
    pub device: u32,
    /// Asked for at gate closure.
    pub asked: Wh,
    /// Fed (to bank) or drawn (to redeem) beyond the device's trades.
    pub beyond: Wh,
}

/// Energy taken into the bank from each request: what each fed beyond its trades up to what it asked for,
/// pro rata where the bank takes less in than that.
pub fn take_in(requests: &[Request], bank_takes: Wh) -> Result<Vec<Wh>, ContractError> {
    let claims: Vec<u128> = requests
        .iter()
        .map(|request| request.asked.min(request.beyond).get().into())
        .collect();
    wh(largest_remainder(bank_takes.get().into(), &claims)?)
}

/// Energy that the bank owes to each request: what it asked for, pro rata within the storage's rating, up
/// to what the device drew beyond its trades.
pub fn give_out(requests: &[Request], rated: Wh) -> Result<Vec<Wh>, ContractError> {
    let asked: Vec<u128> = requests.iter().map(|request| request.asked.get().into()).collect();
    let shares = wh(largest_remainder(rated.get().into(), &asked)?)?;
    Ok(shares
        .into_iter()
        .zip(requests)
        .map(|(share, request)| share.min(request.beyond))
        .collect())
}

fn wh(shares: Vec<u128>) -> Result<Vec<Wh>, ContractError> {
    let narrow = |share: u128| u64::try_from(share).map(Wh::new);
    let shares: Result<Vec<Wh>, _> = shares.into_iter().map(narrow).collect();
    shares.map_err(|_| {
        UnitsError::Overflow {
            unit: "Wh",
            operation: "share",
        }
        .into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(asked: u64, beyond: u64) -> Request {
        Request {
            device: 0,
            asked: Wh::new(asked),
            beyond: Wh::new(beyond),
        }
    }

    fn get(shares: Result<Vec<Wh>, ContractError>) -> Vec<u64> {
        shares.unwrap().into_iter().map(Wh::get).collect()
    }

    #[test]
    fn the_bank_takes_what_was_fed_beyond_trades() {
        let requests = [request(500, 200), request(500, 500), request(100, 300)];
        assert_eq!(get(take_in(&requests, Wh::new(1_000))), [200, 500, 100]);
        assert_eq!(get(take_in(&requests, Wh::new(400))), [100, 250, 50]);
        assert_eq!(get(take_in(&requests, Wh::ZERO)), [0, 0, 0]);
    }

    #[test]
    fn the_bank_owes_no_more_than_its_rating_and_the_shortage() {
        let requests = [request(600, 200), request(600, 900)];
        assert_eq!(get(give_out(&requests, Wh::new(2_000))), [200, 600]);
        assert_eq!(get(give_out(&requests, Wh::new(600))), [200, 300]);
    }
}
