//! A village in which everything happens that the checks look at: a full line, losses, a frequency that is off, a
//! battery that is charged and discharged, certificates.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, clippy::indexing_slicing)]
mod support;

use busbar_testing::certificates::{CertificateId, CertificateResponse, Status};
use busbar_testing::units::Wh;
use support::{certified, village, Village};

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
    let mut read = |interval, fed| region.meter(&roof).revise(interval, 0, 0, fed).signature;
    assert_eq!(evidence.before.signature.as_slice(), read(noon.minus(1).unwrap(), 0));
    assert_eq!(evidence.after.signature.as_slice(), read(noon, 900));
    let split = region.certificates.split(first, Wh::new(250)).unwrap();
    region.must(&mill.owner, split);
    assert_eq!(region.certificates_of(roof.number).len(), 4);
}
