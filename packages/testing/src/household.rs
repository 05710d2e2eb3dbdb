use busbar_api::grid::Params;
use busbar_units::{Money, Price, Watt};

/// Parameters that fit a region of homes with quarter-hour intervals and a coin worth about one dollar:
/// import tariff 0.21, export tariff 0.07, prices from 0 to 1, imbalance from -0.1 to 1, no fees, no bank.
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
        confirmation_window: 4,
        correction_window: 96,
        clock_tolerance_s: 30,
        steps_per_device: 8,
        order_fee: Money::ZERO,
        settlement_fee: Money::ZERO,
        clear_bounty: Money::ZERO,
        settle_bounty: Money::ZERO,
        missing_limit: 96,
        bank: None,
    }
}
