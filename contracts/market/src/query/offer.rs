use busbar_api::market::bilateral::{OfferKey, OfferResponse};
use busbar_units::Interval;
use cosmwasm_std::Deps;

use crate::state::Offer;
use crate::ContractError;

/// A page of an interval's offers.
pub fn offers(
    deps: Deps<'_>,
    interval: Interval,
    start_after: Option<OfferKey>,
    limit: Option<u32>,
) -> Result<Vec<OfferResponse>, ContractError> {
    Offer::of_interval(deps.storage, interval, start_after)
        .take(super::page(limit))
        .map(|listed| {
            let (key, offer) = listed?;
            Ok(OfferResponse {
                key,
                side: offer.side,
                quantity: offer.quantity,
                price: offer.price,
            })
        })
        .collect()
}
