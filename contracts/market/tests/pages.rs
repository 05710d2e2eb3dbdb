//! More devices than one page holds: every step goes on where the last one stopped, and no page is another's.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]
use busbar_testing::market::provenance::Source;
use busbar_testing::market::{ExecuteMsg, Stage};
use busbar_testing::units::Interval;
use busbar_testing::{Device, Region, Setup};

/// Devices of a page.
const PAGE: usize = 64;

/// A storage, and 69 homes: the devices from number 64 on are the second page.
fn town() -> (Region, Device, Vec<Device>, Interval) {
    let setup = Setup::hourly();
    let mut region = Region::with(setup.with_bank(6_400));
    let storage = region.storage("bank", 5_000, 6_400);
    let homes = (1..70).map(|home| region.home(&format!("home {home}"), 4_000, 4_000));
    let homes: Vec<_> = homes.collect();
    let interval = region.first_interval();
    (region, storage, homes, interval)
}

fn step(region: &mut Region, msg: &ExecuteMsg) {
    let (anyone, message) = (region.account("anyone"), region.to_market(msg));
    region.must(&anyone, message);
}

#[test]
fn two_pages_are_settled_and_closed_step_by_step() {
    let (mut region, storage, homes, interval) = town();
    // The first home of each page sells to the last home of the other; the second of each banks.
    let [first, second] = [&homes[..PAGE - 1], &homes[PAGE - 1..]];
    let (ends, banking) = (
        [first, second].map(|page| (&page[0], page.last().unwrap())),
        [&first[1], &second[1]],
    );
    region.sell(ends[0].0, interval, 300, 100_000);
    region.sell(ends[1].0, interval, 200, 100_000);
    region.buy(ends[0].1, interval, 200, 180_000);
    region.buy(ends[1].1, interval, 300, 180_000);
    region.bank(banking[0], interval, 100);
    region.bank(banking[1], interval, 50);
    region.clear(interval);
    let mut energies: Vec<_> = homes.iter().map(|home| (home, 0, 0)).collect();
    energies.push((&storage, 150, 0));
    for (home, drawn, fed) in &mut energies {
        (*drawn, *fed) = match () {
            () if *home == ends[0].0 => (0, 300),
            () if *home == ends[1].0 => (0, 200),
            () if *home == ends[0].1 => (200, 0),
            () if *home == ends[1].1 => (300, 0),
            () if *home == banking[0] => (0, 100),
            () if *home == banking[1] => (0, 50),
            () => (*drawn, *fed),
        };
    }
    region.deliver(interval, &energies);
    region.confirm(interval);
    let mut steps = 0;
    while region.interval(interval).stage != Stage::Settled {
        let limit = Some(1);
        step(&mut region, &ExecuteMsg::Settle { interval, limit });
        steps += 1;
        assert!(steps <= 150, "settlement does not end");
    }
    let paid = |home: &Device| region.paid(home, interval);
    assert_eq!(ends.map(|(seller, _)| paid(seller)), [-42_000, -28_000]);
    assert_eq!(ends.map(|(_, buyer)| paid(buyer)), [28_000, 42_000]);
    let tokens = |home: &Device| region.books(&home.owner).energy.get();
    assert_eq!(banking.map(tokens), [100, 50]);
    assert_eq!(region.interval(interval).net.get(), 0);

    region.finalise(interval.minus(1).unwrap());
    region.reach(region.times(interval).final_s);
    let finalise = ExecuteMsg::Finalise { limit: Some(1) };
    step(&mut region, &finalise);
    assert_eq!(region.interval(interval).stage, Stage::Finalising, "a page at a time");
    step(&mut region, &finalise);
    assert_eq!(region.interval(interval).stage, Stage::Final);
    // What the first call entered is on the line beside what the second did.
    let pieces = region.market.provenance(&region.q(), interval, None).unwrap();
    let mut sources: Vec<_> = pieces.iter().map(|piece| piece.source).collect();
    sources.sort_by_key(|source| format!("{source:?}"));
    sources.dedup();
    let fed = [ends[0].0, banking[0], ends[1].0, banking[1]].map(|home| Source::Device { device: home.number });
    assert!(fed.iter().all(|source| sources.contains(source)), "{sources:?}");
    assert_eq!(pieces.iter().map(|piece| piece.wh.get()).sum::<u64>(), 650);
}
