use busbar_api::market::{OrderKey, SealResponse};
use busbar_units::Interval;
use cosmwasm_std::Deps;

use crate::context::Context;
use crate::state::{AccountId, OrderId, Seal};
use crate::ContractError;

/// A page of an interval's sealed orders.
pub fn seals(
    deps: Deps<'_>,
    interval: Interval,
    start_after: Option<OrderKey>,
    limit: Option<u32>,
) -> Result<Vec<SealResponse>, ContractError> {
    let lock = Context::load(deps.storage, deps.querier)?.params(interval)?.sealed_lock;
    let after = start_after.map(|key| OrderId {
        interval,
        account: AccountId(key.account),
        device: key.device,
        slot: key.slot,
    });
    let respond = |listed: Result<(OrderId, Seal), ContractError>| {
        let (id, Seal(hash)) = listed?;
        Ok(SealResponse {
            key: id.key(),
            hash: hash.to_vec().into(),
            lock,
        })
    };
    Seal::of_interval(deps.storage, interval, after)
        .take(super::page(limit))
        .map(respond)
        .collect()
}
