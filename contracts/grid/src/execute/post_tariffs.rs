//! What the utility charges and pays in intervals to come.
use std::collections::BTreeMap;

use busbar_api::grid::{bounds, raw, Region, Rules, Tariff, TariffPage, Times};
use busbar_units::Interval;
use cosmwasm_std::{DepsMut, Env, Response};

use crate::state::{first_needed, params_at, remove_before, rules, save_tariff_page, tariff_page, FOUNDED};
use crate::{events, ContractError};

pub fn post_tariffs(
    deps: DepsMut<'_>,
    env: &Env,
    from: Interval,
    tariffs: &[Tariff],
) -> Result<Response, ContractError> {
    let rules = rules(deps.storage)?;
    check_reach(&rules.region, env, from, tariffs.len())?;
    let posting = Posting {
        rules,
        founded: FOUNDED.load(deps.storage)?,
    };
    let mut pages: BTreeMap<u64, TariffPage> = BTreeMap::new();
    for (offset, tariff) in (0u64..).zip(tariffs) {
        let interval = from.plus(offset)?;
        let (number, slot) = TariffPage::locate(interval);
        let page = match pages.get_mut(&number) {
            Some(page) => page,
            None => pages.entry(number).or_insert(tariff_page(deps.storage, number)?),
        };
        posting.check(env.block.time.seconds(), interval, page.get(slot).is_some(), tariff)?;
        page.set(slot, *tariff);
    }
    for (number, page) in &pages {
        save_tariff_page(deps.storage, *number, page);
    }
    let needed = first_needed(deps.as_ref())?;
    let (page, _) = TariffPage::locate(needed);
    let (start, end) = (raw::tariff_page_key(0), raw::tariff_page_key(page));
    remove_before(deps.storage, &start, &end, 0);
    Ok(Response::new().add_event(events::tariffs_posted(from, tariffs.len())))
}

/// Bounds the work of this call and of the updates that compare posted tariffs.
fn check_reach(region: &Region, env: &Env, from: Interval, count: usize) -> Result<(), ContractError> {
    let max = bounds::TARIFFS_PER_POST;
    if count == 0 || count > max {
        return Err(ContractError::TariffCount { count, max });
    }
    let last = region.current_interval(env.block.time)?.plus(bounds::TARIFFS_AHEAD)?;
    let after = u64::try_from(count).unwrap_or(u64::MAX).saturating_sub(1);
    let interval = from.plus(after)?;
    if interval > last {
        return Err(ContractError::TariffTooFar { interval, last });
    }
    Ok(())
}

/// What decides whether one tariff may be posted.
struct Posting {
    rules: Rules,
    founded: Interval,
}

impl Posting {
    fn check(&self, now_s: u64, interval: Interval, posted: bool, tariff: &Tariff) -> Result<(), ContractError> {
        let params = params_at(&self.rules.versions, interval)?;
        let times = Times::of(&self.rules.region, params, interval)?;
        // The first horizon was open before anybody could post.
        let first = interval <= self.founded && !posted && now_s < times.closes_s;
        if now_s >= times.opens_s && !first {
            return Err(ContractError::TariffOpened {
                interval,
                opens_s: times.opens_s,
            });
        }
        tariff
            .validate(params)
            .map_err(|source| ContractError::Tariff { interval, source })
    }
}
