use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt::Debug;

use anyhow::Result as AnyResult;
use busbar_api::{certificates, energy_token, grid, market, oracle, registry};
use busbar_attestation::{SignedReading, SigningKey};
use busbar_units::{Interval, Money};
use cosmwasm_std::{coin, coins, Addr, Coin, QuerierWrapper, WasmMsg};
use cw_multi_test::{App, AppResponse, BankSudo, Executor, SudoMsg};
use cw_utils::parse_execute_response_data;

use crate::sanity::{self, Ledger};
use crate::{Meter, Setup};

/// A region on an embedded chain: six contracts, their roles, and the meters of its devices.
pub struct Region {
    /// The embedded chain.
    pub app: App,
    /// The grid contract.
    pub grid: grid::Client,
    /// The registry.
    pub registry: registry::Client,
    /// The oracle.
    pub oracle: oracle::Client,
    /// The market.
    pub market: market::Client,
    /// The energy token.
    pub energy_token: energy_token::Client,
    /// The certificates.
    pub certificates: certificates::Client,
    /// Owner of every contract.
    pub owner: Addr,
    /// Grid operator.
    pub operator: Addr,
    /// The utility's account.
    pub utility: Addr,
    /// Tightens the market's state.
    pub guardian: Addr,
    /// Reports frequencies.
    pub reporter: Addr,
    pub(crate) maker: SigningKey,
    pub(crate) setup: Setup,
    pub(crate) meters: BTreeMap<u32, Meter>,
    pub(crate) names: BTreeSet<Addr>,
    pub(crate) ledger: Ledger,
    /// Records that the oracle accepted, by interval and page, in the order of acceptance.
    pub(crate) archive: BTreeMap<(Interval, u32), Vec<SignedReading>>,
}

impl Region {
    /// Asks the chain.
    pub fn q(&self) -> QuerierWrapper<'_> {
        self.app.wrap()
    }

    /// What the region was founded with.
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// The account of a name; it holds the region's [`Setup::purse`] when it is first named.
    pub fn account(&mut self, name: &str) -> Addr {
        let account = self.app.api().addr_make(name);
        if self.names.insert(account.clone()) {
            self.fund(&account, self.setup.purse);
        }
        account
    }

    /// Gives an account coin out of nothing.
    pub fn fund(&mut self, account: &Addr, amount: Money) {
        let amount = coins(amount.get(), &self.setup.denom);
        let mint = SudoMsg::Bank(BankSudo::Mint {
            to_address: account.to_string(),
            amount,
        });
        self.app.sudo(mint).expect("coin can be minted");
    }

    /// Sends coin to the market without a message, as a stranger would; it must count for nobody.
    pub fn donate(&mut self, sender: &Addr, amount: u128) {
        let donated = [coin(amount, &self.setup.denom)];
        let market = self.market.address().clone();
        self.app
            .send_tokens(sender.clone(), market, &donated)
            .expect("coin can be sent");
        self.ledger.donated += amount;
        sanity::check(self);
    }

    /// Sends a message; after success the whole state is checked.
    pub fn send(&mut self, sender: &Addr, msg: impl Into<WasmMsg>) -> AnyResult<AppResponse> {
        let msg = msg.into();
        self.ledger.note(&msg);
        let mut response = self.app.execute(sender.clone(), msg.into())?;
        sanity::check(self);
        // What a contract returns travels inside a protobuf message.
        if let Some(data) = response.data.take() {
            response.data = parse_execute_response_data(&data)?.data;
        }
        Ok(response)
    }

    /// Sends a message that must succeed.
    pub fn must(&mut self, sender: &Addr, msg: impl Into<WasmMsg>) -> AppResponse {
        let msg = msg.into();
        let text = readable(&msg);
        self.send(sender, msg)
            .unwrap_or_else(|error| panic!("{text} is refused: {error:#}"))
    }

    /// Sends a message that must be refused and change nothing; returns the contract's error.
    pub fn refused<E: Error + Debug + Send + Sync + 'static>(&mut self, sender: &Addr, msg: impl Into<WasmMsg>) -> E {
        let msg = msg.into();
        let (text, before) = (readable(&msg), self.state());
        let Err(error) = self.send(sender, msg) else {
            panic!("{text} is not refused")
        };
        assert!(self.state() == before, "{text} is refused and yet changed something");
        error
            .downcast()
            .unwrap_or_else(|error| panic!("{text} is refused by another error: {error:#}"))
    }

    /// Everything that the six contracts store, and the market's coin.
    pub fn state(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        let contracts = [
            self.grid.address(),
            self.registry.address(),
            self.oracle.address(),
            self.market.address(),
            self.energy_token.address(),
            self.certificates.address(),
        ];
        let mut state: Vec<_> = contracts
            .iter()
            .flat_map(|contract| self.app.dump_wasm_raw(contract))
            .collect();
        state.push((
            b"coin".to_vec(),
            self.coin(self.market.address()).get().to_be_bytes().to_vec(),
        ));
        state
    }

    /// Coin in an account's purse, outside the market.
    pub fn coin(&self, account: &Addr) -> Money {
        let held: Coin = self.q().query_balance(account, &self.setup.denom).expect("a balance");
        Money::new(held.amount.u128())
    }
}

fn readable(msg: &WasmMsg) -> String {
    match msg {
        WasmMsg::Execute { msg, .. } => String::from_utf8_lossy(msg).into_owned(),
        other => format!("{other:?}"),
    }
}
