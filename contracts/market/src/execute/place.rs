use busbar_api::grid::{MarketState, Params};
use busbar_api::market::{NewOrder, Terms};
use busbar_api::registry::DeviceSummary;
use busbar_clearing::MAX_QUANTITY;
use busbar_units::{Interval, Money, Price, Wh};
use cosmwasm_std::{DepsMut, Env, Event, MessageInfo, Response, Storage};

use super::check_count;
use super::owner::{is_owner, trades};
use crate::collateral::lock;
use crate::context::Context;
use crate::state::{Account, AccountId, BookOrder, OrderId, Seal};
use crate::{events, ContractError};

/// Slots of the bank requests; price orders take the lowest free slot below the region's price steps.
const BANK_SLOT: u8 = 254;
const REDEEM_SLOT: u8 = 255;

/// Places orders of one device, all or none.
pub fn place(
    deps: DepsMut<'_>,
    env: Env,
    info: MessageInfo,
    number: u32,
    orders: Vec<NewOrder>,
) -> Result<Response, ContractError> {
    check_count(&orders)?;
    let context = Context::load(deps.storage, deps.querier)?;
    let device = context.device(number)?;
    for order in &orders {
        is_owner(deps.storage, number, &device, &info, order.interval)?;
    }
    trades(&context, number, &device)?;
    let params = context.params_now(&env)?;
    let first = orders.first().map_or(Interval::ZERO, |order| order.interval);
    let placing = Placing::of(deps.storage, &context, &params, number, &device, first)?;
    let now_s = env.block.time.seconds();
    let mut coin = Money::ZERO;
    let mut energy = Wh::ZERO;
    let mut placed = vec![];
    for order in orders {
        let params = context.params(order.interval)?;
        placing.gate(&params, order.interval, now_s)?;
        let entry = placing.check(deps.storage, &params, &order)?;
        coin = coin.add(entry.coin)?;
        energy = energy.add(entry.energy)?;
        placed.push(entry.save(deps.storage));
    }
    take_locks(deps.storage, placing.account, coin, energy)?;
    Ok(Response::new().add_events(placed))
}

/// Locks coin and energy of an account, if it owes nothing and has them free beyond its margin.
pub fn take_locks(storage: &mut dyn Storage, account: AccountId, coin: Money, energy: Wh) -> Result<(), ContractError> {
    Account::update(storage, account, |account| {
        if !account.debt.is_zero() {
            return Err(ContractError::InDebt { debt: account.debt });
        }
        let free = account.collateral()?;
        // Without its margin an account places nothing, not even what locks nothing.
        let short_of_margin = account.free_of_locks()? < account.margin;
        if coin > free || short_of_margin {
            return Err(ContractError::InsufficientCollateral {
                lock: coin,
                free,
                margin: account.margin,
            });
        }
        let free = account.free_energy()?;
        if energy > free {
            return Err(ContractError::InsufficientEnergy { asked: energy, free });
        }
        account.locked = account.locked.add(coin)?;
        account.energy_locked = account.energy_locked.add(energy)?;
        Ok(())
    })
}

/// Whose orders are checked.
pub struct Placing<'a, 'b> {
    /// The region.
    pub context: &'a Context<'b>,
    /// The device, which [`trades`].
    pub device: &'a DeviceSummary,
    /// Its number.
    pub number: u32,
    /// The account of him who owns it in the intervals of the orders.
    pub account: AccountId,
}

/// An order that fits into the book, and what it locks there.
pub struct Entry {
    /// Its identity.
    pub id: OrderId,
    order: BookOrder,
    /// Coin to lock.
    pub coin: Money,
    /// Energy tokens to lock.
    pub energy: Wh,
}

impl Entry {
    /// Enters the book.
    pub fn save(&self, storage: &mut dyn Storage) -> Event {
        self.order.save(storage, self.id);
        events::order_placed(self.id, self.order.terms, self.order.quantity)
    }
}

impl<'a, 'b> Placing<'a, 'b> {
    /// Places for a device on the account of its owner in `interval`; its margin is brought up to date with the
    /// parameters of the interval in delivery.
    pub fn of(
        storage: &mut dyn Storage,
        context: &'a Context<'b>,
        now: &Params,
        number: u32,
        device: &'a DeviceSummary,
        interval: Interval,
    ) -> Result<Self, ContractError> {
        let account = context.attach(storage, now, number, device)?.account_in(interval);
        Ok(Self {
            context,
            device,
            number,
            account,
        })
    }

    /// Checks an order against everything but time and collateral.
    pub fn check(&self, storage: &dyn Storage, params: &Params, order: &NewOrder) -> Result<Entry, ContractError> {
        let NewOrder {
            interval,
            terms,
            quantity,
            at_reference,
        } = *order;
        if at_reference && !matches!(terms, Terms::Sell { .. }) {
            return Err(ContractError::NoReference { interval, terms });
        }
        let order = BookOrder {
            bus: self.device.bus,
            terms,
            quantity,
            at_reference,
            agreed: None,
        };
        self.admit(storage, params, interval, order)
    }

    /// Checks what would stand in the book against everything but time and collateral.
    pub fn admit(
        &self,
        storage: &dyn Storage,
        params: &Params,
        interval: Interval,
        order: BookOrder,
    ) -> Result<Entry, ContractError> {
        let BookOrder { terms, quantity, .. } = order;
        self.trades_in(params, interval, |state| match terms {
            Terms::Redeem {} => state.cancels_and_redeems(),
            Terms::Buy { .. } | Terms::Sell { .. } | Terms::Bank {} => state.trades(),
        })?;
        check_quantity(quantity)?;
        match terms {
            Terms::Buy { limit } | Terms::Sell { limit } => {
                check_limit(params, order.agreed.map_or(limit, |agreed| agreed.price))?;
            }
            Terms::Bank {} | Terms::Redeem {} if params.bank.is_none() => {
                return Err(ContractError::NoBank { interval });
            }
            Terms::Bank {} | Terms::Redeem {} => {}
        }
        let id = OrderId {
            interval,
            account: self.account,
            device: self.number,
            slot: self.fit(storage, params, interval, &order)?,
        };
        let redeems = matches!(terms, Terms::Redeem {});
        Ok(Entry {
            id,
            order,
            coin: lock(params, &order)?,
            energy: if redeems { quantity } else { Wh::ZERO },
        })
    }

    /// Refuses an interval whose gate is not open.
    pub fn gate(&self, params: &Params, interval: Interval, now_s: u64) -> Result<(), ContractError> {
        let times = self.context.times(params, interval)?;
        if now_s < times.opens_s {
            return Err(ContractError::NotOpen {
                interval,
                opens_s: times.opens_s,
                now_s,
            });
        }
        if now_s >= times.closes_s {
            return Err(ContractError::GateClosed {
                interval,
                closed_s: times.closes_s,
                now_s,
            });
        }
        Ok(())
    }

    /// Refuses orders of an interval in which the device does not settle yet, the market does not do this, or the
    /// device is the bank's.
    pub fn trades_in(
        &self,
        params: &Params,
        interval: Interval,
        does: impl Fn(MarketState) -> bool,
    ) -> Result<(), ContractError> {
        let first = match self.device.active_from {
            Some(active) => active.plus(1)?,
            None => Interval::MAX,
        };
        if interval < first {
            return Err(ContractError::NotYetSettling {
                device: self.number,
                first,
                interval,
            });
        }
        self.context.allows(interval, does)?;
        if params.bank.as_ref().is_some_and(|bank| bank.device == self.number) {
            return Err(ContractError::DoesNotTrade {
                device: self.number,
                reason: "the bank's own storage",
            });
        }
        Ok(())
    }

    /// The slot for an order that fits beside the owner's others of the interval.
    fn fit(
        &self,
        storage: &dyn Storage,
        params: &Params,
        interval: Interval,
        order: &BookOrder,
    ) -> Result<u8, ContractError> {
        let (drawn, fed) = self.context.usable(self.device)?;
        let (max, direction) = match order.terms {
            Terms::Buy { .. } | Terms::Redeem {} => (drawn, "draw"),
            Terms::Sell { .. } | Terms::Bank {} => (fed, "feed"),
        };
        let mut total = order.quantity;
        let mut used = Vec::new();
        for listed in BookOrder::of_account(storage, interval, self.account, None) {
            let (id, other) = listed?;
            if other.bus == self.device.bus {
                crossing(interval, order.at_worst(params), other.at_worst(params))?;
            }
            if id.device == self.number {
                used.push(id.slot);
                if core::mem::discriminant(&other.terms) == core::mem::discriminant(&order.terms) {
                    total = total.add(other.quantity)?;
                }
            }
        }
        if total > max {
            return Err(ContractError::AboveRating {
                device: self.number,
                interval,
                direction,
                total,
                max,
            });
        }
        let single = |slot: u8| match used.contains(&slot) {
            true => Err(self.full(interval, 1)),
            false => Ok(slot),
        };
        match order.terms {
            Terms::Bank {} => single(BANK_SLOT),
            Terms::Redeem {} => single(REDEEM_SLOT),
            Terms::Buy { .. } | Terms::Sell { .. } => self.price_slot(storage, params, interval, used),
        }
    }

    /// The lowest of the device's price steps that a sealed order may take.
    pub fn seal_slot(&self, storage: &dyn Storage, params: &Params, interval: Interval) -> Result<u8, ContractError> {
        let orders = BookOrder::of_device(storage, interval, self.account, self.number);
        let used = orders
            .map(|listed| Ok(listed?.0.slot))
            .collect::<Result<_, ContractError>>()?;
        self.price_slot(storage, params, interval, used)
    }

    /// The lowest of the device's price steps that neither its orders, in the slots `used`, nor a seal takes.
    fn price_slot(
        &self,
        storage: &dyn Storage,
        params: &Params,
        interval: Interval,
        mut used: Vec<u8>,
    ) -> Result<u8, ContractError> {
        for listed in Seal::of_device(storage, interval, self.account, self.number) {
            used.push(listed?.0.slot);
        }
        let steps = params.steps_per_device;
        (0..BANK_SLOT)
            .take_while(|slot| u32::from(*slot) < steps)
            .find(|slot| !used.contains(slot))
            .ok_or_else(|| self.full(interval, steps))
    }

    fn full(&self, interval: Interval, max: u32) -> ContractError {
        ContractError::TooManyOrders {
            device: self.number,
            interval,
            max,
        }
    }
}

/// Refuses a quantity of nothing or beyond the auction's bound.
pub fn check_quantity(quantity: Wh) -> Result<(), ContractError> {
    if quantity.is_zero() || quantity > MAX_QUANTITY {
        return Err(ContractError::Quantity {
            quantity,
            max: MAX_QUANTITY,
        });
    }
    Ok(())
}

/// Refuses a limit price beyond the region's floor and cap.
pub fn check_limit(params: &Params, limit: Price) -> Result<(), ContractError> {
    let (floor, cap) = (params.price_floor, params.price_cap);
    if limit < floor || limit > cap {
        return Err(ContractError::LimitPrice { limit, floor, cap });
    }
    Ok(())
}

/// Refuses an order that would trade with another of the same owner at the same bus.
fn crossing(interval: Interval, new: Terms, standing: Terms) -> Result<(), ContractError> {
    let (limit, other, crosses) = match (new, standing) {
        (Terms::Buy { limit: buy }, Terms::Sell { limit: sell }) => (buy, sell, buy >= sell),
        (Terms::Sell { limit: sell }, Terms::Buy { limit: buy }) => (sell, buy, buy >= sell),
        _ => return Ok(()),
    };
    if crosses {
        return Err(ContractError::CrossesOwn { interval, limit, other });
    }
    Ok(())
}
