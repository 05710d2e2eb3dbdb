use busbar_api::certificates::Progress;
use busbar_api::codec::{Reader, Writer};
use busbar_units::{Interval, Wh};
use cosmwasm_std::Storage;

use crate::ContractError;

pub const PROGRESS: &[u8] = b"p";

/// How far certificates have been issued.
pub fn load_progress(storage: &dyn Storage) -> Result<Progress, ContractError> {
    let bytes = storage
        .get(PROGRESS)
        .ok_or(ContractError::Corrupt { what: "progress" })?;
    let mut reader = Reader::new(&bytes);
    let progress = Progress {
        interval: Interval::new(reader.u64("interval")?),
        grants: reader.u32("grants")?,
        wh: Wh::new(reader.u64("wh")?),
    };
    reader.finish()?;
    Ok(progress)
}

/// Notes how far certificates have been issued.
pub fn save_progress(storage: &mut dyn Storage, progress: Progress) {
    let writer = Writer::new()
        .u64(progress.interval.get())
        .u32(progress.grants)
        .u64(progress.wh.get());
    storage.set(PROGRESS, &writer.finish());
}
