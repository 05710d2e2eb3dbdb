//! Devices that were proven false.
use busbar_api::certificates::Withdrawal;
use cosmwasm_std::{from_json, to_json_vec, Storage};

use crate::ContractError;

pub const WITHDRAWALS: &[u8] = b"w/";

fn key(device: u32) -> Vec<u8> {
    [WITHDRAWALS, &device.to_be_bytes()].concat()
}

/// Why a device's certificates are withdrawn; none where they are not.
pub fn withdrawal(storage: &dyn Storage, device: u32) -> Result<Option<Withdrawal>, ContractError> {
    Ok(storage.get(&key(device)).map(from_json).transpose()?)
}

/// Whether they are.
pub fn is_withdrawn(storage: &dyn Storage, device: u32) -> bool {
    storage.get(&key(device)).is_some()
}

/// Notes that they are.
pub fn save_withdrawal(storage: &mut dyn Storage, device: u32, withdrawal: &Withdrawal) -> Result<(), ContractError> {
    storage.set(&key(device), &to_json_vec(withdrawal)?);
    Ok(())
}
