//! A region with feeds: after every call all coin is counted again from the reporters up.
#![allow(dead_code, reason = "each suite uses a part of it")]
use busbar_api::feeds::{
    bounds, Answer, Client, ExecuteMsg, Feed, IndexRules, InstantiateMsg, Outcome, Params, Rejection, ReporterResponse,
    SignedReport, Unit,
};
use busbar_api::pages;
use busbar_attestation::{Curve, Report, SigningKey};
use busbar_feeds::{contract, ContractError};
use busbar_testing::cosmwasm_std::{coin, from_json, Addr, Binary, WasmMsg};
use busbar_testing::cw_multi_test::{ContractWrapper, Executor};
use busbar_testing::Region;
use busbar_units::Money;

pub const FREQUENCY: &str = "frequency";
pub const STAKE: u128 = 10_000_000;

pub struct Street {
    pub region: Region,
    pub feeds: Client,
    /// Accounts and keys of reporters, by number.
    pub reporters: Vec<(Addr, SigningKey)>,
}

pub fn params() -> Params {
    Params {
        unbonding_s: 3 * 86_400,
        min_stake: Money::new(1_000_000),
        day_slash: Money::new(100_000),
        recipient: String::new(),
    }
}

/// Grid frequency by the minute.
pub fn frequency(reporters: u32) -> Feed {
    Feed {
        unit: Unit::Millihertz,
        round_s: 60,
        min: 45_000i64.into(),
        max: 55_000i64.into(),
        staleness_s: 150,
        deviation: 20u64.into(),
        outlier: 100u64.into(),
        jump: 300u64.into(),
        flat_rounds: 3,
        quorum: 3,
        most: Money::new(STAKE),
        reporters: (0..reporters).collect(),
        outlier_slash: Money::new(50_000),
        missing_slash: Money::new(10_000),
    }
}

/// The code of the feeds on a region's chain.
pub fn store(region: &mut Region) -> u64 {
    let code = ContractWrapper::new(contract::execute, contract::instantiate, contract::query);
    region.app.store_code(Box::new(code))
}

/// Half-lives of some eleven intervals, and the peak hours of an exchange.
pub const RULES: IndexRules = IndexRules {
    volatility_decay: 940_000,
    covariance_decay: 950_000,
    peak_from: 8,
    peak_to: 20,
};

/// A region whose feeds have no reporter yet; what is slashed goes to the utility.
pub fn founded(mut region: Region) -> Street {
    let code = store(&mut region);
    let msg = InstantiateMsg {
        grid: region.grid.address().to_string(),
        params: Params {
            recipient: region.utility.to_string(),
            ..params()
        },
        indices: RULES,
    };
    let owner = region.owner.clone();
    let address = region.app.instantiate_contract(code, owner, &msg, &[], "feeds", None);
    Street {
        region,
        feeds: Client::new(address.unwrap()),
        reporters: vec![],
    }
}

/// A region with so many reporters of equal stake and a feed of the grid's frequency.
pub fn street(reporters: u32) -> Street {
    let mut street = founded(Region::new());
    for number in 0..reporters {
        street.admit(number);
        street.bond(number, STAKE);
    }
    street.define(FREQUENCY, frequency(reporters));
    street
}

impl Street {
    /// The same street with another future.
    pub fn fork(&self) -> Self {
        let mut region = self.region.fork();
        store(&mut region);
        Self {
            region,
            feeds: self.feeds.clone(),
            reporters: self.reporters.clone(),
        }
    }

    pub fn owner(&self) -> Addr {
        self.region.owner.clone()
    }

    pub fn account(&self, number: u32) -> Addr {
        self.reporters[number as usize].0.clone()
    }

    pub fn msg(&self, msg: &ExecuteMsg) -> WasmMsg {
        self.feeds.execute(msg, vec![]).unwrap()
    }

    pub fn must(&mut self, sender: &Addr, msg: WasmMsg) -> Option<Binary> {
        let response = self.region.must(sender, msg);
        self.sane();
        response.data
    }

    /// A call that is refused and changes nothing.
    pub fn refused(&mut self, sender: &Addr, msg: WasmMsg) -> ContractError {
        let before = self.region.app.dump_wasm_raw(self.feeds.address());
        let error = self.region.refused(sender, msg);
        assert_eq!(self.region.app.dump_wasm_raw(self.feeds.address()), before);
        error
    }

    pub fn admit(&mut self, number: u32) {
        let account = self.region.account(&format!("reporter {number}"));
        let curve = Curve::ALL[number as usize % 3];
        let key = SigningKey::generate(curve, &number.to_be_bytes()).unwrap();
        let name = format!("Observatory {number}");
        let admit = self.feeds.admit(account.as_str(), name, key.public_key()).unwrap();
        self.must(&self.owner(), admit);
        self.reporters.push((account, key));
    }

    pub fn bond(&mut self, number: u32, amount: u128) {
        let bond = self.feeds.bond(coin(amount, "ucoin")).unwrap();
        self.must(&self.account(number), bond);
    }

    pub fn unbond(&mut self, number: u32, amount: u128) {
        let unbond = self.feeds.unbond(Money::new(amount)).unwrap();
        self.must(&self.account(number), unbond);
    }

    pub fn define(&mut self, name: &str, feed: Feed) {
        let define = self.feeds.define(name, feed).unwrap();
        self.must(&self.owner(), define);
    }

    /// The running round of a feed of a minute a round.
    pub fn round(&self) -> u64 {
        self.region.now_s() / 60
    }

    /// The start of the next round.
    pub fn next_round(&mut self) {
        let at_s = (self.round() + 1) * 60;
        self.region.go(at_s);
    }

    pub fn report<'a>(&'a self, feed: &'a str, reporter: u32, value: i64) -> Report<'a> {
        Report {
            chain: "cosmos-testnet-14002",
            contract: self.feeds.address().as_str(),
            feed,
            round: self.round(),
            reporter,
            value,
        }
    }

    pub fn signed(&self, report: &Report<'_>) -> SignedReport {
        let key = &self.reporters[report.reporter as usize].1;
        SignedReport {
            feed: report.feed.into(),
            round: report.round.into(),
            reporter: report.reporter,
            value: report.value.into(),
            signature: Binary::from(key.sign(&report.message())),
        }
    }

    /// Hands reports in as somebody whom nobody trusts.
    pub fn hand_in(&mut self, reports: Vec<SignedReport>) -> Vec<Outcome> {
        let anyone = self.region.account("anyone");
        let report = self.feeds.report(reports).unwrap();
        let data = self.must(&anyone, report);
        from_json(data.unwrap()).unwrap()
    }

    /// One report on the frequency.
    pub fn say(&mut self, reporter: u32, value: i64) -> Outcome {
        let signed = self.signed(&self.report(FREQUENCY, reporter, value));
        self.hand_in(vec![signed]).remove(0)
    }

    /// Several reports on the frequency, of this value each.
    pub fn all_say(&mut self, reporters: core::ops::Range<u32>, value: i64) {
        let signed = reporters.map(|reporter| self.signed(&self.report(FREQUENCY, reporter, value)));
        let signed = signed.collect();
        self.hand_in(signed);
    }

    /// A round in which reporters 0, 1, ... say these values.
    pub fn minute(&mut self, values: &[i64]) -> Answer {
        self.next_round();
        let signed = (0u32..).zip(values).map(|(reporter, value)| {
            let report = self.report(FREQUENCY, reporter, *value);
            self.signed(&report)
        });
        let signed = signed.collect();
        self.hand_in(signed);
        self.answer().unwrap()
    }

    pub fn answer(&self) -> Option<Answer> {
        busbar_api::feeds::raw::relaxed(&self.region.q(), self.feeds.address(), FREQUENCY).unwrap()
    }

    pub fn settle(&mut self) {
        let anyone = self.region.account("anyone");
        let settle = self.feeds.settle(FREQUENCY).unwrap();
        self.must(&anyone, settle);
    }

    pub fn reporter(&self, number: u32) -> ReporterResponse {
        self.feeds.reporter(&self.region.q(), number).unwrap()
    }

    /// What a reporter has lost.
    pub fn lost(&self, number: u32) -> u128 {
        self.reporter(number).slashed.get()
    }

    /// Everything is counted again: stakes by reporter, totals, and the coin that is there.
    pub fn sane(&self) {
        let q = self.region.q();
        let all = pages::all(
            |reporter: &ReporterResponse| reporter.number,
            |after| self.feeds.reporters(&q, after),
        );
        let all = all.unwrap();
        let totals = self.feeds.totals(&q).unwrap();
        let sum = |of: &dyn Fn(&ReporterResponse) -> u128| all.iter().map(of).sum::<u128>();
        assert_eq!(sum(&|one| one.bonded.get()), totals.bonded.get());
        let unbonding = |one: &ReporterResponse| one.unbonding.iter().map(|part| part.amount.get()).sum();
        assert_eq!(sum(&unbonding), totals.unbonding.get());
        assert_eq!(
            sum(&|one| one.slashed.get()),
            (totals.slashed.get() + totals.swept.get())
        );
        let held = totals.bonded.get() + totals.unbonding.get() + totals.slashed.get();
        let out = totals.withdrawn.get() + totals.swept.get();
        assert_eq!(totals.deposited.get(), out + held);
        assert_eq!(self.region.coin(self.feeds.address()).get(), held);
        for one in &all {
            assert!(one.unbonding.len() <= bounds::UNBONDINGS);
        }
    }
}

pub fn rejected(reason: Rejection) -> Outcome {
    Outcome::Rejected { reason }
}
