//! Agreements at a fixed price. Utility, village and farm in a row, import tariff 0.21, export 0.07; the lane between
//! village and farm carries 300 Wh.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]
use busbar_market::ContractError;
use busbar_testing::grid::{Bus, Line, Network};
use busbar_testing::market::bilateral::{Agreement, OfferKey};
use busbar_testing::market::{ExecuteMsg, OrderRef, Side};
use busbar_testing::units::{Interval, Money, Price, Watt, Wh};
use busbar_testing::{Device, Region, Setup};

const VILLAGE: u16 = 1;
const FARM: u16 = 2;

fn feeder() -> Setup {
    let mut setup = Setup {
        network: Some(Network {
            buses: ["utility", "village", "farm"].map(Bus::new).into(),
            lines: vec![
                Line::new("connection", 0, VILLAGE, Wh::new(1 << 40)),
                Line::new("lane", VILLAGE, FARM, Wh::new(300)),
            ],
            voltage: None,
        }),
        ..Setup::hourly()
    };
    (setup.params.connection_import, setup.params.connection_export) = (Watt::new(2_000), Watt::new(2_000));
    setup
}

/// A roof on the farm and a home in the village.
fn street(setup: Setup) -> (Region, Device, Device, Interval) {
    let mut region = Region::with(setup);
    let roof = region.home_at(FARM, "roof", 5_000, 5_000);
    let home = region.home_at(VILLAGE, "home", 5_000, 5_000);
    let interval = region.first_interval();
    (region, roof, home, interval)
}

fn with(counterparty: &Device, side: Side, interval: Interval, wh: u64, price: i64) -> Agreement {
    Agreement {
        interval,
        side,
        counterparty: counterparty.number,
        quantity: Wh::new(wh),
        price: Price::new(price),
    }
}

fn post(region: &mut Region, own: &Device, agreement: Agreement) {
    let agree = region.market.agree(own.number, agreement).unwrap();
    region.must(&own.owner, agree);
}

fn refused(region: &mut Region, own: &Device, agreement: Agreement) -> ContractError {
    let agree = region.market.agree(own.number, agreement).unwrap();
    region.refused(&own.owner, agree)
}

fn locked(region: &Region, device: &Device) -> u128 {
    region.books(&device.owner).locked.get()
}

fn balance(region: &Region, device: &Device) -> u128 {
    region.books(&device.owner).balance.get()
}

/// What the two have earned when all is settled as traded and final, seller first.
fn earned(region: &mut Region, [roof, home]: [&Device; 2], interval: Interval, before: [u128; 2]) -> [i128; 2] {
    let wh = |device| region.position(device, interval).traded.get().unsigned_abs();
    let (fed, drawn) = (wh(roof), wh(home));
    region.deliver(interval, &[(roof, 0, fed), (home, drawn, 0)]);
    region.settle(interval);
    region.finalise(interval);
    for device in [roof, home] {
        let books = region.books(&device.owner);
        assert_eq!((books.locked, books.pending), (Money::ZERO, Money::ZERO));
    }
    let signed = |coin: u128| i128::try_from(coin).unwrap();
    [
        signed(balance(region, roof)) - signed(before[0]),
        signed(balance(region, home)) - signed(before[1]),
    ]
}

#[test]
fn both_sides_net_the_fixed_price() {
    // At 0.14, the middle of the tariffs: first the buyer pays the difference, then the seller.
    for (price, seller, buyer) in [(150_000, 30_000, -30_000), (100_000, 20_000, -20_000)] {
        let (mut region, roof, home, interval) = street(feeder());
        let before = [balance(&region, &roof), balance(&region, &home)];
        region.agree((&roof, &home), interval, 200, price);
        // (1.00 - 0) * 0.2 kWh; (1.00 + 0.10) * 0.2 kWh and the whole price once more.
        let agreed = u128::try_from(price).unwrap() / 5;
        assert_eq!(locked(&region, &roof), 200_000);
        assert_eq!(locked(&region, &home), 220_000 + agreed);
        region.clear(interval);
        assert_eq!(region.prices(interval)[usize::from(FARM)].price.get(), 140_000);
        let difference = (price - 140_000) / 5;
        let [payer, payee] = if difference > 0 { [&home, &roof] } else { [&roof, &home] };
        let paid = u128::from(difference.unsigned_abs());
        assert_eq!(region.books(&payee.owner).pending.get(), paid);
        let whole = if difference > 0 { 220_000 + agreed } else { 200_000 };
        assert_eq!(locked(&region, payer), whole - paid);
        assert_eq!(earned(&mut region, [&roof, &home], interval, before), [seller, buyer]);
    }
}

#[test]
fn an_agreement_among_other_orders_is_still_between_its_two_sides() {
    let (mut region, roof, home, interval) = street(feeder());
    let before = [balance(&region, &roof), balance(&region, &home)];
    // Beyond the tariffs: none of these is filled, but they take the first places in both lists.
    region.sell(&roof, interval, 10, 300_000);
    region.buy(&home, interval, 10, 10_000);
    region.buy(&home, interval, 10, 20_000);
    region.agree((&roof, &home), interval, 200, 150_000);
    let cleared = region.clear(interval);
    assert_eq!((cleared.bought.get(), cleared.sold.get()), (200, 200));
    assert_eq!(region.books(&roof.owner).pending.get(), 2_000);
    assert_eq!(earned(&mut region, [&roof, &home], interval, before), [30_000, -30_000]);
}

#[test]
fn over_a_full_lane_the_buyer_bears_the_rent() {
    let (mut region, roof, home, interval) = street(feeder());
    let before = [balance(&region, &roof), balance(&region, &home)];
    region.agree((&roof, &home), interval, 500, 150_000);
    let cleared = region.clear(interval);
    // The lane takes 300 Wh; the other 200 come from the utility, outside the agreement.
    assert_eq!((cleared.bought.get(), cleared.sold.get()), (500, 300));
    let prices: Vec<_> = region.prices(interval).iter().map(|at| at.price.get()).collect();
    assert_eq!(prices, [210_000, 210_000, 0]);
    assert_eq!(region.books(&roof.owner).pending.get(), 45_000);
    // 0.15 for 300 Wh; for the buyer 0.21 more on them, the step of the lane, and 0.21 on 200 Wh.
    assert_eq!(
        earned(&mut region, [&roof, &home], interval, before),
        [45_000, -45_000 - 63_000 - 42_000]
    );
    assert_eq!(region.interval(interval).to_fund.get(), 63_000);
}

#[test]
fn at_negative_prices_the_seller_pays() {
    let mut setup = feeder();
    let params = &mut setup.params;
    (params.import_tariff, params.export_tariff) = (Price::new(50_000), Price::new(-80_000));
    params.price_floor = Price::new(-100_000);
    let (mut region, roof, home, interval) = street(setup);
    let before = [balance(&region, &roof), balance(&region, &home)];
    region.agree((&roof, &home), interval, 200, -50_000);
    region.clear(interval);
    assert_eq!(region.prices(interval)[usize::from(FARM)].price.get(), -15_000);
    assert_eq!(region.books(&home.owner).pending.get(), 7_000);
    assert_eq!(earned(&mut region, [&roof, &home], interval, before), [-10_000, 10_000]);
}

#[test]
fn a_difference_is_rounded_once() {
    let (mut region, roof, home, interval) = street(feeder());
    let before = [balance(&region, &roof), balance(&region, &home)];
    region.agree((&roof, &home), interval, 3, 150_001);
    region.clear(interval);
    // 30.003 for 3 Wh at 0.010001, and 420 for the trade.
    assert_eq!(region.books(&roof.owner).pending.get(), 31);
    assert_eq!(earned(&mut region, [&roof, &home], interval, before), [451, -451]);
}

#[test]
fn what_the_seller_does_not_deliver_is_a_deviation() {
    let (mut region, roof, home, interval) = street(feeder());
    let before = balance(&region, &roof);
    region.agree((&roof, &home), interval, 200, 100_000);
    region.clear(interval);
    region.deliver(interval, &[(&roof, 0, 0), (&home, 200, 0)]);
    region.settle(interval);
    region.finalise(interval);
    // 0.10 earned and 0.21 paid.
    assert_eq!(before - balance(&region, &roof), 22_000);
}

#[test]
fn a_skipped_interval_releases_both_and_pays_nothing() {
    let (mut region, roof, home, interval) = street(feeder());
    let before = [balance(&region, &roof), balance(&region, &home)];
    region.agree((&roof, &home), interval, 200, 150_000);
    region.skip(interval);
    assert_eq!(earned(&mut region, [&roof, &home], interval, before), [0, 0]);
}

#[test]
fn an_offer_locks_nothing_until_the_other_side_posts_the_same() {
    let (mut region, roof, home, interval) = street(feeder());
    post(&mut region, &roof, with(&home, Side::Sell, interval, 200, 150_000));
    assert_eq!(locked(&region, &roof), 0);
    let offers = |region: &Region| {
        let offers = region.market.offers(&region.q(), interval, None).unwrap();
        offers
            .iter()
            .map(|offer| (offer.key.device, offer.side, offer.price.get()))
            .collect::<Vec<_>>()
    };
    // A counter-offer stands beside it, and a later one replaces it.
    post(&mut region, &home, with(&roof, Side::Buy, interval, 200, 110_000));
    post(&mut region, &home, with(&roof, Side::Buy, interval, 200, 120_000));
    let (roofs, homes) = ((roof.number, Side::Sell, 150_000), (home.number, Side::Buy, 120_000));
    assert_eq!(offers(&region), [roofs, homes]);
    // Same side, same terms: no agreement.
    post(&mut region, &roof, with(&home, Side::Buy, interval, 200, 120_000));
    assert_eq!(locked(&region, &roof), 0);
    post(&mut region, &roof, with(&home, Side::Sell, interval, 200, 120_000));
    assert!(offers(&region).is_empty(), "both are gone with the agreement");
    assert!(locked(&region, &roof) > 0 && locked(&region, &home) > 0);

    let cancel = ExecuteMsg::Cancel {
        device: roof.number,
        orders: vec![OrderRef { interval, slot: 0 }],
    };
    let cancel = region.to_market(&cancel);
    let error: ContractError = region.refused(&roof.owner, cancel);
    let (device, counterparty, slot) = (roof.number, home.number, 0);
    assert_eq!(
        error,
        ContractError::Agreed {
            device,
            interval,
            slot,
            counterparty
        }
    );
}

#[test]
fn an_offer_is_taken_back_by_its_owner_or_lapses_with_the_gate() {
    let (mut region, roof, home, interval) = street(feeder());
    let offer = with(&home, Side::Sell, interval, 200, 150_000);
    let (device, counterparty) = (roof.number, home.number);
    let retract = region.to_market(&ExecuteMsg::Retract {
        device,
        counterparty,
        interval,
    });
    let unknown: ContractError = region.refused(&roof.owner, retract.clone());
    assert_eq!(
        unknown,
        ContractError::UnknownOffer {
            device,
            counterparty,
            interval
        }
    );
    post(&mut region, &roof, offer);
    let stranger: ContractError = region.refused(&home.owner, retract.clone());
    assert!(matches!(stranger, ContractError::NotTheOwner { .. }));
    region.must(&roof.owner, retract);
    assert!(region.market.offers(&region.q(), interval, None).unwrap().is_empty());

    post(&mut region, &roof, offer);
    let closes_s = region.times(interval).closes_s;
    region.go(closes_s);
    let late = refused(&mut region, &home, with(&roof, Side::Buy, interval, 200, 150_000));
    assert!(matches!(late, ContractError::GateClosed { .. }));
    region.clear(interval);
    assert!(region.market.offers(&region.q(), interval, None).unwrap().is_empty());
    let of = OfferKey { device, counterparty };
    assert!(region
        .market
        .offers(&region.q(), interval, Some(of))
        .unwrap()
        .is_empty());
    assert_eq!(locked(&region, &roof), 0);
}

#[test]
fn what_cannot_stand_is_refused() {
    let (mut region, roof, home, interval) = street(feeder());
    let barn = region.enrol("roof", busbar_testing::Plate::connection(5_000, 5_000));
    let (device, counterparty) = (roof.number, barn.number);
    let own = refused(&mut region, &roof, with(&barn, Side::Sell, interval, 10, 150_000));
    assert_eq!(own, ContractError::AgreesWithItself { device, counterparty });
    let price = refused(&mut region, &roof, with(&home, Side::Sell, interval, 10, 1_000_001));
    let (limit, floor, cap) = (Price::new(1_000_001), Price::ZERO, Price::new(1_000_000));
    assert_eq!(price, ContractError::LimitPrice { limit, floor, cap });
    let none = refused(&mut region, &roof, with(&home, Side::Sell, interval, 0, 150_000));
    assert!(matches!(none, ContractError::Quantity { .. }));
    let agree = with(&home, Side::Sell, interval, 10, 150_000);
    let message = region.market.agree(roof.number, agree).unwrap();
    let stranger: ContractError = region.refused(&home.owner, message);
    assert!(matches!(stranger, ContractError::NotTheOwner { .. }));
    let above = refused(&mut region, &roof, with(&home, Side::Sell, interval, 5_001, 150_000));
    assert!(matches!(above, ContractError::AboveRating { direction: "feed", .. }));
    // At the price floor the sell would meet the owner's own buy, whatever its limit.
    region.buy(&roof, interval, 10, 10_000);
    let crossing = refused(&mut region, &roof, with(&home, Side::Sell, interval, 10, 150_000));
    assert!(matches!(crossing, ContractError::CrossesOwn { .. }));
}

#[test]
fn agreements_count_in_rating_and_price_steps() {
    let mut setup = feeder();
    setup.params.steps_per_device = 2;
    let (mut region, roof, home, interval) = street(setup);
    region.agree((&roof, &home), interval, 3_000, 150_000);
    let above = refused(&mut region, &roof, with(&home, Side::Sell, interval, 2_001, 150_000));
    assert!(matches!(above, ContractError::AboveRating { .. }));
    region.agree((&roof, &home), interval, 1_000, 140_000);
    let full = refused(&mut region, &roof, with(&home, Side::Sell, interval, 10, 150_000));
    assert!(matches!(full, ContractError::TooManyOrders { max: 2, .. }));

    let next = interval.plus(1).unwrap();
    let others = ["ann", "ben", "cid"].map(|name| region.home_at(VILLAGE, name, 100, 100));
    for other in &others[..2] {
        post(&mut region, &roof, with(other, Side::Sell, next, 10, 150_000));
    }
    let full = refused(&mut region, &roof, with(&others[2], Side::Sell, next, 10, 150_000));
    let device = roof.number;
    assert_eq!(
        full,
        ContractError::TooManyOffers {
            device,
            interval: next,
            max: 2
        }
    );
    // One that stands may be changed.
    post(&mut region, &roof, with(&others[0], Side::Sell, next, 20, 150_000));
}

#[test]
fn an_offer_that_its_owner_cannot_stand_by_makes_no_agreement() {
    let (mut region, roof, home, interval) = street(feeder());
    post(&mut region, &roof, with(&home, Side::Sell, interval, 200, 150_000));
    let free = region.books(&roof.owner).withdrawable.get();
    region.withdraw(&roof.owner, free);
    let error = refused(&mut region, &home, with(&roof, Side::Buy, interval, 200, 150_000));
    let ContractError::Counterparty { device, error } = error else {
        panic!("{error}");
    };
    assert_eq!(device, roof.number);
    assert!(matches!(*error, ContractError::InsufficientCollateral { .. }));
    assert_eq!(locked(&region, &home), 0);
    assert_eq!(region.market.offers(&region.q(), interval, None).unwrap().len(), 1);
}
