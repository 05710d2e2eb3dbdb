//! Bounds of the parameters.
use core::ops::RangeInclusive;

/// Any price, in millionths per kWh: the auction's integer bound.
pub const PRICE: RangeInclusive<i64> = -(1 << 40)..=1 << 40;
/// Lowest imbalance price.
pub const IMBALANCE_MIN: RangeInclusive<i64> = -(1 << 40)..=0;
/// Highest imbalance price.
pub const IMBALANCE_MAX: RangeInclusive<i64> = 1..=1 << 40;
/// Power of the connection, in W: a day of it stays within the auction's quantity bound of 2^48 Wh.
pub const CONNECTION: RangeInclusive<u64> = 0..=1 << 40;
/// Intervals open ahead: up to a week of quarter-hours.
pub const HORIZON: RangeInclusive<u32> = 1..=672;
/// Seconds from gate closure to delivery.
pub const GATE_CLOSURE_S: RangeInclusive<u32> = 1..=86_400;
/// Intervals until confirmation.
pub const CONFIRMATION_WINDOW: RangeInclusive<u32> = 1..=96;
/// Intervals until an interval is final: up to a week of quarter-hours.
pub const CORRECTION_WINDOW: RangeInclusive<u32> = 1..=672;
/// Seconds by which a meter's clock may run ahead.
pub const CLOCK_TOLERANCE_S: RangeInclusive<u32> = 0..=300;
/// Seconds after gate closure within which sealed orders are revealed.
pub const REVEAL_S: RangeInclusive<u32> = 0..=86_399;
/// Seconds after the reveal window within which certificates are posted.
pub const SOLVER_WINDOW_S: RangeInclusive<u32> = 0..=86_399;
/// Seconds before gate closure within which orders stand.
pub const NO_CANCEL_S: RangeInclusive<u32> = 0..=86_400;
/// Gap to the optimum that a certificate may leave, in millionths of the welfare.
pub const EPSILON: RangeInclusive<i64> = 0..=10_000;
/// Intervals that a reference price averages: up to a week of quarter-hours.
pub const REFERENCE_WINDOW: RangeInclusive<u32> = 1..=672;
/// Residual supply below which a seller is pivotal, in millionths of the demand.
pub const RESIDUAL_SUPPLY: RangeInclusive<i64> = 0..=10_000_000;
/// Zones of residual supply and reference prices.
pub const ZONES: RangeInclusive<usize> = 0..=16;
/// Bus at the top of a zone: any but the utility's.
pub const ZONE: RangeInclusive<u16> = 1..=2047;
/// Share of the energy through the head that may stay unexplained, in millionths.
pub const HEAD_TOLERANCE: RangeInclusive<i64> = 0..=1_000_000;
/// Energy through the head that may stay unexplained whatever flows, in Wh.
pub const HEAD_TOLERANCE_WH: RangeInclusive<u64> = 0..=1 << 48;
/// Intervals that head meters contradict before ratings are lowered: up to a week of quarter-hours.
pub const HEAD_MISMATCHES: RangeInclusive<u32> = 0..=672;
/// Share by which ratings are lowered, in millionths.
pub const HEAD_DERATING: RangeInclusive<i64> = 0..=500_000;
/// Intervals that a contradicted interval waits.
pub const DISPUTE_WINDOW: RangeInclusive<u32> = 0..=96;
/// Losses, in millionths of the energy drawn.
pub const LOSSES: RangeInclusive<i64> = 0..=200_000;
/// Orders per device and interval.
pub const STEPS_PER_DEVICE: RangeInclusive<u32> = 1..=32;
/// Orders per interval: what the auction takes.
pub const ORDERS: RangeInclusive<u32> = 1..=1 << 20;
/// A fee, bounty or lock per item, in millionths of the coin.
pub const FEE: RangeInclusive<u128> = 0..=1 << 40;
/// Intervals of silence: up to a month of quarter-hours.
pub const MISSING_LIMIT: RangeInclusive<u32> = 1..=2976;
/// Energy of the bank, in Wh: the auction's quantity bound.
pub const USABLE: RangeInclusive<u64> = 0..=1 << 48;
/// Efficiency of the bank, in millionths.
pub const EFFICIENCY: RangeInclusive<i64> = 0..=1_000_000;
/// Fee of the bank per kWh.
pub const BANK_FEE: RangeInclusive<i64> = 0..=1 << 40;
/// Bond of the bank, in millionths of the coin.
pub const BOND: RangeInclusive<u128> = 0..=1 << 80;
