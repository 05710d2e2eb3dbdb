//! Where the energy of a final interval came from.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]
use busbar_testing::cosmwasm_std::Addr;
use busbar_testing::market::provenance::{Source, Use};
use busbar_testing::market::{raw, QueryMsg, SourceResponse};
use busbar_testing::units::Interval;
use busbar_testing::{Device, Region, Setup};

fn hourly() -> Setup {
    let mut setup = Setup::hourly();
    setup.params.correction_window = 8;
    setup
}

fn homes<const N: usize>(region: &mut Region, names: [&str; N]) -> [Device; N] {
    names.map(|name| region.home(name, 5_000, 5_000))
}

/// Source, use and Wh of each piece.
fn told(pieces: &[SourceResponse]) -> Vec<(Source, Use, u64)> {
    pieces
        .iter()
        .map(|piece| (piece.source, piece.used, piece.wh.get()))
        .collect()
}

fn sources(region: &Region, interval: Interval, account: &Addr) -> Vec<(Source, Use, u64)> {
    told(&region.market.source_of(&region.q(), interval, account, None).unwrap())
}

fn device(device: &Device) -> Source {
    Source::Device { device: device.number }
}

/// A sells B 1,000 Wh and delivers 800, B uses 1,300, C feeds 500 that nobody bought.
fn worked(region: &mut Region) -> (Interval, [Device; 3]) {
    let homes = homes(region, ["A", "B", "C"]);
    let interval = region.first_interval();
    let [a, b, c] = &homes;
    region.sell(a, interval, 1_000, 140_000);
    region.buy(b, interval, 1_000, 140_000);
    region.clear(interval);
    region.deliver(interval, &[(a, 0, 800), (b, 1_300, 0), (c, 0, 500)]);
    region.settle(interval);
    (interval, homes)
}

#[test]
fn what_was_bought_comes_from_who_sold_and_the_rest_from_who_fed_more() {
    let mut region = Region::with(hourly());
    let (interval, [a, b, c]) = worked(&mut region);
    assert_eq!(
        sources(&region, interval, &b.owner),
        [],
        "the line is drawn at finality"
    );
    region.finalise(interval);
    assert_eq!(
        sources(&region, interval, &b.owner),
        [
            (device(&a), Use::Bought, 800),
            (device(&c), Use::Bought, 200),
            (device(&c), Use::Unbought, 300)
        ]
    );
    let pieces = region.market.source_of(&region.q(), interval, &b.owner, None).unwrap();
    let numbers = |piece: &SourceResponse| (piece.at.get(), piece.first.get(), piece.sold);
    assert_eq!(
        pieces.iter().map(numbers).collect::<Vec<_>>(),
        [(0, 0, true), (800, 0, false), (1_000, 200, false)]
    );
    assert_eq!(sources(&region, interval, &a.owner), []);
    let stranger = region.account("stranger");
    assert_eq!(sources(&region, interval, &stranger), []);
    assert_eq!(sources(&region, interval.plus(1).unwrap(), &b.owner), []);
}

#[test]
fn the_utility_is_the_balance_on_either_side() {
    let mut region = Region::with(hourly());
    let [a, b] = homes(&mut region, ["A", "B"]);
    let interval = region.first_interval();
    let later = interval.plus(1).unwrap();
    region.clear(interval);
    region.clear(later);
    region.deliver(interval, &[(&a, 0, 900), (&b, 400, 0)]);
    region.deliver(later, &[(&a, 0, 100), (&b, 400, 0)]);
    region.finalise(later);
    let utility = region.utility.clone();
    assert_eq!(sources(&region, interval, &b.owner), [(device(&a), Use::Unbought, 400)]);
    assert_eq!(sources(&region, interval, &utility), [(device(&a), Use::Export, 500)]);
    assert_eq!(
        sources(&region, later, &b.owner),
        [
            (device(&a), Use::Unbought, 100),
            (Source::Utility {}, Use::Unbought, 300)
        ]
    );
    assert_eq!(sources(&region, later, &utility), []);
}

#[test]
fn redeemed_energy_comes_from_the_bank() {
    let mut region = Region::with(hourly().with_bank(6_400));
    let storage = region.storage("bank", 5_000, 6_400);
    let [alice, bob] = homes(&mut region, ["alice", "bob"]);
    let charged = region.first_interval();
    region.bank(&alice, charged, 1_000);
    region.clear(charged);
    region.deliver(charged, &[(&storage, 1_000, 0), (&alice, 0, 1_000), (&bob, 0, 0)]);
    region.settle(charged);
    let given = region.first_interval();
    region.redeem(&alice, given, 600);
    region.clear(given);
    region.deliver(given, &[(&storage, 0, 600), (&alice, 600, 0), (&bob, 200, 0)]);
    region.finalise(given);

    let bank = Source::Bank { device: storage.number };
    assert_eq!(
        sources(&region, charged, &storage.owner),
        [(device(&alice), Use::Charge, 1_000)]
    );
    assert_eq!(sources(&region, given, &alice.owner), [(bank, Use::Redeemed, 600)]);
    assert_eq!(
        sources(&region, given, &bob.owner),
        [(Source::Utility {}, Use::Unbought, 200)]
    );
}

/// A revision that the operator sends after the settlement changes the line, which is drawn once and after it.
#[test]
fn the_line_goes_by_what_is_known_at_last() {
    let mut region = Region::with(hourly());
    let (interval, [_, b, c]) = worked(&mut region);
    let reading = region.meter(&c).sign(interval).reading;
    let less = busbar_testing::units::Wh::new(reading.export().get() - 100);
    let revised = busbar_testing::attestation::Reading::new(c.number, interval, 1, reading.import(), less).unwrap();
    let domain = region.domain();
    let signature = region.meter(&c).key.sign(&revised.record(&domain));
    let operator = region.operator.clone();
    let result = region.submit(
        &operator,
        &[busbar_testing::attestation::SignedReading {
            reading: revised,
            signature,
        }],
    );
    assert_eq!(result.count(busbar_testing::oracle::Outcome::Accepted), 1);
    region.finalise(interval);
    assert_eq!(
        sources(&region, interval, &b.owner)[1..],
        [
            (device(&c), Use::Bought, 200),
            (device(&c), Use::Unbought, 200),
            (Source::Utility {}, Use::Unbought, 100)
        ]
    );
}

#[test]
fn answers_come_in_pages() {
    let mut region = Region::with(hourly());
    let (interval, [_, b, _]) = worked(&mut region);
    region.finalise(interval);
    let ask = |start_after, limit| -> Vec<SourceResponse> {
        let query = QueryMsg::SourceOf {
            interval,
            account: b.owner.to_string(),
            start_after,
            limit,
        };
        region.q().query_wasm_smart(region.market.address(), &query).unwrap()
    };
    let whole = ask(None, None);
    let mut paged = vec![];
    while let [piece] = &ask(paged.last().map(|piece: &SourceResponse| piece.index), Some(1))[..] {
        paged.push(piece.clone());
    }
    assert_eq!(paged, whole);
    assert_eq!(region.market.provenance(&region.q(), interval, None).unwrap(), whole);
    let last = whole.last().unwrap().index;
    assert_eq!(region.market.provenance(&region.q(), interval, Some(last)).unwrap(), []);
    let query = QueryMsg::SourceOf {
        interval,
        account: b.owner.as_str().to_uppercase(),
        start_after: None,
        limit: None,
    };
    let refused = region
        .q()
        .query_wasm_smart::<Vec<SourceResponse>>(region.market.address(), &query);
    assert!(refused.is_err());
}

/// What the docs say of the record's size.
#[test]
fn a_record_is_some_bytes_per_participant() {
    let mut region = Region::with(hourly());
    let (interval, _) = worked(&mut region);
    region.finalise(interval);
    let key = raw::provenance_key(interval);
    let bytes = region
        .q()
        .query_wasm_raw(region.market.address(), key)
        .unwrap()
        .unwrap();
    // Four for the frame, six for each device that fed, six for the account that drew.
    assert!(bytes.len() <= 4 + 2 * 6 + 6, "{} bytes", bytes.len());
    let empty = interval.minus(1).unwrap();
    let nobody = region
        .q()
        .query_wasm_raw(region.market.address(), raw::provenance_key(empty))
        .unwrap()
        .unwrap();
    assert_eq!(nobody.len(), 4);
}
