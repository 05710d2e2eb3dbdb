//! A transfer costs what it costs in plain CW20: the same reads and writes.
#![allow(clippy::unwrap_used)]
use std::cell::RefCell;

use busbar_api::energy_token::{raw, ExecuteMsg};
use busbar_energy_token::contract;
use cosmwasm_std::testing::{message_info, mock_env, MockApi, MockQuerier, MockStorage};
use cosmwasm_std::{Addr, Order, OwnedDeps, Record, Storage, Uint128};
use cw20_base::state::{TokenInfo, BALANCES, TOKEN_INFO};

/// Storage that writes down every access.
#[derive(Default)]
struct Watched {
    inner: MockStorage,
    log: RefCell<Vec<(&'static str, Vec<u8>)>>,
}

impl Storage for Watched {
    fn get(&self, key: &[u8]) -> Option<Vec<u8>> {
        self.log.borrow_mut().push(("get", key.to_vec()));
        self.inner.get(key)
    }

    fn set(&mut self, key: &[u8], value: &[u8]) {
        self.log.borrow_mut().push(("set", key.to_vec()));
        self.inner.set(key, value);
    }

    fn remove(&mut self, key: &[u8]) {
        self.log.borrow_mut().push(("remove", key.to_vec()));
        self.inner.remove(key);
    }

    fn range<'a>(
        &'a self,
        start: Option<&[u8]>,
        end: Option<&[u8]>,
        order: Order,
    ) -> Box<dyn Iterator<Item = Record> + 'a> {
        self.log.borrow_mut().push(("range", vec![]));
        self.inner.range(start, end, order)
    }
}

/// Alice's transfer to Bob through one of the two contracts, as accesses to storage.
fn transfer(
    execute: impl Fn(&mut OwnedDeps<Watched, MockApi, MockQuerier>, &Addr, ExecuteMsg),
) -> Vec<(&'static str, Vec<u8>)> {
    let (storage, api, querier) = (Watched::default(), MockApi::default(), MockQuerier::default());
    let mut deps = OwnedDeps {
        storage,
        api,
        querier,
        custom_query_type: std::marker::PhantomData,
    };
    let [alice, bob, grid] = ["alice", "bob", "grid"].map(|name| deps.api.addr_make(name));
    let token = TokenInfo {
        name: "Energy".into(),
        symbol: "KWH".into(),
        decimals: 3,
        total_supply: Uint128::new(1_000),
        mint: None,
    };
    TOKEN_INFO.save(&mut deps.storage, &token).unwrap();
    BALANCES.save(&mut deps.storage, &alice, &Uint128::new(1_000)).unwrap();
    let stored = format!("\"{grid}\"");
    deps.storage.set(raw::GRID.as_bytes(), stored.as_bytes());
    deps.storage.log.borrow_mut().clear();
    let msg = ExecuteMsg::Transfer {
        recipient: bob.to_string(),
        amount: Uint128::new(400),
    };
    execute(&mut deps, &alice, msg);
    deps.storage.log.take()
}

#[test]
fn a_transfer_reads_and_writes_what_plain_cw20_does() {
    let here = transfer(|deps, sender, msg| {
        contract::execute(deps.as_mut(), mock_env(), message_info(sender, &[]), msg).unwrap();
    });
    let plain = transfer(|deps, sender, msg| {
        cw20_base::contract::execute(deps.as_mut(), mock_env(), message_info(sender, &[]), msg).unwrap();
    });
    assert_eq!(here, plain);
    assert_eq!(here.len(), 4, "two balances, each read and written");
}
