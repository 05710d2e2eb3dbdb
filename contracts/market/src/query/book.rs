use busbar_api::market::bilateral::AgreedResponse;
use busbar_api::market::{OrderKey, OrderResponse};
use busbar_units::Interval;
use cosmwasm_std::Deps;

use crate::collateral::lock;
use crate::context::Context;
use crate::state::{AccountId, BookOrder, OrderId};
use crate::ContractError;

/// A page of an interval's orders.
pub fn orders(
    deps: Deps<'_>,
    interval: Interval,
    owner: Option<String>,
    start_after: Option<OrderKey>,
    limit: Option<u32>,
) -> Result<Vec<OrderResponse>, ContractError> {
    let params = Context::load(deps.storage, deps.querier)?.params(interval)?;
    let after = start_after.map(|key| OrderId {
        interval,
        account: AccountId(key.account),
        device: key.device,
        slot: key.slot,
    });
    let respond = |listed: Result<(OrderId, BookOrder), ContractError>| {
        let (id, order) = listed?;
        let lock = lock(&params, &order)?;
        let BookOrder {
            bus,
            terms,
            quantity,
            at_reference,
            agreed,
        } = order;
        Ok(OrderResponse {
            key: id.key(),
            bus,
            terms,
            quantity,
            at_reference,
            agreed: agreed.map(|agreed| AgreedResponse {
                counterparty: agreed.counterparty,
                price: agreed.price,
                difference: agreed.difference,
            }),
            lock,
        })
    };
    let size = super::page(limit);
    match owner {
        None => BookOrder::of_interval(deps.storage, interval, after)
            .take(size)
            .map(respond)
            .collect(),
        Some(owner) => match AccountId::of(deps.storage, &deps.api.addr_validate(&owner)?)? {
            None => Ok(vec![]),
            Some(account) => BookOrder::of_account(deps.storage, interval, account, after)
                .take(size)
                .map(respond)
                .collect(),
        },
    }
}
