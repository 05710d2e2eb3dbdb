//! The market: accounts, orders, clearing, settlement, imbalance and banking.
//!
//! Anyone may call [`ExecuteMsg::Clear`], [`ExecuteMsg::Skip`], [`ExecuteMsg::Settle`] and
//! [`ExecuteMsg::Finalise`]: the contract computes everything itself, so whoever calls is not trusted.
pub mod bilateral;
mod client;
pub mod power;
pub mod provenance;
pub mod raw;
mod sealed;
mod standing;
mod summary;

use busbar_units::{Interval, Money, NetMoney, NetWh, Ppm, Price, Wh};
use cosmwasm_schema::{cw_serde, QueryResponses};
use cosmwasm_std::{Addr, Binary, Int128, Int64, Uint64};
use cw20::Cw20ReceiveMsg;

pub use client::Client;
pub use sealed::{SealResponse, SealedOrder, SALT_LENGTH, SEALED_TAG};
pub use standing::{HourBand, Standing, StandingQuantity, StandingResponse, MAX_SHARE};

/// Most orders that one message places or cancels.
pub const MAX_ORDERS_PER_MESSAGE: usize = 192;
/// Most devices that one call of [`ExecuteMsg::Settle`] or [`ExecuteMsg::Finalise`] works on.
pub const MAX_STEP: u32 = 512;
/// Devices worked on when the caller names no limit.
pub const DEFAULT_STEP: u32 = 128;
/// Most orders of one page of [`QueryMsg::Auction`].
pub const MAX_AUCTION_PAGE: u32 = 1000;
/// Most entries of one page of a list query.
pub const MAX_PAGE: u32 = 100;

/// Genesis of the market. The addresses of the other contracts are read from the grid contract.
#[cw_serde]
pub struct InstantiateMsg {
    /// Who may hand the ownership on; the market has no other privileged call.
    pub owner: String,
    /// The region's grid contract.
    pub grid: String,
}

/// Side of a trade.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Side {
    /// Draws from the grid and pays.
    Buy,
    /// Feeds the grid and is paid.
    Sell,
}

impl Side {
    /// The side of whoever trades with this one.
    pub fn opposite(self) -> Self {
        match self {
            Self::Buy => Self::Sell,
            Self::Sell => Self::Buy,
        }
    }

    /// A price order of this side.
    pub fn terms(self, limit: Price) -> Terms {
        match self {
            Self::Buy => Terms::Buy { limit },
            Self::Sell => Terms::Sell { limit },
        }
    }

    /// One byte in storage and in what is hashed.
    pub fn code(self) -> u8 {
        match self {
            Self::Buy => 0,
            Self::Sell => 1,
        }
    }

    /// The side of a [`Self::code`].
    pub fn from_code(code: u8) -> Option<Self> {
        [Self::Buy, Self::Sell].into_iter().find(|side| side.code() == code)
    }
}

/// What an order asks for.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Terms {
    /// Buy up to the quantity at no more than this price.
    Buy {
        /// Highest price to pay.
        limit: Price,
    },
    /// Sell up to the quantity at no less than this price.
    Sell {
        /// Lowest price to accept.
        limit: Price,
    },
    /// Store up to the quantity of what the device feeds in beyond its trades, against energy tokens.
    Bank {},
    /// Take up to the quantity of what the device draws beyond its trades out of the bank; burns tokens.
    Redeem {},
}

/// One order to place.
#[cw_serde]
pub struct NewOrder {
    /// Delivery interval; must be open (see the grid's horizon and gate closure).
    pub interval: Interval,
    /// Side and limit, or a bank request.
    pub terms: Terms,
    /// Quantity in Wh, 1 to 2^48 and within the device's usable rating.
    pub quantity: Wh,
    /// A sell takes part at the reference price of its zone where its owner turns out to be pivotal there and its limit
    /// is higher; without this it then takes no part at all ([`power`]). It locks as at the price floor.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub at_reference: bool,
}

/// Names one order of a device.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct OrderRef {
    /// Delivery interval.
    pub interval: Interval,
    /// Position among the device's orders of that interval, as reported when it was placed.
    pub slot: u8,
}

/// What one may do.
#[cw_ownable::cw_ownable_execute]
#[cw_serde]
pub enum ExecuteMsg {
    /// Adds the attached settlement coin to the sender's account; a debt is paid off first.
    Deposit {},
    /// Pays free coin out to the sender.
    Withdraw {
        /// At most balance - locks - receipts not yet final - margin.
        amount: Money,
    },
    /// Energy tokens sent with a CW20 `send` join the sender's account ([`ReceiveMsg`]).
    Receive(Cw20ReceiveMsg),
    /// Pays free energy tokens out to the sender.
    WithdrawEnergy {
        /// At most the energy that no redeem order locks.
        wh: Wh,
    },
    /// Places orders of one device; only its owner. All or none.
    Place {
        /// The device's number.
        device: u32,
        /// 1 to 192 orders.
        orders: Vec<NewOrder>,
    },
    /// Cancels orders of one device before their gate closure; only its owner. All or none.
    Cancel {
        /// The device's number.
        device: u32,
        /// 1 to 192 orders.
        orders: Vec<OrderRef>,
    },
    /// Replaces the standing orders of one device; only its owner. They enter the book of each interval whose gate
    /// closes from here on ([`ExecuteMsg::Close`]).
    Stand {
        /// The device's number.
        device: u32,
        /// The whole list, at most one per price step of a device; empty to cancel.
        orders: Vec<Standing>,
    },
    /// Seals an order of one device before gate closure; only its owner. It locks the flat `sealed_lock`.
    Seal {
        /// The device's number.
        device: u32,
        /// Delivery interval; must be open.
        interval: Interval,
        /// [`SealedOrder::hash`], 32 bytes.
        hash: Binary,
    },
    /// Takes a sealed order back, as long as orders can be cancelled; only its owner.
    Unseal {
        /// The device's number.
        device: u32,
        /// Delivery interval.
        interval: Interval,
        /// Slot of the seal, as reported when it was sealed.
        slot: u8,
    },
    /// Reveals a sealed order between gate closure and the end of the reveal window; only its owner. It enters the book
    /// and takes the lock of its terms in place of the flat one.
    Reveal {
        /// The device's number.
        device: u32,
        /// Delivery interval.
        interval: Interval,
        /// Slot of the seal.
        slot: u8,
        /// What was sealed.
        order: SealedOrder,
    },
    /// Closes the book of an interval between its gate closure and its delivery: standing orders enter it, a bounded
    /// step of devices at a time; anyone. An order that could not be placed is left out and named in an event.
    Close {
        /// The interval.
        interval: Interval,
        /// Devices to work on in this call.
        limit: Option<u32>,
    },
    /// Offers another owner's device an agreement at a fixed price, or makes it by posting the other side of an offer
    /// ([`bilateral`]); only the device's owner, before gate closure. What is agreed is not cancelled.
    Agree {
        /// The sender's device.
        device: u32,
        /// What is agreed.
        agreement: bilateral::Agreement,
    },
    /// Takes an offer back that nobody has answered; only the device's owner.
    Retract {
        /// The device whose offer it is.
        device: u32,
        /// The device it was made to.
        counterparty: u32,
        /// The interval.
        interval: Interval,
    },
    /// Proposes a clearing of an interval whose network has loops or voltage limits, inside the solver window; anyone.
    /// It is proven by the contract; the one of largest welfare is taken when the window has ended.
    Propose {
        /// The interval.
        interval: Interval,
        /// Fills, flows and multipliers.
        proposal: Proposal,
    },
    /// Clears an interval between its gate closure and its delivery; anyone. With loops or voltage limits, after the
    /// solver window. What is left of closing the book is done first where it fits a step.
    Clear {
        /// The interval.
        interval: Interval,
    },
    /// Gives an interval up that nobody cleared before delivery: no trade, locks released; anyone.
    Skip {
        /// The interval.
        interval: Interval,
    },
    /// Settles an interval whose readings the oracle has confirmed, a bounded step at a time; anyone.
    Settle {
        /// The interval.
        interval: Interval,
        /// Devices to work on in this call.
        limit: Option<u32>,
    },
    /// Closes the oldest settled interval past its correction window, a bounded step at a time; anyone.
    Finalise {
        /// Devices to work on in this call.
        limit: Option<u32>,
    },
    /// Notes that a device passes to the owner that the registry has for it, from the interval on that it has; the registry
    /// only. Orders, receipts, debts and corrections of earlier intervals stay with the former owner. Refused while
    /// the device has standing orders, an open gap, an earlier transfer whose intervals are not final, or is the
    /// bank's, and while either owner owes coin or has not the device's margin free.
    HandOver {
        /// The device's number.
        device: u32,
        /// Who answers for the intervals before.
        former: String,
    },
    /// Reads a device's ratings again and recomputes its margin; frees a former owner's once his intervals are final;
    /// anyone.
    Refresh {
        /// The device's number.
        device: u32,
    },
}

/// A clearing to be proven, for the orders of [`QueryMsg::Auction`] on the grid's network of the interval.
#[cw_serde]
pub struct Proposal {
    /// Energy filled of each order.
    pub fills: Vec<Wh>,
    /// Price of each bus, billionths of a price.
    pub prices: Vec<Int64>,
    /// Flow on the chord of each basis cycle of the breadth-first spanning tree from bus 0 (lowest bus, then lowest
    /// line first), in the order of the chords.
    pub chords: Vec<NetWh>,
    /// Multiplier of Kirchhoff's law on each basis cycle, billionths of a price per 1e-5 p.u. of reactance.
    pub kirchhoff: Vec<Int64>,
    /// Multipliers of voltage limits that are not 0.
    pub voltage: Vec<VoltageMultiplier>,
}

/// Multiplier of the voltage limits of one bus.
#[cw_serde]
pub struct VoltageMultiplier {
    /// The bus.
    pub bus: u16,
    /// Positive where the lowest voltage binds, negative where the highest does; billionths of a price per 1e-8 p.u. of
    /// squared voltage.
    pub multiplier: Int64,
}

/// What may ride on a CW20 `send` to the market.
#[cw_serde]
pub enum ReceiveMsg {
    /// Adds the tokens to the sender's account.
    Deposit {},
}

/// What one may ask.
#[cw_ownable::cw_ownable_query]
#[cw_serde]
#[derive(QueryResponses)]
pub enum QueryMsg {
    /// The account of an address; zeros if it never had one.
    #[returns(AccountResponse)]
    Account {
        /// The address.
        address: String,
    },
    /// All accounts in the order of their numbers.
    #[returns(Vec<AccountResponse>)]
    Accounts {
        /// Continue after this account number.
        start_after: Option<u32>,
        /// At most [`MAX_PAGE`].
        limit: Option<u32>,
    },
    /// The margin that a device asks of its owner's account, before anyone signs.
    #[returns(MarginResponse)]
    Margin {
        /// Power it can draw, W.
        import: busbar_units::Watt,
        /// Power it can feed, W.
        export: busbar_units::Watt,
    },
    /// Orders of an interval that wait for clearing, or were cleared and are not yet final.
    #[returns(Vec<OrderResponse>)]
    Orders {
        /// The interval.
        interval: Interval,
        /// Only this owner's.
        owner: Option<String>,
        /// Continue after this order.
        start_after: Option<OrderKey>,
        /// At most [`MAX_PAGE`].
        limit: Option<u32>,
    },
    /// Sealed orders of an interval that nobody has revealed; none once it is cleared or skipped.
    #[returns(Vec<SealResponse>)]
    Seals {
        /// The interval.
        interval: Interval,
        /// Continue after this seal.
        start_after: Option<OrderKey>,
        /// At most [`MAX_PAGE`].
        limit: Option<u32>,
    },
    /// Standing orders of a device: the list in force, and those that count from a later interval on.
    #[returns(Vec<StandingResponse>)]
    Standing {
        /// The device's number.
        device: u32,
    },
    /// Offers of agreements that wait for their other side; none once the interval is cleared or skipped.
    #[returns(Vec<bilateral::OfferResponse>)]
    Offers {
        /// The interval.
        interval: Interval,
        /// Continue after this offer.
        start_after: Option<bilateral::OfferKey>,
        /// At most [`MAX_PAGE`].
        limit: Option<u32>,
    },
    /// Life and results of an interval; none before it is cleared or skipped.
    #[returns(Option<IntervalResponse>)]
    Interval {
        /// The interval.
        interval: Interval,
    },
    /// Prices of the buses of a cleared interval in the order of their numbers; none once it is final.
    #[returns(Vec<BusPriceResponse>)]
    Prices {
        /// The interval.
        interval: Interval,
        /// Continue after this bus.
        start_after: Option<u16>,
        /// At most [`MAX_PAGE`].
        limit: Option<u32>,
    },
    /// What a clearing of an interval is computed from, once its book is closed.
    #[returns(AuctionResponse)]
    Auction {
        /// The interval.
        interval: Interval,
        /// Continue after this order.
        start_after: Option<u32>,
        /// At most [`MAX_AUCTION_PAGE`].
        limit: Option<u32>,
    },
    /// Orders of a cleared interval that took part at a reference price or not at all, because their owner was pivotal;
    /// none once it is final.
    #[returns(Vec<power::CappedResponse>)]
    Capped {
        /// The interval.
        interval: Interval,
        /// Continue after this order.
        start_after: Option<OrderKey>,
        /// At most [`MAX_PAGE`].
        limit: Option<u32>,
    },
    /// Reference prices of the zones of an interval: fixed with its first proposal or its clearing, else as they would
    /// be by what is cleared so far.
    #[returns(Vec<power::ReferenceResponse>)]
    References {
        /// The interval.
        interval: Interval,
    },
    /// Traded flows on the lines of a cleared interval in the network's order; none once it is final.
    #[returns(Vec<FlowResponse>)]
    Flows {
        /// The interval.
        interval: Interval,
        /// Continue after this line.
        start_after: Option<u32>,
        /// At most [`MAX_PAGE`].
        limit: Option<u32>,
    },
    /// What a device traded, banked and redeemed in an interval that is not yet final.
    #[returns(PositionResponse)]
    Position {
        /// The interval.
        interval: Interval,
        /// The device's number.
        device: u32,
    },
    /// The exact sources of what an account used in a final interval, along the interval's line
    /// ([`provenance`]); nothing before the interval is final.
    #[returns(Vec<SourceResponse>)]
    SourceOf {
        /// The interval.
        interval: Interval,
        /// Address of the account; the utility's for what left the region.
        account: String,
        /// Continue after the piece with this index.
        start_after: Option<u32>,
        /// At most [`MAX_PAGE`].
        limit: Option<u32>,
    },
    /// Every source and its sink in a final interval, along the interval's line; nothing before it is final.
    #[returns(Vec<SourceResponse>)]
    Provenance {
        /// The interval.
        interval: Interval,
        /// Continue after the piece with this index.
        start_after: Option<u32>,
        /// At most [`MAX_PAGE`].
        limit: Option<u32>,
    },
    /// Fund, coin and energy held: the whole state's totals.
    #[returns(TotalsResponse)]
    Totals {},
}

/// Answer to [`QueryMsg::Auction`]: what a clearing is proposed for, once the gate is closed.
#[cw_serde]
pub struct AuctionResponse {
    /// Orders by number from `start_after` on: those of the devices, then the utility's. The book is shown as capped:
    /// an order of a pivotal seller has its reference price as limit, or is not there ([`power`]).
    pub orders: Vec<AuctionOrder>,
    /// How many there are in all.
    pub count: u32,
    /// Price floor.
    pub floor: Price,
    /// Price cap.
    pub cap: Price,
    /// Largest gap of a proposal, millionths of its welfare.
    pub epsilon: Ppm,
    /// Whether proposals are taken: the network has loops or voltage limits.
    pub needs_proposal: bool,
    /// Unix seconds at which proposals end.
    pub until_s: Uint64,
    /// Welfare of the best proposal so far, price times Wh.
    pub best: Option<Int128>,
    /// The utility whose bids the auction holds: the region's, from the first proposal on that of the proposal.
    pub utility: Addr,
    /// Locked on its account for what it buys by the best proposal so far.
    pub utility_lock: Money,
}

/// An order as the auction takes it.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct AuctionOrder {
    /// The bus at which it stands.
    pub bus: u16,
    /// Buy or sell.
    pub side: Side,
    /// Limit price.
    pub limit: Price,
    /// Most energy.
    pub quantity: Wh,
}

/// Identity of an order inside an interval; the order of this key is the order of the numbers that
/// decide the last Wh of a tie.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct OrderKey {
    /// Number of the owner's account.
    pub account: u32,
    /// Number of the device.
    pub device: u32,
    /// Slot among the device's orders of the interval.
    pub slot: u8,
}

/// An account.
#[cw_serde]
pub struct AccountResponse {
    /// Registration number; none when the address never had an account.
    pub number: Option<u32>,
    /// Its owner.
    pub address: Addr,
    /// All coin of the account, locked and pending parts included.
    pub balance: Money,
    /// Locked by orders of intervals not yet settled.
    pub locked: Money,
    /// Receipts of intervals not yet final: collateral, but not for withdrawal.
    pub pending: Money,
    /// Asked for by the account's active devices.
    pub margin: Money,
    /// What may be withdrawn now.
    pub withdrawable: Money,
    /// What could not be collected and is still owed.
    pub debt: Money,
    /// Energy tokens, the locked part included.
    pub energy: Wh,
    /// Energy tokens locked by redeem orders.
    pub energy_locked: Wh,
}

/// Margin of a device.
#[cw_serde]
pub struct MarginResponse {
    /// Coin that the owner's account must hold free of locks.
    pub margin: Money,
}

/// An order.
#[cw_serde]
pub struct OrderResponse {
    /// Its identity in the interval.
    pub key: OrderKey,
    /// The bus at which it stands.
    pub bus: u16,
    /// Side and limit, or bank request.
    pub terms: Terms,
    /// Quantity asked for.
    pub quantity: Wh,
    /// Whether it may take part at its zone's reference price.
    pub at_reference: bool,
    /// The agreement that it belongs to.
    pub agreed: Option<bilateral::AgreedResponse>,
    /// Coin that it locks; what an agreement has cost at the clearing is no longer part of it.
    pub lock: Money,
}

/// The price of a bus.
#[cw_serde]
pub struct BusPriceResponse {
    /// Number of the bus.
    pub bus: u16,
    /// What energy traded at this bus is paid.
    pub price: Price,
    /// The price is formal only: nothing was filled at this bus and no order bounds it.
    pub no_trade: bool,
}

/// What the trades of an interval carry over a line.
#[cw_serde]
pub struct FlowResponse {
    /// Number of the line in the grid's network.
    pub line: u32,
    /// Bus at which a positive flow starts.
    pub from: u16,
    /// Bus at which a positive flow ends.
    pub to: u16,
    /// Traded flow.
    pub flow: NetWh,
    /// Most energy from `from` to `to`.
    pub capacity: Wh,
    /// Most energy from `to` to `from`.
    pub capacity_back: Wh,
    /// Price at `to` less price at `from`: what one more Wh of capacity would be worth, times 1000.
    pub step: Price,
    /// Whether the line is full and parts the prices at its ends.
    pub binding: bool,
    /// `step * flow / 1000`, rounded up: what those behind the line pay above what those before it get.
    pub rent: Money,
}

/// Stage of an interval's life from clearing on.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Stage {
    /// Traded; waits for delivery and readings.
    Cleared,
    /// Nobody cleared it before delivery.
    Skipped,
    /// Settlement collects charges; `next` is the next device.
    Charging,
    /// Settlement pays credits; `next` is the next device.
    Crediting,
    /// All paid; late readings may still come in.
    Settled,
    /// Closing; `next` is the next device.
    Finalising,
    /// Nothing changes any more.
    Final,
}

/// Life and results of an interval.
#[cw_serde]
pub struct IntervalResponse {
    /// Where it stands.
    pub stage: Stage,
    /// Whether it was given up uncleared.
    pub skipped: bool,
    /// Number of orders that took part (bank requests apart).
    pub orders: u32,
    /// Mean of the prices at which devices traded, weighted by volume and rounded down; the utility's price where
    /// none traded.
    pub price: Price,
    /// Settlement price of the utility's bus.
    pub price_utility: Price,
    /// No device traded.
    pub no_trade: bool,
    /// Energy bought by devices.
    pub bought: Wh,
    /// Energy sold by devices.
    pub sold: Wh,
    /// Traded net import of the region: bought from the utility less sold to it.
    pub traded_net: NetWh,
    /// Congestion rent of the trades, rounded down: what buyers pay above what sellers get. It goes to the fund.
    pub rent: Money,
    /// Metered net import of the region, missing devices counted as traded; zero before settlement.
    pub net: NetWh,
    /// Imbalance price of the utility's bus, the add-on included; zero before settlement.
    pub imbalance_price: Price,
    /// The part of it that the grid's frequency adds; zero before settlement.
    pub add_on: Price,
    /// Charged with import for what lines lose, and paid to the utility; zero before settlement.
    pub losses: Money,
    /// Energy taken into the bank from devices.
    pub banked: Wh,
    /// Tokens minted for it.
    pub minted: Wh,
    /// Energy given out of the bank by its metered discharge.
    pub redeemed: Wh,
    /// Redeemed beyond the metered discharge: settled in coin by the storage's owner.
    pub redeemed_in_coin: Wh,
    /// Tokens burned for both.
    pub burned: Wh,
    /// Coin that waits in the interval's escrow.
    pub escrow: Money,
    /// Coin that went from the escrow to the fund when the interval became final.
    pub to_fund: Money,
    /// Charges of this interval that could not be collected.
    pub uncollected: Money,
    /// The utility that takes part in it, whoever is appointed later; none once the interval is final.
    pub utility: Option<Addr>,
    /// Locked on the utility's account for its purchases until they are settled.
    pub utility_lock: Money,
}

/// A device's part in an interval.
#[cw_serde]
pub struct PositionResponse {
    /// Energy bought less energy sold.
    pub traded: NetWh,
    /// Bank request; from the start of settlement on, the energy taken in from the device. For the bank's own
    /// storage: what it owes to those who redeem.
    pub banked: Wh,
    /// Redeem request; from the start of settlement on, the energy redeemed. For the bank's own storage: what
    /// it took in from those who bank.
    pub redeemed: Wh,
    /// What the device paid (positive) or got (negative) for this interval, fees included; zero before its
    /// settlement. A receipt becomes withdrawable when the interval is final.
    pub paid: NetMoney,
}

/// Totals of the market, for audits: the balances of all accounts, the escrows and the fund sum to
/// `deposited - withdrawn`, and the contract holds at least that much coin.
#[cw_serde]
pub struct TotalsResponse {
    /// Coin on the contract's bank balance; plain transfers from strangers never count for anybody.
    pub coin_held: Money,
    /// Coin ever deposited.
    pub deposited: Money,
    /// Coin ever withdrawn.
    pub withdrawn: Money,
    /// Sum of the escrows of all intervals that are not final.
    pub escrows: Money,
    /// The grid fund.
    pub fund: Money,
    /// Energy tokens that the contract holds.
    pub energy_held: Wh,
    /// First interval that is not final.
    pub final_cursor: Interval,
    /// Number of accounts.
    pub accounts: u32,
}

/// The source of some Wh that an account used: a piece of the interval's line.
#[cw_serde]
pub struct SourceResponse {
    /// Place among the pieces of the interval, from 0.
    pub index: u32,
    /// Where it lies on the line: the Wh before it.
    pub at: Wh,
    /// Where it comes from.
    pub source: provenance::Source,
    /// Whether it was sold; what the bank discharges and the utility supplies counts as sold.
    pub sold: bool,
    /// Energy of the same source before it: its first Wh is number `first` of all that the source gave.
    pub first: Wh,
    /// Number of the account that used it.
    pub account: u32,
    /// What for.
    pub used: provenance::Use,
    /// How much.
    pub wh: Wh,
}

impl From<provenance::Piece> for SourceResponse {
    fn from(piece: provenance::Piece) -> Self {
        Self {
            index: piece.index,
            at: piece.at,
            source: piece.supply.source,
            sold: piece.supply.sold,
            first: piece.supply.first,
            account: piece.demand.account,
            used: piece.demand.used,
            wh: piece.demand.wh,
        }
    }
}
