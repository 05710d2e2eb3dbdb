//! Actions, one file each.
mod awaited;
mod confirm;
mod enrol;
mod feeder;
mod foreign_record;
mod instantiate;
mod manufacturers;
mod meter;
mod permission;
mod ratings;
mod reinstate;
mod release;
mod replace;
mod reserve;
mod retire;
mod rotate;
mod suspend;
mod transfer;
mod vouch;

use busbar_api::registry::ExecuteMsg;
use cosmwasm_std::{DepsMut, Env, MessageInfo, Response};

pub use instantiate::instantiate;
pub use permission::{nonpayable, permit};

use crate::ContractError;

/// Runs a permitted message.
pub fn dispatch(deps: DepsMut<'_>, env: &Env, info: MessageInfo, msg: ExecuteMsg) -> Result<Response, ContractError> {
    match msg {
        ExecuteMsg::AdmitManufacturer { id, name, key } => manufacturers::admit(deps, id, name, key),
        ExecuteMsg::RemoveManufacturer { id } => manufacturers::remove(deps, id),
        ExecuteMsg::Reserve {} => reserve::reserve(deps, env, info.sender),
        ExecuteMsg::ReleaseLapsed { number } => release::release_lapsed(deps, env, number),
        ExecuteMsg::Enrol {
            number,
            endorsement,
            manufacturer_signature,
            device_signature,
            bus,
            behind,
        } => enrol::enrol(
            deps,
            env,
            enrol::Enrolling {
                number,
                owner: info.sender,
                endorsement,
                manufacturer_signature,
                device_signature,
                bus,
                behind,
            },
        ),
        ExecuteMsg::Confirm {
            number,
            bus,
            usable_import,
            usable_export,
        } => confirm::confirm(deps, env, number, bus, usable_import, usable_export),
        ExecuteMsg::LowerRating {
            number,
            usable_import,
            usable_export,
        } => ratings::lower(deps, number, usable_import, usable_export),
        ExecuteMsg::LowerFeeder { bus } => feeder::lower(deps, env, bus),
        ExecuteMsg::RaiseRating {
            number,
            usable_import,
            usable_export,
        } => ratings::raise(deps, env, number, usable_import, usable_export),
        ExecuteMsg::RotateKey {
            number,
            endorsement,
            manufacturer_signature,
            device_signature,
            old_key_signature,
        } => rotate::rotate_key(
            deps,
            env,
            rotate::Rotating {
                number,
                endorsement,
                manufacturer_signature,
                device_signature,
                old_key_signature,
            },
        ),
        ExecuteMsg::CompleteRotation { number } => rotate::complete(deps, env, number),
        ExecuteMsg::CancelRotation { number } => rotate::cancel(deps, number),
        ExecuteMsg::Replace {
            number,
            endorsement,
            manufacturer_signature,
            device_signature,
            old_signature,
            interval,
            final_import,
            final_export,
            initial_import,
            initial_export,
        } => replace::replace(
            deps,
            env,
            replace::Replacing {
                number,
                endorsement,
                manufacturer_signature,
                device_signature,
                old_signature,
                interval,
                last: [final_import, final_export],
                first: [initial_import, initial_export],
            },
        ),
        ExecuteMsg::Suspend { number, reason } => suspend::suspend(deps, env, number, reason),
        ExecuteMsg::ReportForeignRecord {
            number,
            domain,
            record,
            signature,
        } => foreign_record::report(deps, env, number, domain, &record, &signature),
        ExecuteMsg::Reinstate { number } => reinstate::reinstate(deps, env, number),
        ExecuteMsg::Retire { number } => retire::retire(deps, env, number),
        ExecuteMsg::OfferDevice { number, to } => transfer::offer(deps, number, &to),
        ExecuteMsg::WithdrawOffer { number } => transfer::withdraw(deps, number),
        ExecuteMsg::AcceptDevice { number } => transfer::accept(deps, env, number, &info.sender),
        ExecuteMsg::UpdateOwnership(action) => {
            let ownership = cw_ownable::update_ownership(deps, &env.block, &info.sender, action)?;
            Ok(Response::new().add_attributes(ownership.into_attributes()))
        }
    }
}
