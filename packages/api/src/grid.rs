//! The region: who runs it, how long its intervals are, what its parameters are in each interval, what
//! the utility charges and pays, and which contracts belong together.
//!
//! Nothing here holds money. Every other contract reads it raw ([`raw`]) at plain read price.
mod client;
mod frequency;
mod network;
mod params;
pub mod raw;
mod region;
mod rules;
mod state;
mod tariff;
mod timeline;
mod times;
mod week;

use busbar_units::{Interval, Millihertz};
use cosmwasm_schema::{cw_serde, QueryResponses};
use cw_ownable::{cw_ownable_execute, cw_ownable_query};

pub use client::Client;
pub use frequency::{FrequencyStep, FrequencyTable};
pub use network::{
    Branch, Bus, Circuit, Line, LineLimit, LineLimits, Names, Network, NetworkError, Voltage, VoltageLimit, CONNECTION,
    CONNECTION_LINE, REGION_BUS, UTILITY_BUS,
};
pub use params::{Bank, Bound, ParamError, Params, Version};
pub use region::{Contracts, Region, RegionError, Roles};
pub use rules::Rules;
pub use state::{MarketState, MarketStates};
pub use tariff::{Tariff, TariffPage};
pub use timeline::Timeline;
pub use times::Times;
pub use week::{WeekTariffs, HOURS_PER_WEEK};

pub mod bounds {
    //! Bounds of everything that governance can set; checked at instantiate and at every update.
    pub use super::frequency::bounds::*;
    pub use super::network::bounds::*;
    pub use super::params::bounds::*;
    pub use super::region::bounds::*;
    pub use super::state::bounds::*;
    pub use super::tariff::bounds::*;
}

/// Opens a region. Its domain, coin and interval lengths are fixed for its life.
#[cw_serde]
pub struct InstantiateMsg {
    /// Who may change parameters, wire the contracts and appoint roles; the sender where absent.
    pub owner: Option<String>,
    /// Region id that devices sign for; see [`Region::domain`].
    pub domain: String,
    /// Base denomination of the settlement coin.
    pub denom: String,
    /// Seconds of chain time per interval.
    #[serde(with = "region::decimal")]
    #[schemars(with = "String")]
    pub interval_s: u64,
    /// Seconds of physical time whose energy one interval carries; equal to `interval_s` outside test regions.
    #[serde(with = "region::decimal")]
    #[schemars(with = "String")]
    pub energy_interval_s: u64,
    /// Grid operator.
    pub operator: String,
    /// Account of the utility.
    pub utility: String,
    /// Parameters from the first interval on.
    pub params: Params,
    /// Network from the first interval on; the utility, one bus and the connection where absent.
    pub network: Option<Network>,
    /// The other contracts where they are known already; else wired once by [`ExecuteMsg::Wire`].
    pub contracts: Option<Wiring>,
}

/// Addresses of the region's other contracts, not yet checked.
#[cw_serde]
pub struct Wiring {
    /// Registry of devices.
    pub registry: String,
    /// Oracle of readings.
    pub oracle: String,
    /// Market.
    pub market: String,
    /// Energy token.
    pub energy_token: String,
}

/// What can be done to a region. No message takes coins.
#[cw_ownable_execute]
#[cw_serde]
#[allow(
    clippy::large_enum_variant,
    reason = "a message is built once, to be written as JSON or after it was read"
)]
pub enum ExecuteMsg {
    /// Names the region's other contracts, once. Owner only.
    Wire(Wiring),
    /// Parameters for every interval that opens after this call. Owner only.
    Update {
        /// The whole set.
        params: Params,
    },
    /// Tariffs of consecutive intervals, at most [`bounds::TARIFFS_PER_POST`]. Owner or utility.
    ///
    /// An interval may be posted, and posted again, until it opens; those that were open when the region
    /// was founded may be posted once before their gate closure.
    PostTariffs {
        /// Interval of the first tariff.
        from: Interval,
        /// One tariff per interval.
        tariffs: Vec<Tariff>,
    },
    /// Topology and ratings for every interval that opens after this call. Grid operator only.
    ///
    /// Buses that devices are enrolled at stay: the new network has at least as many.
    SetNetwork {
        /// The whole network.
        network: Network,
    },
    /// Headroom of consecutive intervals, at most [`bounds::LIMITED_INTERVALS`]: what lines carry less the forecast
    /// of flows that nobody bids for. Grid operator only, until gate closure.
    ///
    /// A line that is not named keeps what it has. Never above the line's capacity; in an interval that is open
    /// never above what is in force there.
    PostHeadroom {
        /// Interval of the first list.
        from: Interval,
        /// One list of lines per interval, [`bounds::LIMITS_PER_MESSAGE`] lines in all at most.
        headroom: Vec<Vec<LineLimit>>,
    },
    /// Lowers what lines, the connection among them, carry in intervals that are open. Grid operator only, until
    /// gate closure.
    Tighten {
        /// First interval.
        from: Interval,
        /// Last interval.
        to: Interval,
        /// The lines; what already carries less stays as it is.
        limits: Vec<LineLimit>,
    },
    /// What the market does. Owner in either direction, guardian only tighter.
    ///
    /// For all intervals: tighter at once where the gate is open, looser from the first interval that opens after
    /// this call. For one interval: tighter until its gate closes, looser until it opens.
    SetState {
        /// The state.
        state: MarketState,
        /// The one interval; all where absent.
        only: Option<Interval>,
    },
    /// Mean frequency of an interval that is delivered and not confirmed, once. Reporter only.
    PostFrequency {
        /// The interval.
        interval: Interval,
        /// Mean frequency, within a tenth of the nominal one.
        frequency: Millihertz,
    },
    /// Tariffs by hour of the week for every interval that opens after this call and that nobody posts. Owner or
    /// utility.
    SetWeek {
        /// [`HOURS_PER_WEEK`] tariffs from Monday 0:00 UTC on; the flat tariff where absent.
        tariffs: Option<Vec<Tariff>>,
    },
    /// Appoints who may tighten the market's state in an emergency. Owner only.
    SetGuardian {
        /// Account of the guardian; nobody where absent.
        guardian: Option<String>,
    },
    /// Appoints who reports the grid's frequency. Owner only.
    SetReporter {
        /// Account of the reporter; nobody where absent.
        reporter: Option<String>,
    },
    /// Appoints the grid operator. Owner only.
    SetOperator {
        /// Account of the operator.
        operator: String,
    },
    /// Appoints the utility. Owner only.
    SetUtility {
        /// Account of the utility.
        utility: String,
    },
}

/// Questions about a region.
#[cw_ownable_query]
#[cw_serde]
#[derive(QueryResponses)]
pub enum QueryMsg {
    /// What is fixed, and who runs it.
    #[returns(Region)]
    Region {},
    /// The region's other contracts; an error before they are wired.
    #[returns(Contracts)]
    Contracts {},
    /// Owner, operator, utility, guardian and reporter.
    #[returns(Roles)]
    Roles {},
    /// Parameters of an interval, live or archived.
    #[returns(Params)]
    Params {
        /// The interval.
        interval: Interval,
    },
    /// Every parameter version ever in force or to come, oldest first.
    #[returns(Vec<Version>)]
    Versions {
        /// First interval of the last version already seen.
        start_after: Option<Interval>,
        /// At most this many (default 10, at most 30).
        limit: Option<u32>,
    },
    /// Tariff of an interval: the posted one, else that of its hour of the week, else the flat one of its
    /// parameters. An error for an interval
    /// that was final so long ago that posted tariffs are not kept.
    #[returns(Tariff)]
    Tariff {
        /// The interval.
        interval: Interval,
    },
    /// Tariffs by hour of the week in an interval; none where the flat one counts. An error like that of
    /// [`QueryMsg::Tariff`].
    #[returns(Option<Vec<Tariff>>)]
    Week {
        /// The interval.
        interval: Interval,
    },
    /// What the market does in an interval that has not started; for an earlier one the state is not kept.
    #[returns(MarketState)]
    State {
        /// The interval.
        interval: Interval,
    },
    /// Mean frequency of an interval, where it was reported; kept as long as its posted tariff.
    #[returns(Option<Millihertz>)]
    Frequency {
        /// The interval.
        interval: Interval,
    },
    /// Life of an interval as instants.
    #[returns(Times)]
    Times {
        /// The interval.
        interval: Interval,
    },
    /// The interval that contains the block time.
    #[returns(Interval)]
    CurrentInterval {},
    /// The network in an interval, with every limit in force there: the connection's power, headroom and
    /// tightening. Networks are kept for good, limits of an interval as long as its posted tariff.
    #[returns(Network)]
    Network {
        /// The interval.
        interval: Interval,
    },
}
