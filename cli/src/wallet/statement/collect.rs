//! What the chain knows of an account's month: its transactions by event, and contract state as of their blocks.
use std::collections::BTreeMap;

use busbar_api::market::{Client, MAX_PAGE, OrderResponse, QueryMsg};
use busbar_api::oracle::{self, ReadingPage};
use busbar_api::registry::{self, Device};
use busbar_attestation::{page_of, slot_of};
use busbar_chain::ChainError;
use busbar_units::{Interval, NetMoney, NetWh};
use cosmwasm_std::{Addr, Event};

use super::StatementError;
use super::book::{Movement, Settled, What};
use super::owned::Owned;
use crate::wallet::device;
use crate::wallet::session::{Session, SessionError};

/// The blocks of a statement: those after `from` up to `to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The last block before; none where the chain began later.
    pub from: Option<u64>,
    /// The last block.
    pub to: u64,
}

/// Looks an account's movements up.
pub struct Collector<'a> {
    /// The region.
    pub session: &'a Session,
    /// The account's owner.
    pub owner: &'a Addr,
    /// The blocks.
    pub window: Window,
}

impl Collector<'_> {
    /// What the account had at the end of a block.
    pub fn balance(&self, height: u64) -> Result<i128, StatementError> {
        let market = Client::new(self.session.contracts.market.clone());
        let account = self.at(height, || {
            Ok(market.account(&self.session.querier().wrap(), self.owner.as_str())?)
        })?;
        i128::try_from(account.balance.get()).map_err(|_| StatementError::Range)
    }

    /// Whether the market was there at the end of a block.
    pub fn is_founded(&self, height: u64) -> Result<bool, StatementError> {
        let chain = &self.session.chain;
        match chain.at(height, |chain| chain.contract(&self.session.contracts.market)) {
            Ok(contract) => Ok(contract.is_some()),
            Err(error) => Err(StatementError::of(height, error.into())),
        }
    }

    /// Everything that moved the account's balance, as far as events tell.
    pub fn movements(&self) -> Result<Vec<Movement>, StatementError> {
        let devices = self.devices()?;
        let mut movements = self.money()?;
        for device in &devices {
            movements.extend(self.of_device(device)?);
        }
        movements.extend(self.settlements(&devices)?);
        Ok(movements)
    }

    /// Devices that settle and are the owner's at the end, or were until they passed to another.
    fn devices(&self) -> Result<Vec<Owned>, StatementError> {
        let session = self.session;
        let mut devices = self.at(self.window.to, || device::devices(session, self.owner))?;
        let registry = registry::Client::new(session.contracts.registry.clone());
        for (_, passed) in self.events_after(0, "handed_over", "former", self.owner.as_str())? {
            let number = u32::try_from(number(&passed, "device")?).unwrap_or_default();
            if devices.iter().all(|device| device.number != number) {
                devices.push(self.at(self.window.to, || {
                    Ok(registry.device(&session.querier().wrap(), number)?)
                })?);
            }
        }
        let settling = devices.into_iter().filter(|device| device.settles);
        let owned = settling.map(|device| {
            let passed = self.events_after(0, "handed_over", "device", &device.number.to_string())?;
            Owned::new(device, passed.iter().map(|(_, event)| event))
        });
        owned.collect()
    }

    /// Deposits and withdrawals.
    fn money(&self) -> Result<Vec<Movement>, StatementError> {
        let mut movements = Vec::new();
        for (event, what) in [("deposited", What::Deposit), ("withdrawn", What::Withdrawal)] {
            for (height, found) in self.events(event, "owner", self.owner.as_str())? {
                let amount = number(&found, "amount")?;
                let change = match what {
                    What::Deposit => amount.saturating_sub(number(&found, "repaid")?),
                    _ => amount.saturating_neg(),
                };
                let what = what.clone();
                movements.push(Movement { height, what, change });
            }
        }
        Ok(movements)
    }

    /// Corrections and differences of agreements.
    fn of_device(&self, owned: &Owned) -> Result<Vec<Movement>, StatementError> {
        let device = owned.device.number;
        let mut movements = Vec::new();
        for (event, key, sign) in [
            ("corrected", "device", -1),
            ("difference", "payer", -1),
            ("difference", "payee", 1),
        ] {
            for (height, found) in self.events(event, key, &device.to_string())? {
                let interval = Interval::new(u64::try_from(number(&found, "interval")?).unwrap_or_default());
                let former = attribute(&found, "former");
                if former.unwrap_or_else(|| owned.owner_in(interval)) != self.owner.as_str() {
                    continue;
                }
                let (what, amount) = match event {
                    "corrected" => (What::Correction { interval, device }, "owner"),
                    _ => (What::Agreement { interval, device }, "amount"),
                };
                let change = number(&found, amount)?.saturating_mul(sign);
                movements.push(Movement { height, what, change });
            }
        }
        Ok(movements)
    }

    /// Every interval whose settlement was completed.
    fn settlements(&self, devices: &[Owned]) -> Result<Vec<Movement>, StatementError> {
        let mut movements = Vec::new();
        let mut fees = BTreeMap::new();
        for (height, found) in self.events("settled", "complete", "true")? {
            let interval = Interval::new(u64::try_from(number(&found, "interval")?).unwrap_or_default());
            let his = devices
                .iter()
                .filter(|owned| owned.owner_in(interval) == self.owner.as_str());
            let counts = |device: &&Device| device.active_from.is_some_and(|from| from <= interval);
            for device in his.map(|owned| &owned.device).filter(counts) {
                let settled = self.at(height, || self.settled(interval, device, &mut fees))?;
                movements.push(Movement {
                    height,
                    change: settled.change(),
                    what: What::Interval(settled),
                });
            }
        }
        Ok(movements)
    }

    fn settled(
        &self,
        interval: Interval,
        device: &Device,
        fees: &mut BTreeMap<Interval, [NetMoney; 2]>,
    ) -> Result<Settled, SessionError> {
        let session = self.session;
        let (querier, market) = (session.querier(), Client::new(session.contracts.market.clone()));
        let q = querier.wrap();
        let position = market.position(&q, interval, device.number)?;
        let [order_fee, settlement_fee] = match fees.get(&interval) {
            Some(fees) => *fees,
            None => {
                let params = session.params(interval)?;
                let of = [params.order_fee.paid()?, params.settlement_fee.paid()?];
                fees.insert(interval, of);
                of
            }
        };
        let mut price = None;
        let mut trade = 0;
        if !position.traded.is_zero() {
            let prices = market.prices(&q, interval, device.bus.checked_sub(1))?;
            price = prices
                .into_iter()
                .find(|price| price.bus == device.bus)
                .map(|price| price.price);
            if let Some(price) = price {
                trade = price.charge(position.traded)?.negate()?.get();
            }
        }
        let metered = self.metered(interval, device)?;
        let owed = position.paid.get();
        // Where nothing was owed and nothing measured, the device took no part.
        let takes_part = owed != 0 || metered.is_some() || !position.traded.is_zero();
        let mut charged = 0;
        if takes_part {
            charged = settlement_fee.get();
            if !order_fee.is_zero() && market.interval(&q, interval)?.is_some_and(|record| !record.skipped) {
                let orders = self.orders(interval, device.number)?;
                charged = charged.saturating_add(order_fee.get().saturating_mul(orders));
            }
        }
        let fees = charged.saturating_neg();
        let expected = position
            .traded
            .sub(position.banked.drawn()?)?
            .add(position.redeemed.drawn()?)?;
        Ok(Settled {
            interval,
            start_s: interval.start_s(session.region.interval_s)?,
            device: device.number,
            traded: position.traded,
            price,
            trade,
            fees,
            imbalance_wh: metered.map(|net| net.sub(expected)).transpose()?,
            imbalance: owed.saturating_neg().saturating_sub(trade).saturating_sub(fees),
        })
    }

    /// Orders of a device that took part in an interval.
    fn orders(&self, interval: Interval, device: u32) -> Result<i128, SessionError> {
        let querier = self.session.querier();
        let (mut count, mut start_after) = (0_i128, None);
        loop {
            let query = QueryMsg::Orders {
                interval,
                owner: Some(self.owner.to_string()),
                start_after,
                limit: Some(MAX_PAGE),
            };
            let page: Vec<OrderResponse> = querier
                .wrap()
                .query_wasm_smart(&self.session.contracts.market, &query)?;
            let Some(last) = page.last() else {
                return Ok(count);
            };
            start_after = Some(last.key);
            let of_device = page.iter().filter(|order| order.key.device == device).count();
            count = count.saturating_add(i128::try_from(of_device).unwrap_or(i128::MAX));
        }
    }

    /// What the settlement took the device's net energy to be.
    fn metered(&self, interval: Interval, device: &Device) -> Result<Option<NetWh>, SessionError> {
        let (querier, oracle) = (self.session.querier(), &self.session.contracts.oracle);
        let page = |interval| -> Result<Option<ReadingPage>, SessionError> {
            Ok(oracle::raw::page(
                &querier.wrap(),
                oracle,
                interval,
                page_of(device.number),
            )?)
        };
        let before = interval.minus(1).map(page).transpose()?.flatten();
        let slot = slot_of(device.number);
        let energy = oracle::counted(before.as_ref(), page(interval)?.as_ref(), slot, device.register_modulus);
        Ok(energy.map(|energy| energy.net()).transpose()?)
    }

    /// Events of the market in the window, with their heights.
    fn events(&self, name: &str, key: &str, value: &str) -> Result<Vec<(u64, Event)>, StatementError> {
        self.events_after(self.window.from.unwrap_or_default(), name, key, value)
    }

    /// Events of the market after a block and up to the last of the window.
    fn events_after(&self, from: u64, name: &str, key: &str, value: &str) -> Result<Vec<(u64, Event)>, StatementError> {
        let (market, kind) = (&self.session.contracts.market, format!("wasm-{name}"));
        let query = format!(
            "{kind}._contract_address='{market}' AND {kind}.{key}='{value}' AND tx.height>{from} AND tx.height<={}",
            self.window.to
        );
        let found = self.session.chain.find_txs(&query).map_err(StatementError::Search)?;
        let matches = |event: &Event| {
            let has = |key: &str, value: &str| {
                event
                    .attributes
                    .iter()
                    .any(|pair| pair.key == key && pair.value == value)
            };
            event.ty == kind && has("_contract_address", market.as_str()) && has(key, value)
        };
        let of = |included: busbar_chain::Included| {
            let height = included.height;
            let events = included.events.into_iter().filter(matches);
            events.map(|event| (height, event)).collect::<Vec<_>>()
        };
        Ok(found.into_iter().flat_map(of).collect())
    }

    /// Asks as of the end of a block.
    fn at<T>(&self, height: u64, ask: impl FnOnce() -> Result<T, SessionError>) -> Result<T, StatementError> {
        let answer = self.session.chain.at(height, |_| ask());
        answer.map_err(|error| StatementError::of(height, error))
    }
}

/// The value of an attribute.
pub fn attribute<'a>(event: &'a Event, key: &str) -> Option<&'a str> {
    let found = event.attributes.iter().find(|pair| pair.key == key);
    found.map(|pair| pair.value.as_str())
}

/// The number in an attribute.
pub fn number(event: &Event, key: &'static str) -> Result<i128, StatementError> {
    let value = attribute(event, key).and_then(|value| value.parse().ok());
    value.ok_or(StatementError::Search(ChainError::Malformed {
        field: "attribute of an event",
    }))
}
