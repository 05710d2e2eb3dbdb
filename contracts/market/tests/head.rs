//! Head meters that contradict the devices: settlement waits for the dispute window, and margins cover the wait.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]
use busbar_market::ContractError;
use busbar_testing::attestation::DeviceKind;
use busbar_testing::market::{ExecuteMsg, MarginResponse, QueryMsg};
use busbar_testing::oracle::Outcome;
use busbar_testing::units::{Interval, Money, NetWh, Watt};
use busbar_testing::{Device, Plate, Region};

/// A home and a head meter that have read zero just before the interval, which nobody trades in.
fn street() -> (Region, Device, Device, Interval) {
    let mut region = Region::new();
    let home = region.home("A", 8_000, 8_000);
    let plate = Plate {
        kind: DeviceKind::HeadMeter,
        ..Plate::connection(100_000, 100_000)
    };
    let head = region.enrol("operator", plate);
    let interval = region.first_interval().plus(1).unwrap();
    region.skip(interval);
    let before = interval.minus(1).unwrap();
    let readings = [&home, &head].map(|device| region.meter(device).sign(before));
    let relayer = region.account("relayer");
    assert_eq!(region.submit(&relayer, &readings).count(Outcome::Accepted), 2);
    (region, home, head, interval)
}

fn read(region: &mut Region, device: &Device, interval: Interval, drawn: u64) {
    let meter = region.meter(device);
    meter.count(drawn, 0);
    let reading = meter.sign(interval);
    let end_s = region.times(interval).end_s;
    region.reach(end_s);
    let relayer = region.account("relayer");
    assert_eq!(region.submit(&relayer, &[reading]).count(Outcome::Accepted), 1);
}

#[test]
fn a_mismatch_delays_settlement_and_then_the_devices_readings_count() {
    let (mut region, home, head, interval) = street();
    read(&mut region, &head, interval, 2_000);
    read(&mut region, &home, interval, 1_000);
    let anyone = region.account("anyone");
    let settle = region.market.settle(interval).unwrap();
    let expected = ContractError::NotConfirmed {
        interval,
        measured: 1,
        awaited: 1,
    };
    assert_eq!(region.refused::<ContractError>(&anyone, settle), expected);
    let settled = region.settle(interval);
    let params = region.params(interval);
    let windows = u64::from(params.confirmation_window + params.dispute_window);
    assert_eq!(region.now_s(), region.times(interval).end_s + windows * 900);
    assert_eq!(settled.net, NetWh::new(1_000));
    assert_eq!(region.paid(&home, interval), 210_000);
    let state = region.oracle.interval(&region.q(), interval).unwrap().unwrap();
    assert_eq!(state.unexplained, Some(NetWh::new(1_000)));
}

#[test]
fn a_missing_head_meter_delays_nothing() {
    let (mut region, home, _, interval) = street();
    read(&mut region, &home, interval, 1_000);
    let end_s = region.times(interval).end_s;
    region.settle(interval);
    assert_eq!(region.now_s(), end_s);
}

#[test]
fn margins_cover_the_dispute_window_where_there_is_a_head_meter() {
    let margin = |region: &Region| {
        let query = QueryMsg::Margin {
            import: Watt::new(4_000),
            export: Watt::new(0),
        };
        let asked: MarginResponse = region.q().query_wasm_smart(region.market.address(), &query).unwrap();
        asked.margin
    };
    // 1,000 Wh at 1.00 in five intervals, or in nine.
    assert_eq!(margin(&Region::new()), Money::new(5_000_000));
    assert_eq!(margin(&street().0), Money::new(9_000_000));
}

#[test]
fn suspension_frees_no_margin_and_retirement_does() {
    let mut region = Region::new();
    let home = region.home("A", 4_000, 4_000);
    let refresh = region.to_market(&ExecuteMsg::Refresh { device: home.number });
    region.must(&home.owner, refresh.clone());
    let margin = region.books(&home.owner).margin;
    let suspend = busbar_testing::registry::ExecuteMsg::Suspend {
        number: home.number,
        reason: busbar_testing::registry::Suspension::Operator { note: "seal".into() },
    };
    let (operator, suspend) = (region.operator.clone(), region.registry.execute(&suspend).unwrap());
    region.must(&operator, suspend);
    region.must(&home.owner, refresh.clone());
    assert_eq!(region.books(&home.owner).margin, margin);
    let retire = busbar_testing::registry::ExecuteMsg::Retire { number: home.number };
    let retire = region.registry.execute(&retire).unwrap();
    region.must(&home.owner, retire);
    region.must(&home.owner, refresh);
    assert_eq!(region.books(&home.owner).margin, Money::ZERO);
}

#[test]
fn a_retired_device_whose_energy_is_unknown_keeps_its_margin_locked() {
    let (mut region, home, _, interval) = street();
    let refresh = region.to_market(&ExecuteMsg::Refresh { device: home.number });
    region.must(&home.owner, refresh.clone());
    let margin = region.books(&home.owner).margin;
    // Silent from the interval on, until it is final.
    region.finalise(interval);
    let retire = busbar_testing::registry::ExecuteMsg::Retire { number: home.number };
    let retire = region.registry.execute(&retire).unwrap();
    region.must(&home.owner, retire);
    region.must(&home.owner, refresh);
    assert_eq!(region.books(&home.owner).margin, margin);
}
