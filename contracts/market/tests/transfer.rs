//! A device passes to another owner: a house is sold while earlier intervals settle and are corrected. What each interval
//! costs and brings is his who owned the device then, whenever it becomes known.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]
use busbar_market::ContractError;
use busbar_testing::cosmwasm_std::Addr;
use busbar_testing::market::bilateral::Agreement;
use busbar_testing::market::{ExecuteMsg, NewOrder, Side};
use busbar_testing::units::{Interval, Money, Price, Wh};
use busbar_testing::{always, Device, Plate, Region, Setup};

/// Margin of a home of 5 kW at 1.00 in two intervals.
const MARGIN: Money = Money::new(10_000_000);

fn setup() -> Setup {
    let mut setup = Setup::hourly();
    let params = &mut setup.params;
    (params.horizon, params.reveal_s) = (3, 60);
    (
        params.confirmation_window,
        params.dispute_window,
        params.correction_window,
    ) = (1, 0, 4);
    setup
}

struct Street {
    region: Region,
    /// The house, its neighbour, and the buyer, who has coin in the market.
    house: Device,
    neighbour: Device,
    buyer: Addr,
    start: Interval,
}

fn street() -> Street {
    street_with(setup())
}

fn street_with(setup: Setup) -> Street {
    let mut region = Region::with(setup);
    let [house, neighbour] = ["ann", "bob"].map(|name| region.home(name, 5_000, 5_000));
    let buyer = region.account("cleo");
    region.deposit(&buyer, 50_000_000);
    let start = region.first_interval();
    Street {
        region,
        house,
        neighbour,
        buyer,
        start,
    }
}

impl Street {
    fn at(&self, offset: u64) -> Interval {
        self.start.plus(offset).unwrap()
    }

    fn balance(&self, account: &Addr) -> i128 {
        i128::try_from(self.region.books(account).balance.get()).unwrap()
    }

    fn margin(&self, account: &Addr) -> Money {
        self.region.books(account).margin
    }

    fn refresh(&mut self, device: u32) {
        let anyone = self.region.account("anyone");
        let refresh = self.region.to_market(&ExecuteMsg::Refresh { device });
        self.region.must(&anyone, refresh);
    }

    /// The refusal of an order that an account wants to place for the house.
    fn refused(&mut self, sender: &Addr, interval: Interval) -> ContractError {
        let place = self
            .region
            .market
            .place(self.house.number, vec![sale(interval)])
            .unwrap();
        self.region.refused(sender, place)
    }

    /// The refusal of the market when the buyer accepts the house.
    fn not_accepted(&mut self) -> ContractError {
        let (number, owner, buyer) = (self.house.number, self.house.owner.clone(), self.buyer.clone());
        let offer = self.region.registry.offer_device(number, &buyer).unwrap();
        self.region.must(&owner, offer);
        let accept = self.region.registry.accept_device(number).unwrap();
        self.region.refused(&buyer, accept)
    }
}

fn sale(interval: Interval) -> NewOrder {
    NewOrder {
        interval,
        terms: Side::Sell.terms(Price::new(140_000)),
        quantity: Wh::new(1_000),
        at_reference: false,
    }
}

#[test]
fn a_house_is_sold_while_earlier_intervals_settle_and_are_corrected() {
    let mut street = street();
    let (house, bob, start) = (street.house.clone(), street.neighbour.clone(), street.start);
    let (ann, cleo) = (house.owner.clone(), street.buyer.clone());
    let region = &mut street.region;
    region.sell(&house, start, 1_000, 140_000);
    region.buy(&bob, start, 1_000, 140_000);
    region.clear(start);
    let current = region.current_interval();

    // The last interval that anybody can have opened is the third ahead; the one after is Cleo's first.
    let (sold, from) = region.pass(&house, &cleo);
    assert_eq!((sold.owner.clone(), from), (cleo.clone(), current.plus(4).unwrap()));
    assert_eq!(from, start.plus(3).unwrap());
    assert_eq!([&ann, &cleo].map(|owner| street.margin(owner)), [MARGIN; 2]);

    // Every interval up to there is still Ann's to trade in, and no later one.
    let last = from.minus(1).unwrap();
    let not_his = |owner: &Addr, sender: &Addr| ContractError::NotTheOwner {
        device: 0,
        owner: owner.clone(),
        sender: sender.clone(),
    };
    assert_eq!(street.refused(&cleo, last), not_his(&ann, &cleo));
    assert_eq!(street.refused(&ann, from), not_his(&cleo, &ann));
    assert!(matches!(street.refused(&cleo, from), ContractError::NotOpen { .. }));
    street.region.sell(&house, last, 1_000, 140_000);
    street.region.buy(&bob, last, 1_000, 140_000);

    // An interval on, the book of the first of hers is open.
    street.region.clear(street.start.plus(1).unwrap());
    street.region.deliver(start, &[(&house, 0, 1_000), (&bob, 1_000, 0)]);
    assert_eq!(street.refused(&ann, from), not_his(&cleo, &ann));
    street.region.sell(&sold, from, 1_000, 140_000);
    street.region.buy(&bob, from, 1_000, 140_000);

    let before = [&ann, &cleo].map(|owner| street.balance(owner));
    let next = street.at(1);
    street.region.settle(start);
    assert_eq!(street.balance(&ann) - before[0], 140_000, "one kWh at 0.14");
    street.region.clear(last);
    street.region.deliver(next, &[(&house, 0, 0), (&bob, 0, 0)]);
    street.region.settle(next);
    street.region.clear(from);
    // The house's meter is read with the next interval only: what it sold counts as delivered, and waits.
    street.region.meter(&house).count(0, 600);
    street.region.deliver(last, &[(&bob, 1_000, 0)]);
    street.region.settle(last);
    let region = &mut street.region;
    region.deliver(from, &[(&sold, 0, 1_000), (&bob, 1_000, 0)]);
    region.settle(from);
    assert_eq!(region.paid(&sold, from), -140_000);
    assert_eq!(
        street.balance(&cleo) - before[1],
        140_000,
        "hers is what the house sold since"
    );

    // Ann owes for what was sold in her last interval and not fed, although the house is Cleo's by then.
    let (ann_now, cleo_now) = (street.balance(&ann), street.balance(&cleo));
    street.region.finalise(last);
    // 1,000 Wh at 0.14 less 400 Wh at 0.21.
    assert_eq!(street.balance(&ann) - ann_now, 140_000 - 84_000);
    assert_eq!(street.balance(&cleo), cleo_now);

    // Nothing can be due of her intervals any more: anybody frees her margin.
    assert_eq!(street.margin(&ann), MARGIN);
    street.refresh(0);
    assert_eq!([&ann, &cleo].map(|owner| street.margin(owner)), [Money::ZERO, MARGIN]);
    street.region.finalise(from);
    assert_eq!(street.balance(&ann) - ann_now, 140_000 - 84_000);
    let all = street.region.books(&ann).balance.get();
    street.region.withdraw(&ann, all);
}

#[test]
fn energy_that_comes_to_light_after_both_had_the_house_is_shared_by_their_intervals() {
    let mut street = street();
    let (house, bob, start) = (street.house.clone(), street.neighbour.clone(), street.start);
    let (ann, cleo) = (house.owner.clone(), street.buyer.clone());
    street.region.skip(start);
    street.region.deliver(start, &[(&house, 0, 0), (&bob, 0, 0)]);
    let (sold, from) = street.region.pass(&house, &cleo);
    // The house falls silent for three intervals of Ann's and one of Cleo's, all of them final then.
    let fourth = street.at(5);
    assert_eq!(from, street.at(5));
    street.region.skip(street.at(1));
    street.region.deliver(street.at(1), &[(&house, 0, 0), (&bob, 0, 0)]);
    street.region.finalise(fourth);
    street.refresh(0);
    assert_eq!(street.margin(&ann), MARGIN, "the gap reaches back to her intervals");
    let before = [&ann, &cleo].map(|owner| street.balance(owner));

    // Eight intervals of 400 Wh each since, four of which are final; the others are estimated.
    let now = street.region.current_interval().minus(1).unwrap();
    let silent = now.get() - street.at(1).get();
    let meter = street.region.meter(&sold);
    meter.count(400 * silent, 0);
    let reading = meter.sign(now);
    let relayer = street.region.account("relayer");
    street.region.submit(&relayer, &[reading]);
    let next = fourth.plus(1).unwrap();
    street.region.finalise(next);
    let [ann_paid, cleo_paid] =
        [(&ann, before[0]), (&cleo, before[1])].map(|(owner, before)| before - street.balance(owner));
    assert_eq!(ann_paid, 3 * 84_000, "400 Wh at 0.21 for each of hers");
    assert_eq!(cleo_paid, 2 * 84_000, "one in the gap and one that is estimated");
    street.refresh(0);
    assert_eq!(street.margin(&ann), Money::ZERO);
}

#[test]
fn sealed_and_agreed_orders_follow_the_owner_of_their_interval() {
    let mut street = street();
    let (house, bob) = (street.house.clone(), street.neighbour.clone());
    let (ann, cleo) = (house.owner.clone(), street.buyer.clone());
    let own = street.region.home("cleo", 5_000, 5_000);
    let (sold, from) = street.region.pass(&house, &cleo);
    let last = from.minus(1).unwrap();
    // Bob's agreement of an interval of Ann's is with her.
    street.region.agree((&house, &bob), last, 500, 150_000);
    let locked = street.region.books(&ann).locked;
    assert!(locked > Money::ZERO);
    assert_eq!(street.region.books(&cleo).locked, Money::ZERO);
    // Who gets the house may agree with her about her last interval, but nobody with himself.
    let agreement = |counterparty: &Device, interval| Agreement {
        interval,
        side: Side::Buy,
        counterparty: counterparty.number,
        quantity: Wh::new(100),
        price: Price::new(150_000),
    };
    street.region.skip(street.start);
    let with_ann = street.region.market.agree(own.number, agreement(&sold, last)).unwrap();
    street.region.must(&cleo, with_ann);
    let with_herself = street.region.market.agree(own.number, agreement(&sold, from)).unwrap();
    let refusal: ContractError = street.region.refused(&cleo, with_herself);
    assert_eq!(
        refusal,
        ContractError::AgreesWithItself {
            device: own.number,
            counterparty: sold.number
        }
    );
    // And Ann takes an offer of hers back, which Cleo does not.
    let sale = Agreement {
        side: Side::Sell,
        ..agreement(&own, last)
    };
    let offer = street
        .region
        .market
        .agree(
            house.number,
            Agreement {
                quantity: Wh::new(99),
                ..sale
            },
        )
        .unwrap();
    street.region.must(&ann, offer);
    let retract = street.region.to_market(&ExecuteMsg::Retract {
        device: house.number,
        counterparty: own.number,
        interval: last,
    });
    let refusal: ContractError = street.region.refused(&cleo, retract.clone());
    assert!(matches!(refusal, ContractError::NotTheOwner { owner, .. } if owner == ann));
    street.region.must(&ann, retract);

    // What Ann seals she reveals, after the house has passed.
    let order = busbar_testing::sealed(Side::Sell, 300, 120_000, 7);
    street.region.seal(&house, last, &order);
    let closes_s = street.region.times(last).closes_s;
    street.region.reach(closes_s);
    street.region.reveal(&house, last, 1, &order);
    street.region.clear(last);
    street.region.finalise(last);
    assert_eq!(street.region.books(&ann).locked, Money::ZERO);
    assert_eq!(street.region.books(&ann).pending, Money::ZERO);
}

#[test]
fn standing_orders_of_the_new_owner_count_from_his_first_interval() {
    let mut street = street();
    let house = street.house.clone();
    let cleo = street.buyer.clone();
    let (sold, from) = street.region.pass(&house, &cleo);
    street.region.stand(&sold, vec![always(Side::Sell, 500, 120_000)]);
    let standing = street.region.market.standing(&street.region.q(), 0).unwrap();
    assert_eq!(standing.iter().map(|list| list.from).collect::<Vec<_>>(), [from]);
    let none = street.region.market.stand(0, vec![]).unwrap();
    let refusal: ContractError = street.region.refused(&house.owner, none);
    assert!(matches!(refusal, ContractError::NotTheOwner { .. }));
    for offset in 0..5 {
        let interval = street.at(offset);
        if interval <= from {
            let orders = street.region.clear(interval).orders;
            assert_eq!(orders, u32::from(interval == from), "{interval}");
        }
    }
}

#[test]
fn a_device_passes_on_when_the_intervals_of_the_owner_before_are_final() {
    let mut street = street();
    let (house, ann, cleo) = (street.house.clone(), street.house.owner.clone(), street.buyer.clone());
    let (sold, from) = street.region.pass(&house, &cleo);
    let last = from.minus(1).unwrap();
    let start_s = street.region.times(from).start_s;
    street.region.reach(start_s);
    let offer = street.region.registry.offer_device(0, &ann).unwrap();
    street.region.must(&cleo, offer);
    let accept = street.region.registry.accept_device(0).unwrap();
    let refusal: ContractError = street.region.refused(&ann, accept.clone());
    assert_eq!(refusal, ContractError::StillPassing { device: 0, until: from });
    street.region.finalise(last);
    street.region.must(&ann, accept);
    let known = street.region.registry.device(&street.region.q(), 0).unwrap();
    assert_eq!(
        (known.owner, known.former_owner),
        (ann.clone(), Some(sold.owner.clone()))
    );
    assert_eq!([&ann, &cleo].map(|owner| street.margin(owner)), [MARGIN; 2]);
}

#[test]
fn only_the_registry_hands_over() {
    let mut street = street();
    let market = street.region.market.clone();
    let hand_over = market.hand_over(0, street.buyer.clone()).unwrap();
    let expected = street.region.registry.address().clone();
    let region = &street.region;
    let callers = [
        &street.house.owner,
        &street.buyer,
        &region.owner,
        &region.operator,
        &region.utility,
    ];
    for sender in callers.map(Addr::clone) {
        let refusal: ContractError = street.region.refused(&sender, hand_over.clone());
        let expected = expected.clone();
        assert_eq!(refusal, ContractError::NotTheRegistry { expected, sender });
    }
}

#[test]
fn standing_orders_are_taken_back_first() {
    let mut street = street();
    let house = street.house.clone();
    street.region.stand(&house, vec![always(Side::Sell, 500, 120_000)]);
    assert_eq!(street.not_accepted(), ContractError::OrdersStanding { device: 0 });
    street.region.stand(&house, vec![]);
    street.region.pass(&house, &street.buyer);
}

#[test]
fn who_cannot_answer_for_a_device_neither_gets_it_nor_gets_rid_of_it() {
    let cannot = |owner: &Addr, lock: ContractError| ContractError::CannotAnswer {
        device: 0,
        owner: owner.clone(),
        error: Box::new(lock),
    };
    let short = |free: u128| ContractError::InsufficientCollateral {
        lock: Money::ZERO,
        free: Money::new(free),
        margin: MARGIN,
    };
    // The new owner lacks the margin.
    let mut street = street();
    let cleo = street.buyer.clone();
    street.region.withdraw(&cleo, 50_000_000 - MARGIN.get() + 1);
    assert_eq!(street.not_accepted(), cannot(&cleo, short(0)));
    street.region.deposit(&cleo, 1);
    street.region.pass(&street.house.clone(), &cleo);

    // The old one does, or owes coin.
    let mut street = street_with(setup());
    let poor = street.region.enrol("dan", Plate::connection(5_000, 5_000));
    street.house = Device {
        number: 0,
        ..street.house
    };
    let (number, cleo) = (poor.number, street.buyer.clone());
    let offer = street.region.registry.offer_device(number, &cleo).unwrap();
    street.region.must(&poor.owner, offer);
    let accept = street.region.registry.accept_device(number).unwrap();
    let refusal: ContractError = street.region.refused(&cleo, accept.clone());
    assert!(
        matches!(&refusal, ContractError::CannotAnswer { owner, error, .. }
            if *owner == poor.owner && matches!(**error, ContractError::InsufficientCollateral { .. })),
        "{refusal}"
    );
    street.region.deposit(&poor.owner, 50_000);
    let start = street.start;
    street.region.skip(start);
    street.region.deliver(start, &[(&poor, 1_000, 0)]);
    street.region.settle(start);
    assert!(street.region.books(&poor.owner).debt > Money::ZERO);
    let refusal: ContractError = street.region.refused(&cleo, accept);
    assert!(
        matches!(&refusal, ContractError::CannotAnswer { owner, error, .. }
            if *owner == poor.owner && matches!(**error, ContractError::InDebt { .. })),
        "{refusal}"
    );
}

#[test]
fn the_banks_storage_and_a_device_of_the_utility_do_not_pass() {
    let mut region = Region::with(setup().with_bank(3_000));
    let storage = region.storage("ann", 4_000, 3_000);
    let house = region.home("bob", 5_000, 5_000);
    let cleo = region.account("cleo");
    region.deposit(&cleo, 50_000_000);
    let utility = region.utility.clone();
    for (device, to, reason) in [
        (&storage, &cleo, "the bank's own storage"),
        (&house, &utility, "the utility's own"),
    ] {
        let offer = region.registry.offer_device(device.number, to).unwrap();
        region.must(&device.owner, offer);
        let accept = region.registry.accept_device(device.number).unwrap();
        let refusal: ContractError = region.refused(to, accept);
        let device = device.number;
        assert_eq!(refusal, ContractError::DoesNotTrade { device, reason });
    }
}

#[test]
fn a_gap_is_closed_first() {
    let mut street = street();
    let (house, bob, start) = (street.house.clone(), street.neighbour.clone(), street.start);
    street.region.skip(start);
    street.region.deliver(start, &[(&house, 0, 0), (&bob, 0, 0)]);
    let silent = street.at(1);
    street.region.finalise(silent);
    assert_eq!(
        street.not_accepted(),
        ContractError::GapOpen {
            device: 0,
            since: silent
        }
    );
}
