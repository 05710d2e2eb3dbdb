//! A village in which everything happens that the checks look at: a full line, losses, a frequency that is off, a
//! battery that is charged and discharged, certificates; and each check notices when its fact is falsified.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, clippy::indexing_slicing)]
use std::panic::{catch_unwind, AssertUnwindSafe};

use busbar_testing::attestation::DeviceKind;
use busbar_testing::certificates::{CertificateId, CertificateResponse, Status};
use busbar_testing::cosmwasm_std::Addr;
use busbar_testing::grid::{Bus, FrequencyStep, Line, Network};
use busbar_testing::units::{Interval, Millihertz, Ppm, Price, Wh};
use busbar_testing::{sanity, Device, Plate, Region, Setup};

struct Village {
    region: Region,
    battery: Device,
    roof: Device,
    mill: Device,
    /// The full hour and the one after it.
    hours: [Interval; 2],
}

/// Utility, town and hill; the lane from hill to town carries 600 Wh.
fn network() -> Network {
    Network {
        buses: ["utility", "town", "hill"].map(Bus::new).into(),
        lines: vec![
            Line::new("connection", 0, 1, Wh::new(1 << 40)),
            Line::new("lane", 2, 1, Wh::new(600)),
        ],
        voltage: None,
    }
}

fn setup() -> Setup {
    let mut setup = Setup {
        network: Some(network()),
        ..Setup::hourly()
    };
    (setup.params.correction_window, setup.params.losses) = (8, Ppm::new(20_000));
    setup.params.frequency.steps = vec![FrequencyStep {
        deviation: Millihertz::new(20),
        add_on: Price::new(40_000),
    }];
    setup.with_bank(6_400)
}

/// Two hours: the roof on the hill sells the mill in the town what the lane carries and the battery takes in what
/// more it feeds; then the battery gives it back.
fn village() -> Village {
    let mut region = Region::with(setup());
    let battery = region.storage("battery", 5_000, 6_400);
    let solar = Plate {
        kind: DeviceKind::Solar,
        bus: 2,
        ..Plate::connection(1_000, 5_000)
    };
    let roof = region.enrol("roof", solar);
    let deposit = region.setup().purse.get() / 2;
    region.deposit(&roof.owner, deposit);
    let mill = region.home("mill", 5_000, 5_000);
    let noon = region.first_interval();
    region.sell(&roof, noon, 1_000, 100_000);
    region.buy(&mill, noon, 900, 180_000);
    region.bank(&roof, noon, 300);
    region.clear(noon);
    let end_s = region.times(noon).end_s;
    region.reach(end_s);
    region.frequency(noon, 49_900);
    region.deliver(noon, &[(&battery, 300, 0), (&roof, 0, 900), (&mill, 1_000, 0)]);
    region.settle(noon);
    let evening = region.first_interval();
    region.redeem(&roof, evening, 200);
    region.clear(evening);
    region.deliver(evening, &[(&battery, 0, 200), (&roof, 200, 0), (&mill, 0, 0)]);
    region.settle(evening);
    Village {
        region,
        battery,
        roof,
        mill,
        hours: [noon, evening],
    }
}

/// The same, final and certified.
fn certified() -> Village {
    let mut village = village();
    village.region.finalise(village.hours[1]);
    village.region.issue();
    village
}

#[test]
fn a_full_lane_parts_prices_and_losses_and_frequency_are_charged() {
    let Village {
        region,
        roof,
        mill,
        hours: [noon, _],
        ..
    } = village();
    let record = region.interval(noon);
    assert_eq!((record.sold.get(), record.bought.get()), (600, 600));
    let prices: Vec<i64> = region.prices(noon).iter().map(|at| at.price.get()).collect();
    assert_eq!(
        prices,
        [180_000, 180_000, 100_000],
        "the mill's limit, and the roof's beyond the lane"
    );
    let lane = &region.flows(noon)[1];
    assert_eq!((lane.flow.get(), lane.binding), (600, true));
    assert_eq!(record.rent.get(), 600 * 80);
    // 400 Wh were drawn beyond the trades, at a frequency that is low: 0.04 on top of the import tariff.
    assert_eq!((record.traded_net.get(), record.net.get()), (0, 400));
    assert_eq!((record.imbalance_price.get(), record.add_on.get()), (250_000, 40_000));
    // Two per cent of 0.21 on every kWh drawn: 1,000 Wh by the mill, 300 by the battery.
    assert_eq!(record.losses.get(), 4_200 + 1_260);
    assert_eq!(region.paid(&mill, noon), 600 * 180 + 400 * 250 + 4_200);
    assert_eq!(region.paid(&roof, noon), -600 * 100);
    assert_eq!(record.escrow.get(), 600 * 80 + 400 * 40);
}

#[test]
fn what_was_issued_leads_back_to_the_meter() {
    let Village {
        mut region,
        battery,
        roof,
        mill,
        hours: [noon, _],
    } = certified();
    let told = |held: Vec<CertificateResponse>| -> Vec<(u32, u64, u64, Status)> {
        let tell = |held: &CertificateResponse| (held.id.device, held.id.first.get(), held.wh.get(), held.status);
        held.iter().map(tell).collect()
    };
    assert_eq!(
        told(region.certificates_of(roof.number)),
        [
            (roof.number, 0, 600, Status::Live),
            (roof.number, 600, 200, Status::Retired),
            (roof.number, 800, 100, Status::Stored)
        ]
    );
    assert_eq!(
        told(region.certificates_owned(&mill.owner)),
        [(roof.number, 0, 600, Status::Live)]
    );
    assert_eq!(
        told(region.certificates_owned(&roof.owner)),
        [(battery.number, 0, 200, Status::Live)]
    );
    let totals = region.certificates.totals(&region.q(), None).unwrap();
    assert_eq!(
        [totals.issued, totals.live, totals.stored, totals.retired].map(Wh::get),
        [1_100, 800, 100, 200]
    );

    let first = CertificateId {
        device: roof.number,
        interval: noon,
        first: Wh::ZERO,
    };
    let evidence = region.evidence(first);
    assert_eq!(evidence.meters.len(), 1, "one key in both intervals");
    assert_eq!(
        [&evidence.before, &evidence.after].map(|page| page.records.len()),
        [3, 3]
    );
    assert_ne!(evidence.before.signature, evidence.after.signature);
    let split = region.certificates.split(first, Wh::new(250)).unwrap();
    region.must(&mill.owner, split);
    assert_eq!(region.certificates_of(roof.number).len(), 4);
}

/// Changes a stored value and says what the checks then say.
fn complaint(
    village: fn() -> Village,
    contract: fn(&Region) -> Addr,
    key: &[u8],
    change: impl Fn(&mut Vec<u8>),
) -> String {
    let mut region = village().region;
    sanity::check(&mut region);
    let contract = contract(&region);
    let stored = region.app.dump_wasm_raw(&contract);
    let mut found = stored.into_iter().filter(|(stored, _)| stored.starts_with(key));
    let (key, mut value) = found.find(|(_, value)| value.len() != 4).unwrap();
    change(&mut value);
    region.app.contract_storage_mut(&contract).set(&key, &value);
    let complaint = catch_unwind(AssertUnwindSafe(|| sanity::check(&mut region)));
    complaint.unwrap_err().downcast_ref::<String>().unwrap().clone()
}

/// Position of a varint behind some fixed bytes.
fn varint(value: &[u8], fixed: usize, field: usize) -> usize {
    let mut ends = (fixed..value.len()).filter(|position| value[*position] & 0x80 == 0);
    field
        .checked_sub(1)
        .map_or(fixed, |before| ends.nth(before).unwrap() + 1)
}

#[test]
fn a_falsified_fact_is_noticed() {
    let certificates = |region: &Region| region.certificates.address().clone();
    let market = |region: &Region| region.market.address().clone();
    for (key, change, expected) in [
        // Stage, kind, then the Wh of the first certificate.
        (
            &b"c/"[..],
            (|value: &mut Vec<u8>| value[2] ^= 1) as fn(&mut Vec<u8>),
            "certificates and totals",
        ),
        (b"t/", |value| value[0] ^= 1, "certificates and totals"),
        (b"a", |value| value[0] ^= 1, "certificates of all devices and totals"),
    ] {
        let complaint = complaint(certified, certificates, key, change);
        assert!(complaint.contains(expected), "{complaint}");
    }
    // Of the record: stage and flags, then varints.
    for (field, expected) in [(5, "the add-on"), (12, "the rent"), (13, "losses")] {
        let complaint = complaint(village, market, b"iv/", move |value| {
            let position = varint(value, 2, field);
            value[position] ^= 2;
        });
        assert!(complaint.contains(expected), "field {field}: {complaint}");
    }
    let fed = complaint(certified, market, b"pv/", |value| {
        let position = varint(value, 0, 10);
        value[position] ^= 1;
    });
    assert!(fed.contains("fed"), "{fed}");
}
