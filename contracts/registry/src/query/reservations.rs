//! Numbers that wait for their device's confirmation.
use busbar_api::registry::Reservation;
use cosmwasm_std::{Deps, Order};
use cw_storage_plus::Bound;

use crate::state::{RESERVATIONS, RESERVED_BY};
use crate::ContractError;

pub fn one(deps: Deps<'_>, number: u32) -> Result<Reservation, ContractError> {
    let reservation = RESERVATIONS.may_load(deps.storage, number)?;
    reservation.ok_or(ContractError::NotReserved { number })
}

pub fn by_owner(
    deps: Deps<'_>,
    owner: &str,
    start_after: Option<u32>,
    limit: usize,
) -> Result<Vec<Reservation>, ContractError> {
    let owner = deps.api.addr_validate(owner)?;
    RESERVED_BY
        .prefix(&owner)
        .keys(deps.storage, start_after.map(Bound::exclusive), None, Order::Ascending)
        .take(limit)
        .map(|number| one(deps, number?))
        .collect()
}
