//! Ratings as capacities.
use busbar_clearing::MAX_CAPACITY;

use super::report::{CapacityReport, Worst};
use super::{ImportError, Options};
use crate::case::Case;
use crate::numbers::{floor, real};

/// Capacity of every branch in Wh per interval, and how it came about.
///
/// # Errors
/// [`ImportError::NoRating`], [`ImportError::Capacity`].
pub fn capacities(case: &Case, options: &Options) -> Result<(Vec<u64>, CapacityReport, Worst), ImportError> {
    let bare = || case.branches.iter().filter(|branch| branch.rating_mva.is_none());
    let without_rating = bare().count();
    if let (Some(first), None) = (bare().next(), options.rating_w) {
        return Err(ImportError::NoRating {
            branch: first.id.clone(),
            others: without_rating.saturating_sub(1),
        });
    }
    let factor = options.rating_scale * options.power_factor * (1.0 - options.loss_margin) / options.peak_to_mean;
    let given = options.rating_w.map_or(0.0, real);
    let mut worst = Worst::default();
    let mut capacities = Vec::with_capacity(case.branches.len());
    for branch in &case.branches {
        let watt = branch.rating_mva.map_or(given, |mva| mva * 1e6);
        let wh = watt * factor * options.hours();
        let whole = floor(wh).filter(|whole| (1..=MAX_CAPACITY.get()).contains(whole));
        let whole = whole.ok_or_else(|| ImportError::Capacity {
            branch: branch.id.clone(),
            wh,
            max: MAX_CAPACITY.get(),
        })?;
        let relative = 1.0 - real(whole) / wh;
        if relative > worst.relative {
            worst = Worst {
                relative,
                line: branch.id.clone(),
            };
        }
        capacities.push(whole);
    }
    let report = CapacityReport {
        power_factor: options.power_factor,
        rating_scale: options.rating_scale,
        loss_margin: options.loss_margin,
        peak_to_mean: options.peak_to_mean,
        interval_s: options.interval_s,
        factor,
        without_rating,
        smallest_wh: capacities.iter().copied().min().unwrap_or(0),
        largest_wh: capacities.iter().copied().max().unwrap_or(0),
    };
    Ok((capacities, report, worst))
}
