use busbar_api::market::bilateral::Agreement;
use busbar_api::market::{
    AccountResponse, BusPriceResponse, ExecuteMsg, FlowResponse, IntervalResponse, NewOrder, PositionResponse, Side,
    Stage, Terms,
};
use busbar_api::{oracle, pages};
use busbar_units::{Interval, Money, Price, Wh};
use cosmwasm_std::{coins, Addr, WasmMsg};
use cw_multi_test::AppResponse;

use crate::{Device, Region};

/// Calls after which a step that should have ended has not.
const PATIENCE: usize = 1_000;

impl Region {
    /// A message to the market without coins.
    pub fn to_market(&self, msg: &ExecuteMsg) -> WasmMsg {
        self.market.execute(msg, vec![]).expect("a message")
    }

    /// Pays coin, in millionths, into an account of the market.
    pub fn deposit(&mut self, account: &Addr, amount: u128) {
        let funds = coins(amount, &self.setup.denom);
        let deposit = self.market.execute(&ExecuteMsg::Deposit {}, funds).expect("a message");
        self.must(account, deposit);
    }

    /// Pays free coin, in millionths, out of an account of the market.
    pub fn withdraw(&mut self, account: &Addr, amount: u128) {
        let withdraw = self.to_market(&ExecuteMsg::Withdraw {
            amount: Money::new(amount),
        });
        self.must(account, withdraw);
    }

    /// Places one order of a device.
    pub fn place(&mut self, device: &Device, interval: Interval, terms: Terms, wh: u64) -> AppResponse {
        let order = NewOrder {
            interval,
            terms,
            quantity: Wh::new(wh),
            at_reference: false,
        };
        self.place_orders(device, vec![order])
    }

    /// Places orders of a device, all or none.
    pub fn place_orders(&mut self, device: &Device, orders: Vec<NewOrder>) -> AppResponse {
        let place = self.market.place(device.number, orders).expect("a message");
        self.must(&device.owner, place)
    }

    /// Buys up to some Wh at no more than a price, in millionths per kWh.
    pub fn buy(&mut self, device: &Device, interval: Interval, wh: u64, limit: i64) {
        self.place(device, interval, Side::Buy.terms(Price::new(limit)), wh);
    }

    /// Sells up to some Wh at no less than a price, in millionths per kWh.
    pub fn sell(&mut self, device: &Device, interval: Interval, wh: u64, limit: i64) {
        self.place(device, interval, Side::Sell.terms(Price::new(limit)), wh);
    }

    /// Sells as [`Self::sell`] does, at the zone's reference price where the owner is pivotal.
    pub fn sell_at_reference(&mut self, device: &Device, interval: Interval, wh: u64, limit: i64) {
        let order = NewOrder {
            interval,
            terms: Side::Sell.terms(Price::new(limit)),
            quantity: Wh::new(wh),
            at_reference: true,
        };
        self.place_orders(device, vec![order]);
    }

    /// Two devices agree on some Wh at a fixed price, in millionths per kWh: the seller offers, the buyer answers.
    pub fn agree(&mut self, (seller, buyer): (&Device, &Device), interval: Interval, wh: u64, price: i64) {
        for (side, own, other) in [(Side::Sell, seller, buyer), (Side::Buy, buyer, seller)] {
            let agreement = Agreement {
                interval,
                side,
                counterparty: other.number,
                quantity: Wh::new(wh),
                price: Price::new(price),
            };
            let agree = self.market.agree(own.number, agreement).expect("a message");
            self.must(&own.owner, agree);
        }
    }

    /// Banks up to some Wh.
    pub fn bank(&mut self, device: &Device, interval: Interval, wh: u64) {
        self.place(device, interval, Terms::Bank {}, wh);
    }

    /// Redeems up to some Wh.
    pub fn redeem(&mut self, device: &Device, interval: Interval, wh: u64) {
        self.place(device, interval, Terms::Redeem {}, wh);
    }

    /// Clears an interval at its gate closure, called by somebody whom nobody trusts.
    pub fn clear(&mut self, interval: Interval) -> IntervalResponse {
        let closes_s = self.times(interval).closes_s;
        self.reach(closes_s);
        let (anyone, clear) = (self.account("anyone"), self.market.clear(interval).expect("a message"));
        self.must(&anyone, clear);
        self.interval(interval)
    }

    /// Gives an interval up when its delivery starts.
    pub fn skip(&mut self, interval: Interval) {
        let start_s = self.times(interval).start_s;
        self.reach(start_s);
        let (anyone, skip) = (self.account("anyone"), self.to_market(&ExecuteMsg::Skip { interval }));
        self.must(&anyone, skip);
    }

    /// Confirms an interval that is not confirmed yet, at the end of its confirmation window, or of its dispute
    /// window where the head meters contradict the devices.
    pub fn confirm(&mut self, interval: Interval) {
        let anyone = self.account("anyone");
        let confirm = self.oracle.confirm(interval).expect("a message");
        for _ in 0..PATIENCE {
            let state = self.oracle.interval(&self.q(), interval).expect("a state");
            let from_s = match state {
                Some(state) if state.confirmed => return,
                Some(oracle::IntervalState {
                    disputed: Some(until), ..
                }) => until.start_s(self.setup.interval_s).expect("an instant"),
                _ => self.times(interval).confirmation_ends_s,
            };
            self.reach(from_s);
            self.must(&anyone, confirm.clone());
        }
        panic!("{interval} is not confirmed after {PATIENCE} calls");
    }

    /// Confirms and settles an interval in as many steps as it takes.
    pub fn settle(&mut self, interval: Interval) -> IntervalResponse {
        self.confirm(interval);
        let (anyone, settle) = (self.account("anyone"), self.market.settle(interval).expect("a message"));
        for _ in 0..PATIENCE {
            self.must(&anyone, settle.clone());
            let record = self.interval(interval);
            if record.stage == Stage::Settled {
                return record;
            }
        }
        panic!("{interval} is not settled after {PATIENCE} steps");
    }

    /// Makes an interval final, and every one before it: what nobody cleared is skipped, what nobody settled
    /// is settled.
    pub fn finalise(&mut self, last: Interval) -> IntervalResponse {
        let final_s = self.times(last).final_s;
        self.reach(final_s);
        let anyone = self.account("anyone");
        for _ in 0..PATIENCE {
            let next = busbar_api::market::raw::final_cursor(&self.q(), self.market.address()).expect("a cursor");
            if next > last {
                return self.interval(last);
            }
            match self
                .market
                .interval(&self.q(), next)
                .expect("a record")
                .map(|record| record.stage)
            {
                None => self.skip(next),
                Some(Stage::Settled | Stage::Finalising | Stage::Final) => {
                    let finalise = self.to_market(&ExecuteMsg::Finalise { limit: None });
                    self.must(&anyone, finalise);
                }
                Some(_) => drop(self.settle(next)),
            }
        }
        panic!("{last} is not final after {PATIENCE} steps");
    }

    /// Life and results of an interval that was cleared or skipped.
    pub fn interval(&self, interval: Interval) -> IntervalResponse {
        let record = self.market.interval(&self.q(), interval).expect("a record");
        record.unwrap_or_else(|| panic!("{interval} is neither cleared nor skipped"))
    }

    /// Prices of all buses of a cleared interval; none once it is final.
    pub fn prices(&self, interval: Interval) -> Vec<BusPriceResponse> {
        let page = |after| self.market.prices(&self.q(), interval, after);
        pages::all(|at: &BusPriceResponse| at.bus, page).expect("prices")
    }

    /// Flows on all lines of a cleared interval; none once it is final.
    pub fn flows(&self, interval: Interval) -> Vec<FlowResponse> {
        let page = |after| self.market.flows(&self.q(), interval, after);
        pages::all(|at: &FlowResponse| at.line, page).expect("flows")
    }

    /// A device's part in an interval.
    pub fn position(&self, device: &Device, interval: Interval) -> PositionResponse {
        self.market
            .position(&self.q(), interval, device.number)
            .expect("a position")
    }

    /// What a device paid for an interval, in millionths; negative where it was paid.
    pub fn paid(&self, device: &Device, interval: Interval) -> i128 {
        self.position(device, interval).paid.get()
    }

    /// An account of the market.
    pub fn books(&self, account: &Addr) -> AccountResponse {
        self.market.account(&self.q(), account).expect("an account")
    }

    /// Sends energy tokens into an account of the market.
    pub fn deposit_energy(&mut self, account: &Addr, wh: u64) {
        let deposit = busbar_api::market::ReceiveMsg::Deposit {};
        let msg = cosmwasm_std::to_json_binary(&deposit).expect("a message");
        let send = self
            .energy_token
            .send(self.market.address(), Wh::new(wh), msg)
            .expect("a message");
        self.must(account, send);
    }

    /// Takes free energy tokens out of an account of the market.
    pub fn withdraw_energy(&mut self, account: &Addr, wh: u64) {
        let withdraw = self.to_market(&ExecuteMsg::WithdrawEnergy { wh: Wh::new(wh) });
        self.must(account, withdraw);
    }
}
