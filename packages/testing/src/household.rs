use busbar_api::grid::{FrequencyTable, Params};
use busbar_units::{Millihertz, Money, Ppm, Price, Watt, Wh};

/// Parameters that fit a region of homes with quarter-hour intervals and a coin worth about one dollar:
/// import tariff 0.21, export tariff 0.07, prices from 0 to 1, imbalance from -0.1 to 1, no fees, no losses, no
/// add-on by frequency, no bank.
pub fn household() -> Params {
    Params {
        import_tariff: Price::new(210_000),
        export_tariff: Price::new(70_000),
        price_floor: Price::new(0),
        price_cap: Price::new(1_000_000),
        imbalance_min: Price::new(-100_000),
        imbalance_max: Price::new(1_000_000),
        connection_import: Watt::new(1_000_000),
        connection_export: Watt::new(1_000_000),
        horizon: 96,
        gate_closure_s: 300,
        solver_window_s: 120,
        reveal_s: 0,
        no_cancel_s: 30,
        confirmation_window: 4,
        dispute_window: 4,
        correction_window: 96,
        clock_tolerance_s: 30,
        steps_per_device: 8,
        orders_per_interval: 16_384,
        epsilon: Ppm::new(2_000),
        reference_window: 96,
        residual_supply: Ppm::ONE,
        zones: vec![],
        order_fee: Money::ZERO,
        settlement_fee: Money::ZERO,
        clear_bounty: Money::ZERO,
        settle_bounty: Money::ZERO,
        solver_bounty: Money::ZERO,
        sealed_lock: Money::ZERO,
        sealed_fee: Money::ZERO,
        head_tolerance: Ppm::new(10_000),
        head_tolerance_wh: Wh::new(100),
        head_mismatches: 0,
        head_derating: Ppm::new(100_000),
        losses: Ppm::ZERO,
        frequency: FrequencyTable {
            nominal: Millihertz::new(50_000),
            steps: vec![],
        },
        missing_limit: 96,
        bank: None,
    }
}
