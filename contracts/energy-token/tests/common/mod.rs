//! An energy token and its grid contract on an embedded chain; the market is a plain account.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::arithmetic_side_effects)]
use busbar_api::energy_token::{raw, Client, ExecuteMsg, InstantiateMsg, QueryMsg};
use busbar_api::grid::{self, Params, Wiring};
use busbar_energy_token::{contract, ContractError};
use busbar_testing::Setup;
use cosmwasm_std::{
    coins, from_json, Addr, Binary, Coin, Deps, DepsMut, Empty, Env, MessageInfo, Response, StdResult, Timestamp,
};
use cw20::{AllowanceResponse, Cw20ReceiveMsg, Expiration};
use cw_multi_test::{App, AppResponse, ContractWrapper, Executor};

const INTERVAL_S: u64 = 900;
const START: u64 = 2_000_000;
/// Energy that the storage of every test can hold.
pub const USABLE: u64 = 10_000;

/// Those of a region of homes where a change takes effect after an hour, with a bank of so many Wh.
pub fn params(bank: Option<u64>) -> Params {
    let setup = Setup::default().with_bank(bank.unwrap_or_default());
    Params {
        horizon: 4,
        bank: setup.params.bank.filter(|_| bank.is_some()),
        ..setup.params
    }
}

pub struct Token {
    pub app: App,
    pub grid: grid::Client,
    pub client: Client,
    pub owner: Addr,
    pub market: Addr,
    pub alice: Addr,
    pub bob: Addr,
    pub carol: Addr,
}

impl Token {
    pub fn new(bank: Option<u64>) -> Self {
        let mut app = App::default();
        app.update_block(|block| block.time = Timestamp::from_seconds(START * INTERVAL_S));
        let [owner, market, alice, bob, carol] =
            ["owner", "market", "alice", "bob", "carol"].map(|name| app.api().addr_make(name));
        app.init_modules(|router, _, storage| {
            for account in [&owner, &market, &alice] {
                router
                    .bank
                    .init_balance(storage, account, coins(1_000, "ucoin"))
                    .unwrap();
            }
        });
        let msg = grid::InstantiateMsg {
            owner: None,
            domain: "elm-street".into(),
            denom: "ucoin".into(),
            interval_s: INTERVAL_S,
            energy_interval_s: INTERVAL_S,
            operator: owner.to_string(),
            utility: owner.to_string(),
            params: params(bank),
            network: None,
            contracts: None,
        };
        let code = app.store_code(Box::new(ContractWrapper::new(
            busbar_grid::contract::execute,
            busbar_grid::contract::instantiate,
            busbar_grid::contract::query,
        )));
        let grid = app
            .instantiate_contract(code, owner.clone(), &msg, &[], "grid", None)
            .unwrap();
        let msg = instantiate_msg(&grid);
        let address = instantiate(&mut app, &msg, &[]).unwrap();
        let wiring = Wiring {
            registry: registry(&mut app).into(),
            oracle: app.api().addr_make("oracle").into(),
            market: market.to_string(),
            energy_token: address.to_string(),
        };
        app.execute_contract(owner.clone(), grid.clone(), &grid::ExecuteMsg::Wire(wiring), &[])
            .unwrap();
        Self {
            app,
            grid: grid::Client::new(grid),
            client: Client::new(address),
            owner,
            market,
            alice,
            bob,
            carol,
        }
    }

    /// A storage of [`USABLE`] Wh; Alice holds 1,000 Wh.
    pub fn with_holder() -> Self {
        let mut token = Self::new(Some(USABLE));
        let alice = token.alice.clone();
        token.mint(&alice, 1_000).unwrap();
        token
    }

    pub fn send(&mut self, sender: &Addr, msg: &ExecuteMsg) -> Result<AppResponse, ContractError> {
        self.send_with(sender, msg, &[])
    }

    pub fn send_with(&mut self, sender: &Addr, msg: &ExecuteMsg, funds: &[Coin]) -> Result<AppResponse, ContractError> {
        let address = self.client.address().clone();
        self.app
            .execute_contract(sender.clone(), address, msg, funds)
            .map_err(typed)
    }

    pub fn mint(&mut self, recipient: &Addr, amount: u128) -> Result<AppResponse, ContractError> {
        let market = self.market.clone();
        self.send(
            &market,
            &ExecuteMsg::Mint {
                recipient: recipient.to_string(),
                amount: amount.into(),
            },
        )
    }

    pub fn transfer(&mut self, from: &Addr, to: &Addr, amount: u128) -> Result<AppResponse, ContractError> {
        self.send(
            from,
            &ExecuteMsg::Transfer {
                recipient: to.to_string(),
                amount: amount.into(),
            },
        )
    }

    pub fn increase(
        &mut self,
        owner: &Addr,
        spender: &Addr,
        amount: u128,
        expires: Option<Expiration>,
    ) -> Result<AppResponse, ContractError> {
        let (spender, amount) = (spender.to_string(), amount.into());
        self.send(
            owner,
            &ExecuteMsg::IncreaseAllowance {
                spender,
                amount,
                expires,
            },
        )
    }

    pub fn decrease(
        &mut self,
        owner: &Addr,
        spender: &Addr,
        amount: u128,
        expires: Option<Expiration>,
    ) -> Result<AppResponse, ContractError> {
        let (spender, amount) = (spender.to_string(), amount.into());
        self.send(
            owner,
            &ExecuteMsg::DecreaseAllowance {
                spender,
                amount,
                expires,
            },
        )
    }

    pub fn transfer_from(
        &mut self,
        by: &Addr,
        from: &Addr,
        to: &Addr,
        amount: u128,
    ) -> Result<AppResponse, ContractError> {
        let (owner, recipient) = (from.to_string(), to.to_string());
        self.send(
            by,
            &ExecuteMsg::TransferFrom {
                owner,
                recipient,
                amount: amount.into(),
            },
        )
    }

    pub fn balance(&self, account: &Addr) -> u64 {
        let smart = self.client.balance(&self.app.wrap(), account).unwrap();
        assert_eq!(
            raw::balance(&self.app.wrap(), self.client.address(), account).unwrap(),
            smart
        );
        smart.get()
    }

    pub fn supply(&self) -> u64 {
        let smart = self.client.supply(&self.app.wrap()).unwrap();
        assert_eq!(raw::supply(&self.app.wrap(), self.client.address()).unwrap(), smart);
        smart.get()
    }

    pub fn ask<T: serde::de::DeserializeOwned>(&self, msg: &QueryMsg) -> T {
        self.app.wrap().query_wasm_smart(self.client.address(), msg).unwrap()
    }

    pub fn allowance(&self, owner: &Addr, spender: &Addr) -> AllowanceResponse {
        self.ask(&QueryMsg::Allowance {
            owner: owner.to_string(),
            spender: spender.to_string(),
        })
    }

    /// Moves the clock some whole intervals ahead.
    pub fn wait(&mut self, intervals: u64) {
        self.app.update_block(|block| {
            block.time = block.time.plus_seconds(intervals * INTERVAL_S);
            block.height += 1;
        });
    }

    /// An expiry some seconds ahead.
    pub fn soon(&self, seconds: u64) -> Expiration {
        Expiration::AtTime(self.app.block_info().time.plus_seconds(seconds))
    }

    pub fn state(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        self.app.dump_wasm_raw(self.client.address())
    }
}

pub fn instantiate_msg(grid: &Addr) -> InstantiateMsg {
    InstantiateMsg {
        grid: grid.to_string(),
        name: "Elm Street energy".into(),
        symbol: "ELM".into(),
        marketing: None,
    }
}

pub fn instantiate(app: &mut App, msg: &InstantiateMsg, funds: &[Coin]) -> Result<Addr, ContractError> {
    let code = app.store_code(Box::new(ContractWrapper::new(
        contract::execute,
        contract::instantiate,
        contract::query,
    )));
    let owner = app.api().addr_make("owner");
    app.instantiate_contract(code, owner, msg, funds, "token", None)
        .map_err(typed)
}

pub fn typed(error: impl Into<anyhow::Error>) -> ContractError {
    error.into().downcast().expect("an error of the energy token")
}

/// Device 0 of a registry: a storage of [`USABLE`] Wh.
const STORAGE: &str = r#"{"number":0,"owner":"alice","status":"active","suspension":null,"kind":"storage",
    "manufacturer":1,"serial":"S-1","key":{"curve":"ed25519","bytes":""},"pending_key":null,"bus":1,"behind":null,
    "settles":true,"endorsed_import":"5000","endorsed_export":"5000","usable_import":"5000","usable_export":"5000",
    "usable":"10000","efficiency":"1000000","register_modulus":"100000000","active_from":"2000000"}"#;

/// Stores a contract that the grid contract can read the bank's storage of.
fn registry(app: &mut App) -> Addr {
    fn open(deps: DepsMut<'_>, _: Env, _: MessageInfo, _: Empty) -> StdResult<Response> {
        let key = busbar_api::registry::raw::device_key(0);
        let device: busbar_api::registry::Device = from_json(STORAGE)?;
        deps.storage.set(&key, &device.split().0.encode());
        Ok(Response::new())
    }
    fn receive(_: DepsMut<'_>, _: Env, _: MessageInfo, _: Empty) -> StdResult<Response> {
        Ok(Response::new())
    }
    fn ask(_: Deps<'_>, _: Env, _: Empty) -> StdResult<Binary> {
        Ok(Binary::default())
    }
    let code = app.store_code(Box::new(ContractWrapper::new(receive, open, ask)));
    let owner = app.api().addr_make("owner");
    app.instantiate_contract(code, owner, &Empty {}, &[], "registry", None)
        .unwrap()
}

/// Stores a contract that keeps the last [`Cw20ReceiveMsg`] sent to it, or refuses what says `no`.
pub fn receiver(app: &mut App) -> Addr {
    fn open(_: DepsMut<'_>, _: Env, _: MessageInfo, _: Empty) -> StdResult<Response> {
        Ok(Response::new())
    }
    fn receive(deps: DepsMut<'_>, _: Env, info: MessageInfo, msg: ReceiverMsg) -> StdResult<Response> {
        let ReceiverMsg::Receive(received) = msg;
        if received.msg.as_slice() == b"no" {
            return Err(cosmwasm_std::StdError::generic_err("refused"));
        }
        deps.storage.set(b"sender", info.sender.as_bytes());
        deps.storage.set(b"received", &cosmwasm_std::to_json_vec(&received)?);
        Ok(Response::new())
    }
    fn ask(_: Deps<'_>, _: Env, _: Empty) -> StdResult<Binary> {
        Ok(Binary::default())
    }
    let code = app.store_code(Box::new(ContractWrapper::new(receive, open, ask)));
    let owner = app.api().addr_make("owner");
    app.instantiate_contract(code, owner, &Empty {}, &[], "receiver", None)
        .unwrap()
}

#[cosmwasm_schema::cw_serde]
pub enum ReceiverMsg {
    Receive(Cw20ReceiveMsg),
}

/// What the receiver kept: the token that called it, and the message.
pub fn received(app: &App, receiver: &Addr) -> (String, Cw20ReceiveMsg) {
    let sender = app.wrap().query_wasm_raw(receiver, b"sender").unwrap().unwrap();
    let msg = app.wrap().query_wasm_raw(receiver, b"received").unwrap().unwrap();
    (String::from_utf8(sender).unwrap(), from_json(msg).unwrap())
}
