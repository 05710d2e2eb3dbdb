use busbar_attestation as attestation;
use busbar_units::{Interval, Watt};
use cosmwasm_std::{to_json_binary, Addr, Binary, QuerierWrapper, StdResult, WasmMsg};

use super::{
    AwaitedResponse, ConfigResponse, CountResponse, Device, ExecuteMsg, Key, Manufacturer, QueryMsg, Reservation,
    Suspension,
};

/// Builds messages to a registry and asks it questions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client(Addr);

impl Client {
    /// A client of the registry at this address.
    pub fn new(address: Addr) -> Self {
        Self(address)
    }

    /// The contract's address.
    pub fn address(&self) -> &Addr {
        &self.0
    }

    /// Any message.
    pub fn execute(&self, msg: &ExecuteMsg) -> StdResult<WasmMsg> {
        Ok(WasmMsg::Execute {
            contract_addr: self.0.to_string(),
            msg: to_json_binary(msg)?,
            funds: vec![],
        })
    }

    /// [`ExecuteMsg::AdmitManufacturer`].
    pub fn admit_manufacturer(&self, id: u32, name: &str, key: impl Into<Key>) -> StdResult<WasmMsg> {
        self.execute(&ExecuteMsg::AdmitManufacturer {
            id,
            name: name.to_owned(),
            key: key.into(),
        })
    }

    /// [`ExecuteMsg::Reserve`].
    pub fn reserve(&self) -> StdResult<WasmMsg> {
        self.execute(&ExecuteMsg::Reserve {})
    }

    /// [`ExecuteMsg::Enrol`].
    pub fn enrol(
        &self,
        number: u32,
        endorsement: &attestation::Endorsement,
        manufacturer_signature: impl Into<Binary>,
        device_signature: impl Into<Binary>,
        bus: u16,
        behind: Option<u32>,
    ) -> StdResult<WasmMsg> {
        self.execute(&ExecuteMsg::Enrol {
            number,
            endorsement: endorsement.into(),
            manufacturer_signature: manufacturer_signature.into(),
            device_signature: device_signature.into(),
            bus,
            behind,
        })
    }

    /// [`ExecuteMsg::Confirm`].
    pub fn confirm(&self, number: u32, bus: u16, usable_import: Watt, usable_export: Watt) -> StdResult<WasmMsg> {
        self.execute(&ExecuteMsg::Confirm {
            number,
            bus,
            usable_import,
            usable_export,
        })
    }

    /// [`ExecuteMsg::LowerFeeder`].
    pub fn lower_feeder(&self, bus: u16) -> StdResult<WasmMsg> {
        self.execute(&ExecuteMsg::LowerFeeder { bus })
    }

    /// [`ExecuteMsg::RaiseRating`].
    pub fn raise_rating(&self, number: u32, usable_import: Watt, usable_export: Watt) -> StdResult<WasmMsg> {
        self.execute(&ExecuteMsg::RaiseRating {
            number,
            usable_import,
            usable_export,
        })
    }

    /// [`ExecuteMsg::Suspend`].
    pub fn suspend(&self, number: u32, reason: Suspension) -> StdResult<WasmMsg> {
        self.execute(&ExecuteMsg::Suspend { number, reason })
    }

    /// [`ExecuteMsg::Reinstate`].
    pub fn reinstate(&self, number: u32) -> StdResult<WasmMsg> {
        self.execute(&ExecuteMsg::Reinstate { number })
    }

    /// [`ExecuteMsg::Retire`].
    pub fn retire(&self, number: u32) -> StdResult<WasmMsg> {
        self.execute(&ExecuteMsg::Retire { number })
    }

    /// [`ExecuteMsg::OfferDevice`].
    pub fn offer_device(&self, number: u32, to: impl Into<String>) -> StdResult<WasmMsg> {
        self.execute(&ExecuteMsg::OfferDevice { number, to: to.into() })
    }

    /// [`ExecuteMsg::WithdrawOffer`].
    pub fn withdraw_offer(&self, number: u32) -> StdResult<WasmMsg> {
        self.execute(&ExecuteMsg::WithdrawOffer { number })
    }

    /// [`ExecuteMsg::AcceptDevice`].
    pub fn accept_device(&self, number: u32) -> StdResult<WasmMsg> {
        self.execute(&ExecuteMsg::AcceptDevice { number })
    }

    /// [`QueryMsg::Config`].
    pub fn config(&self, q: &QuerierWrapper<'_>) -> StdResult<ConfigResponse> {
        q.query_wasm_smart(&self.0, &QueryMsg::Config {})
    }

    /// [`QueryMsg::Device`].
    pub fn device(&self, q: &QuerierWrapper<'_>, number: u32) -> StdResult<Device> {
        q.query_wasm_smart(&self.0, &QueryMsg::Device { number })
    }

    /// [`QueryMsg::DevicesByOwner`].
    pub fn devices_by_owner(
        &self,
        q: &QuerierWrapper<'_>,
        owner: impl Into<String>,
        start_after: Option<u32>,
        limit: Option<u32>,
    ) -> StdResult<Vec<Device>> {
        q.query_wasm_smart(
            &self.0,
            &QueryMsg::DevicesByOwner {
                owner: owner.into(),
                start_after,
                limit,
            },
        )
    }

    /// [`QueryMsg::Reservation`].
    pub fn reservation(&self, q: &QuerierWrapper<'_>, number: u32) -> StdResult<Reservation> {
        q.query_wasm_smart(&self.0, &QueryMsg::Reservation { number })
    }

    /// [`QueryMsg::ReservationsByOwner`].
    pub fn reservations_by_owner(
        &self,
        q: &QuerierWrapper<'_>,
        owner: impl Into<String>,
        start_after: Option<u32>,
        limit: Option<u32>,
    ) -> StdResult<Vec<Reservation>> {
        q.query_wasm_smart(
            &self.0,
            &QueryMsg::ReservationsByOwner {
                owner: owner.into(),
                start_after,
                limit,
            },
        )
    }

    /// [`QueryMsg::Manufacturer`].
    pub fn manufacturer(&self, q: &QuerierWrapper<'_>, id: u32) -> StdResult<Manufacturer> {
        q.query_wasm_smart(&self.0, &QueryMsg::Manufacturer { id })
    }

    /// [`QueryMsg::Awaited`].
    pub fn awaited(&self, q: &QuerierWrapper<'_>, interval: Interval) -> StdResult<AwaitedResponse> {
        q.query_wasm_smart(&self.0, &QueryMsg::Awaited { interval })
    }

    /// [`QueryMsg::Count`].
    pub fn count(&self, q: &QuerierWrapper<'_>) -> StdResult<CountResponse> {
        q.query_wasm_smart(&self.0, &QueryMsg::Count {})
    }
}
