//! Each check notices when its fact is falsified.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, clippy::indexing_slicing)]
mod support;

use busbar_testing::cosmwasm_std::Addr;
use busbar_testing::grid::Circuit;
use busbar_testing::market::provenance::{Draw, Feed, Line};
use busbar_testing::market::raw::provenance_key;
use busbar_testing::units::{Interval, Wh};
use busbar_testing::{market, Region};
use support::{certified, change, complaint, stored, varint, village, village_by, Village};

/// Changes the first stored value whose key starts so, and says what the checks then say.
fn one(village: Village, contract: fn(&Region) -> Addr, prefix: &[u8], falsify: impl Fn(&mut Vec<u8>)) -> String {
    complaint(village.region, |region| {
        let contract = contract(region);
        let found = stored(region, &contract, |key| key.starts_with(prefix));
        // Cursors under the same prefix have four bytes.
        let (key, _) = found.iter().find(|(_, value)| value.len() != 4).unwrap();
        change(region, &contract, key, falsify);
    })
}

fn certificates(region: &Region) -> Addr {
    region.certificates.address().clone()
}

fn market(region: &Region) -> Addr {
    region.market.address().clone()
}

#[test]
fn another_amount_of_a_certificate_or_a_total() {
    for (key, falsify, expected) in [
        // Stage, kind, then the Wh of the first certificate.
        (
            &b"c/"[..],
            (|value: &mut Vec<u8>| value[2] ^= 1) as fn(&mut Vec<u8>),
            "certificates and totals",
        ),
        (b"t/", |value| value[0] ^= 1, "certificates and totals"),
        (b"a", |value| value[0] ^= 1, "certificates of all devices and totals"),
    ] {
        let complaint = one(certified(), certificates, key, falsify);
        assert!(complaint.contains(expected), "{complaint}");
    }
}

/// Key of a certificate: device, interval and number of the first Wh.
fn certificate(device: u32, interval: Interval, first: u64) -> Vec<u8> {
    let (interval, first) = (interval.get().to_be_bytes(), first.to_be_bytes());
    [&b"c/"[..], &device.to_be_bytes(), &interval, &first].concat()
}

#[test]
fn a_watt_hour_certified_twice() {
    let village = certified();
    let (device, noon) = (village.roof.number, village.hours[0]);
    let complaint = complaint(village.region, |region| {
        let certificates = certificates(region);
        let mut storage = region.app.contract_storage_mut(&certificates);
        let moved = storage.get(&certificate(device, noon, 800)).unwrap();
        storage.remove(&certificate(device, noon, 800));
        storage.set(&certificate(device, noon, 799), &moved);
    });
    assert!(complaint.contains("overlap"), "{complaint}");
}

#[test]
fn a_discharge_that_no_retired_charge_stands_for() {
    let village = certified();
    let (battery, evening) = (village.battery.number, village.hours[1]);
    let complaint = complaint(village.region, |region| {
        let (certificates, key) = (certificates(region), certificate(battery, evening, 0));
        // The last field is the first Wh of the charge: 800, which is stored still, in place of the retired 600.
        change(region, &certificates, &key, |value| {
            let place = value.len() - 2;
            assert_eq!(value.split_off(place), [0xd8, 0x04]);
            value.extend([0xa0, 0x06]);
        });
    });
    assert!(complaint.contains("200 Wh were given for charge"), "{complaint}");
}

#[test]
fn a_generator_that_fed_more_than_is_certified() {
    let fed = one(certified(), market, b"pv/", |value| {
        let position = varint(value, 0, 10);
        value[position] ^= 1;
    });
    assert!(fed.contains("certified and fed"), "{fed}");
}

#[test]
fn another_figure_in_the_record() {
    // Stage and flags, then varints.
    for (field, expected) in [(5, "the add-on"), (12, "the rent"), (13, "losses")] {
        let complaint = one(village(), market, b"iv/", move |value| {
            let position = varint(value, 2, field);
            value[position] ^= 2;
        });
        assert!(complaint.contains(expected), "field {field}: {complaint}");
    }
}

#[test]
fn a_line_with_room_over_which_prices_part() {
    // Whichever way the lane is drawn: the flow runs from the hill to the town.
    for lane in [[2, 1], [1, 2]] {
        let complaint = one(
            village_by(lane),
            |region| region.grid.address().clone(),
            b"network/",
            |value| {
                let mut circuit = Circuit::decode(value).unwrap();
                let (capacity, back) = (Wh::new(601), Wh::new(601));
                (circuit.branches[1].capacity, circuit.branches[1].capacity_back) = (capacity, back);
                *value = circuit.encode();
            },
        );
        assert!(complaint.contains("which is not full"), "{lane:?}: {complaint}");
    }
}

#[test]
fn a_device_at_a_bus_that_does_not_exist() {
    let village = village();
    let number = village.roof.number;
    let complaint = complaint(village.region, |region| {
        let registry = region.registry.address().clone();
        let key = busbar_testing::registry::raw::device_key(number);
        change(region, &registry, &key, |value| {
            let mut device = busbar_testing::registry::DeviceSummary::decode(value).unwrap();
            assert_eq!(device.bus, 2);
            device.bus = 3;
            *value = device.encode();
        });
    });
    assert!(complaint.contains("stands at bus 3"), "{complaint}");
}

/// What the checks say of the noon's line with other entries, when the interval becomes final.
fn redrawn(feed: impl Fn(Feed) -> Feed, draw: impl Fn(Draw) -> Draw) -> String {
    let Village { mut region, hours, .. } = village();
    region.finalise(hours[0].minus(1).unwrap());
    region.reach(region.times(hours[0]).final_s);
    let anyone = region.account("anyone");
    let finalise = region.to_market(&market::ExecuteMsg::Finalise { limit: None });
    complaint(region, |region| {
        // Past the checks that follow every call.
        busbar_testing::cw_multi_test::Executor::execute(&mut region.app, anyone, finalise.into()).unwrap();
        let market = market(region);
        change(region, &market, &provenance_key(hours[0]), |value| {
            let old = Line::decode(value).unwrap();
            let mut line = Line::new(old.utility);
            line.storage = old.storage;
            for entry in old.feeds() {
                line.feed(feed(*entry)).unwrap();
            }
            for entry in old.draws() {
                line.draw(draw(*entry)).unwrap();
            }
            *value = line.encode();
        });
    })
}

#[test]
fn another_reading_on_the_line_of_provenance() {
    let fed = |feed: Feed| Feed {
        fed: Wh::new(feed.fed.get() + 1),
        ..feed
    };
    let complaint = redrawn(fed, |draw| draw);
    assert!(complaint.contains("fed"), "{complaint}");
    let drawn = |draw: Draw| Draw {
        drawn: Wh::new(draw.drawn.get() - 1),
        ..draw
    };
    let complaint = redrawn(|feed| feed, drawn);
    assert!(
        complaint.contains("1299 Wh used on the line, 1300 measured"),
        "{complaint}"
    );
}
