use busbar_api::market::power::{CappedResponse, ReferenceResponse};
use busbar_api::market::provenance::{Feed, Line};
use busbar_api::market::{
    raw, AccountResponse, BusPriceResponse, Client, ExecuteMsg, FlowResponse, IntervalResponse, NewOrder, OrderKey,
    PositionResponse, QueryMsg, Stage, Terms, TotalsResponse, MAX_PAGE,
};
use busbar_units::{Interval, Money, NetMoney, NetWh, Price, Wh};
use cosmwasm_std::{coin, Addr, QuerierWrapper};

use super::{asks, at, calls, contract, storing};

#[test]
fn each_builder_sends_its_message() {
    let market = Client::new(contract());
    assert_eq!(market.address(), &contract());
    let coins = [coin(5, "ucoin")];
    calls(market.deposit(Money::new(5), "ucoin"), ExecuteMsg::Deposit {}, &coins);
    let orders = vec![NewOrder {
        interval: at(3),
        terms: Terms::Buy { limit: Price::new(9) },
        quantity: Wh::new(4),
        at_reference: false,
    }];
    let (device, interval) = (7, at(3));
    let msg = ExecuteMsg::Place {
        device,
        orders: orders.clone(),
    };
    calls(market.place(device, orders), msg, &[]);
    calls(market.clear(interval), ExecuteMsg::Clear { interval }, &[]);
    let msg = ExecuteMsg::Settle { interval, limit: None };
    calls(market.settle(interval), msg, &[]);
    let withdraw = ExecuteMsg::Withdraw { amount: Money::new(1) };
    calls(market.execute(&withdraw, coins.to_vec()), withdraw, &coins);
}

#[test]
fn each_question_gets_its_answer() {
    let market = Client::new(contract());
    let account = AccountResponse {
        number: Some(1),
        address: Addr::unchecked("ann"),
        balance: Money::new(2),
        locked: Money::new(3),
        pending: Money::new(4),
        margin: Money::new(5),
        withdrawable: Money::new(6),
        debt: Money::new(7),
        energy: Wh::new(8),
        energy_locked: Wh::new(9),
    };
    let address = "ann".to_owned();
    asks(QueryMsg::Account { address }, account, |q| market.account(q, "ann"));
    let totals = TotalsResponse {
        coin_held: Money::new(1),
        deposited: Money::new(2),
        withdrawn: Money::new(3),
        escrows: Money::new(4),
        fund: Money::new(5),
        energy_held: Wh::new(6),
        final_cursor: at(7),
        accounts: 8,
    };
    asks(QueryMsg::Totals {}, totals, |q| market.totals(q));
    let (interval, device) = (at(3), 7);
    let position = PositionResponse {
        traded: NetWh::new(-1),
        banked: Wh::new(2),
        redeemed: Wh::new(3),
        paid: NetMoney::new(-4),
    };
    let question = QueryMsg::Position { interval, device };
    asks(question, position, |q| market.position(q, interval, device));
    let (limit, price) = (Some(MAX_PAGE), Price::new(-5));
    let start_after = Some(8);
    let question = QueryMsg::Prices {
        interval,
        start_after,
        limit,
    };
    let prices = vec![BusPriceResponse {
        bus: 9,
        price,
        no_trade: true,
    }];
    asks(question, prices, |q| market.prices(q, interval, start_after));
    let question = QueryMsg::Flows {
        interval,
        start_after: None,
        limit,
    };
    asks(question, vec![flow()], |q| market.flows(q, interval, None));
    let key = OrderKey {
        account: 1,
        device: 2,
        slot: 3,
    };
    let question = QueryMsg::Capped {
        interval,
        start_after: Some(key),
        limit,
    };
    let capped = vec![CappedResponse {
        key,
        limit: Price::new(6),
        reference: Price::new(5),
        took_part: true,
    }];
    asks(question, capped, |q| market.capped(q, interval, Some(key)));
    let references = vec![ReferenceResponse {
        zone: 2,
        reference: Price::new(5),
        intervals: 3,
        wh: Wh::new(4),
    }];
    let question = QueryMsg::References { interval };
    asks(question, references, |q| market.references(q, interval));
    let question = QueryMsg::Interval { interval };
    asks(question, Some(cleared()), |q| market.interval(q, interval));
}

fn flow() -> FlowResponse {
    FlowResponse {
        line: 1,
        from: 2,
        to: 3,
        flow: NetWh::new(-4),
        capacity: Wh::new(5),
        capacity_back: Wh::new(4),
        step: Price::new(-7),
        binding: true,
        rent: Money::new(1),
    }
}

fn cleared() -> IntervalResponse {
    IntervalResponse {
        stage: Stage::Cleared,
        skipped: false,
        orders: 1,
        price: Price::new(2),
        price_utility: Price::new(3),
        no_trade: false,
        bought: Wh::new(4),
        sold: Wh::new(5),
        traded_net: NetWh::new(-1),
        rent: Money::new(16),
        net: NetWh::new(6),
        imbalance_price: Price::new(7),
        add_on: Price::new(1),
        losses: Money::new(17),
        banked: Wh::new(8),
        minted: Wh::new(9),
        redeemed: Wh::new(10),
        redeemed_in_coin: Wh::new(11),
        burned: Wh::new(12),
        escrow: Money::new(13),
        to_fund: Money::new(14),
        uncollected: Money::new(15),
        utility: None,
        utility_lock: Money::new(18),
    }
}

#[test]
fn the_final_cursor_starts_at_zero() {
    let cursor = |chain| raw::final_cursor(&QuerierWrapper::new(&chain), &contract());
    assert_eq!(cursor(storing([])).unwrap(), Interval::ZERO);
    let stored = 258u64.to_be_bytes();
    assert_eq!(cursor(storing([(raw::FINAL_CURSOR, &stored)])).unwrap(), at(258));
    assert!(cursor(storing([(raw::FINAL_CURSOR, &stored[1..])])).is_err());
}

#[test]
fn owners_and_provenance_are_read_under_their_keys() {
    assert_eq!(raw::address_key(0x0102), b"ad/\0\0\x01\x02");
    assert_eq!(raw::provenance_key(at(3)), b"pv/\0\0\0\0\0\0\0\x03");
    let mut line = Line::new(7);
    let (device, account, fed, sold) = (4, 1, Wh::new(900), Wh::new(600));
    let feed = Feed {
        device,
        account,
        fed,
        sold,
    };
    line.feed(feed).unwrap();
    let chain = storing([
        (b"ad/\0\0\0\x01", b"ann"),
        (b"ad/\0\0\0\x02", b"\xff"),
        (b"pv/\0\0\0\0\0\0\0\x03", &line.encode()),
        (b"pv/\0\0\0\0\0\0\0\x04", &[1]),
    ]);
    let q = QuerierWrapper::new(&chain);
    let owner = |account| raw::address_of(&q, &contract(), account);
    assert_eq!(owner(1).unwrap(), Addr::unchecked("ann"));
    assert!(owner(2).is_err() && owner(0).is_err());
    let provenance = |interval| raw::provenance(&q, &contract(), at(interval));
    assert_eq!(provenance(3).unwrap(), Some(line));
    assert_eq!(provenance(2).unwrap(), None);
    assert!(provenance(4).is_err());
}
