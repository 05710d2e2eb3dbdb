//! What one device's settlement comes to.
use busbar_api::grid::Params;
use busbar_api::market::Terms;
use busbar_api::oracle::Energy;
use busbar_units::{Interval, Money, NetMoney, Wh};
use cosmwasm_std::Storage;

use crate::collateral::lock;
use crate::context::Context;
use crate::imbalance::{due, AtBus};
use crate::state::{Account, AccountId, BookOrder, BusPrices, DeviceSlot, Position, Record};
use crate::ContractError;

/// Who settles, and where.
#[derive(Clone, Copy)]
pub struct Party {
    /// Number of the device.
    pub device: u32,
    /// Its owner's account.
    pub account: AccountId,
    /// Prices of its bus.
    pub at: AtBus,
}

impl Party {
    /// The account on which a device settles an interval, and the prices at its bus; `known` is what its page says of it, which
    /// the caller has read once for the whole page.
    pub fn of(
        storage: &mut dyn Storage,
        context: &Context<'_>,
        params: &Params,
        prices: &BusPrices,
        (device, interval): (u32, Interval),
        known: Option<&DeviceSlot>,
    ) -> Result<Self, ContractError> {
        let (account, bus) = match known {
            Some(slot) => (slot.account_in(interval), slot.bus),
            None => {
                let slot = context.attach(storage, params, device, &context.device(device)?)?;
                (slot.account_in(interval), slot.bus)
            }
        };
        Ok(Self {
            device,
            account,
            at: AtBus::of(prices, bus)?,
        })
    }
}

/// What one device's settlement comes to.
pub struct Case {
    /// Owed in all, fees included; negative = due to the device.
    pub total: NetMoney,
    /// What `total` pays for surplus.
    pub surplus: Money,
    /// What its trade pays it and is withheld until the interval is final.
    pub held_back: Money,
    /// Losses within `total`, as the utility gets them.
    pub losses: Money,
    /// Bank fee within `total`, as the storage's owner gets it.
    pub bank_fee: Money,
    /// Coin that its orders lock.
    pub lock: Money,
    /// Energy tokens that its redeem orders lock.
    pub energy_lock: Wh,
    /// Tokens minted to it.
    pub minted: Wh,
    /// Tokens burned from it.
    pub burned: Wh,
    /// Nothing is known of it and something is due to it: it pays what its trade costs and is paid nothing, and
    /// its locks stay until the interval is final.
    pub withheld: bool,
}

impl Case {
    /// Works out a device's settlement from its position and its metered energy, if that is known.
    pub fn of(
        storage: &dyn Storage,
        params: &Params,
        record: &Record,
        interval: Interval,
        party: &Party,
        position: &Position,
        metered: Option<Energy>,
    ) -> Result<Self, ContractError> {
        let (mut coin, mut energy_lock, mut orders) = (Money::ZERO, Wh::ZERO, 0u64);
        for listed in BookOrder::of_device(storage, interval, party.account, party.device) {
            let (_, order) = listed?;
            coin = coin.add(lock(params, &order)?)?;
            if matches!(order.terms, Terms::Redeem {}) {
                energy_lock = energy_lock.add(order.quantity)?;
            }
            orders = orders.saturating_add(1);
        }
        let order_fees = if record.skipped {
            Money::ZERO
        } else {
            params.order_fee.times(orders)?
        };
        let fees = order_fees.add(params.settlement_fee)?.paid()?;
        let withheld = metered.is_none() && is_withheld(&party.at, position)?;
        let mut case = Self {
            total: fees,
            surplus: Money::ZERO,
            held_back: Money::ZERO,
            losses: Money::ZERO,
            bank_fee: Money::ZERO,
            lock: coin,
            energy_lock,
            minted: Wh::ZERO,
            burned: Wh::ZERO,
            withheld,
        };
        if withheld {
            let trade = party.at.price.charge(position.traded)?;
            case.total = case.total.add(trade.positive().paid()?)?;
            case.held_back = trade.negative();
            return Ok(case);
        }
        // A missing reading counts as traded.
        let net = metered.map_or(position.net(), |energy| Ok(energy.net()?))?;
        let due = due(params, record, &party.at, position, net)?;
        let losses = record.work.loss_price.charge(net.positive().drawn()?)?;
        case.losses = losses.positive();
        case.total = case.total.add(due.trade)?.add(due.deviation)?.add(losses)?;
        if let Some(bank) = params.bank.as_ref().filter(|bank| bank.device != party.device) {
            case.total = case.total.add(bank.fee.charge(position.given.drawn()?)?)?;
            case.bank_fee = bank.fee.charge(position.given.fed()?)?.negative();
            case.minted = record.work.efficiency.of(position.given)?;
            case.burned = position.taken;
        }
        case.surplus = due.deviation.negative();
        Ok(case)
    }

    /// Owed apart from what surplus earns. It is collected first where it is above zero: a surplus pays nobody's debts
    /// before those who owe for it have paid.
    pub fn debit(&self) -> Result<NetMoney, ContractError> {
        Ok(self.total.add(self.surplus.paid()?)?)
    }

    /// Releases the locks and books the tokens on the owner's account.
    pub fn release(&self, account: &mut Account) -> Result<(), ContractError> {
        if self.withheld {
            return Ok(());
        }
        account.locked = account.locked.sub(self.lock)?;
        account.energy_locked = account.energy_locked.sub(self.energy_lock)?;
        account.energy = account.energy.add(self.minted)?.sub(self.burned)?;
        Ok(())
    }
}

/// Whether anything would be due to a device of which nothing is known: it was to feed, or its trade pays it.
pub fn is_withheld(at: &AtBus, position: &Position) -> Result<bool, ContractError> {
    Ok(position.net()?.get() < 0 || at.price.charge(position.traded)?.get() < 0)
}
