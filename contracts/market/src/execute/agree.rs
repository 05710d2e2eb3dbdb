//! Agreements at a fixed price ([`busbar_api::market::bilateral`]).
use busbar_api::grid::Params;
use busbar_api::market::bilateral::{Agreement, OfferKey};
use busbar_api::market::Side;
use busbar_api::registry::DeviceSummary;
use busbar_units::{Interval, NetMoney};
use cosmwasm_std::{DepsMut, Env, Event, MessageInfo, Response, Storage};

use super::owner::{is_owner, may_trade, owner_in, trades};
use super::place::{take_locks, Entry as Admitted, Placing};
use crate::context::Context;
use crate::state::{Agreed, BookOrder, Offer, OrderId};
use crate::{events, ContractError};

/// Offers an agreement, or makes it where the other side has offered the same.
pub fn agree(
    deps: DepsMut<'_>,
    env: Env,
    info: MessageInfo,
    number: u32,
    agreement: Agreement,
) -> Result<Response, ContractError> {
    let Agreement {
        interval,
        side,
        counterparty,
        quantity,
        price,
    } = agreement;
    let context = Context::load(deps.storage, deps.querier)?;
    let device = context.device(number)?;
    may_trade(deps.storage, &context, number, &device, &info, interval)?;
    let other = context.device(counterparty)?;
    if owner_in(deps.storage, counterparty, &other, interval)? == info.sender {
        return Err(ContractError::AgreesWithItself {
            device: number,
            counterparty,
        });
    }
    let own = OfferKey {
        device: number,
        counterparty,
    };
    let theirs = OfferKey {
        device: counterparty,
        counterparty: number,
    };
    let offer = Offer { side, quantity, price };
    let answer = Offer {
        side: side.opposite(),
        ..offer
    };
    let params = context.params(interval)?;
    let sides = Sides {
        context: &context,
        params: &params,
        env: &env,
        interval,
    };
    if Offer::load(deps.storage, interval, theirs)? != Some(answer) {
        sides.offer(deps.storage, own, &device, &offer)?;
        return Ok(Response::new().add_event(events::offered(interval, own, &offer)));
    }
    Offer::remove(deps.storage, interval, theirs);
    Offer::remove(deps.storage, interval, own);
    let (id, placed) = sides.enter(deps.storage, own, &device, &offer)?;
    let (their_id, their_placed) =
        sides
            .enter(deps.storage, theirs, &other, &answer)
            .map_err(|error| ContractError::Counterparty {
                device: counterparty,
                error: Box::new(error),
            })?;
    pair(deps.storage, id, their_id)?;
    pair(deps.storage, their_id, id)?;
    let (buyer, seller) = match side {
        Side::Buy => (id, their_id),
        Side::Sell => (their_id, id),
    };
    Ok(Response::new()
        .add_events([placed, their_placed])
        .add_event(events::agreed(buyer, seller, &offer)))
}

/// Takes an offer back.
pub fn retract(
    deps: DepsMut<'_>,
    info: MessageInfo,
    device: u32,
    counterparty: u32,
    interval: Interval,
) -> Result<Response, ContractError> {
    let record = Context::load(deps.storage, deps.querier)?.device(device)?;
    is_owner(deps.storage, device, &record, &info, interval)?;
    let of = OfferKey { device, counterparty };
    if Offer::load(deps.storage, interval, of)?.is_none() {
        return Err(ContractError::UnknownOffer {
            device,
            counterparty,
            interval,
        });
    }
    Offer::remove(deps.storage, interval, of);
    Ok(Response::new().add_event(events::retracted(interval, of)))
}

/// What both sides of an agreement have in common.
struct Sides<'a> {
    context: &'a Context<'a>,
    params: &'a Params,
    env: &'a Env,
    interval: Interval,
}

impl Sides<'_> {
    /// A price-taking order of one side.
    fn order(&self, of: OfferKey, bus: u16, offer: &Offer) -> BookOrder {
        let limit = match offer.side {
            Side::Buy => self.params.price_cap,
            Side::Sell => self.params.price_floor,
        };
        BookOrder {
            bus,
            terms: offer.side.terms(limit),
            quantity: offer.quantity,
            at_reference: false,
            agreed: Some(Agreed {
                price: offer.price,
                counterparty: of.counterparty,
                slot: 0,
                difference: NetMoney::ZERO,
            }),
        }
    }

    /// Checks one side's order, the gate included; brings the device's margin up to date.
    fn admit(
        &self,
        storage: &mut dyn Storage,
        of: OfferKey,
        device: &DeviceSummary,
        offer: &Offer,
    ) -> Result<Admitted, ContractError> {
        trades(self.context, of.device, device)?;
        let now = self.context.params_now(self.env)?;
        let placing = Placing::of(storage, self.context, &now, of.device, device, self.interval)?;
        placing.gate(self.params, self.interval, self.env.block.time.seconds())?;
        let order = self.order(of, device.bus, offer);
        placing.admit(storage, self.params, self.interval, order)
    }

    /// Keeps an offer whose order could enter the book; it locks nothing.
    fn offer(
        &self,
        storage: &mut dyn Storage,
        of: OfferKey,
        device: &DeviceSummary,
        offer: &Offer,
    ) -> Result<(), ContractError> {
        self.admit(storage, of, device, offer)?;
        let max = self.params.steps_per_device;
        let replaces = Offer::load(storage, self.interval, of)?.is_some();
        let count = Offer::count(storage, self.interval, of.device);
        if !replaces && u32::try_from(count).map_or(true, |count| count >= max) {
            return Err(ContractError::TooManyOffers {
                device: of.device,
                interval: self.interval,
                max,
            });
        }
        offer.save(storage, self.interval, of);
        Ok(())
    }

    /// Places one side's order and locks its coin.
    fn enter(
        &self,
        storage: &mut dyn Storage,
        of: OfferKey,
        device: &DeviceSummary,
        offer: &Offer,
    ) -> Result<(OrderId, Event), ContractError> {
        let admitted = self.admit(storage, of, device, offer)?;
        take_locks(storage, admitted.id.account, admitted.coin, admitted.energy)?;
        Ok((admitted.id, admitted.save(storage)))
    }
}

/// Tells an order where the other side's stands.
fn pair(storage: &mut dyn Storage, id: OrderId, other: OrderId) -> Result<(), ContractError> {
    let found = BookOrder::load(storage, id)?.ok_or(ContractError::Corrupt { what: "agreement" })?;
    let agreed = found.agreed.map(|agreed| Agreed {
        slot: other.slot,
        ..agreed
    });
    BookOrder { agreed, ..found }.save(storage, id);
    Ok(())
}
