//! The price between neighbours beside the utility's tariffs: hour by hour, or by hour of day for long runs.

use busbar_units::{NetWh, Price, UnitsError, Wh};

use super::parts::{Figure, Table};
use super::periods::{day_marks, hour_label, is_hourly};
use super::plot::{Plot, WIDTH, float, legend};
use crate::demo::format::{kwh, price as price_text};
use crate::demo::result::{HourResult, RunResult};

/// One step of the chart.
struct Step {
    label: String,
    import: Price,
    export: Price,
    market: Option<Price>,
    traded: Wh,
}

/// Hours in a day.
const DAY: usize = 24;

/// The figure.
pub fn figure(run: &RunResult) -> Result<String, UnitsError> {
    let hourly = is_hourly(run.hours.len());
    let starts_at = usize::from(run.setting.starts_at);
    let steps = if hourly {
        by_hour(&run.hours, starts_at)
    } else {
        by_hour_of_day(&run.hours, starts_at)?
    };
    let marks = if hourly {
        day_marks(steps.len(), starts_at)
    } else {
        (0..DAY)
            .step_by(3)
            .map(|hour| (hour, format!("{hour:02}:00")))
            .collect()
    };
    let value = |price: Price| float(i128::from(price.get())) / 1e6;
    let market = || steps.iter().map(|step| step.market.map(value));
    let import = || steps.iter().map(|step| value(step.import));
    let export = || steps.iter().map(|step| value(step.export));
    let plot = Plot::new(280.0, steps.len(), import().chain(export()).chain(market().flatten()));
    let drawing = [
        plot.value_axis("coin per kWh", 2),
        plot.step_labels(marks),
        plot.steps("use dashed", import().map(Some)),
        plot.steps("utility dotted", export().map(Some)),
        plot.steps("market", market()),
        legend(&[
            ("use dashed", "the utility asks"),
            ("market", "between neighbours"),
            ("utility dotted", "the utility pays"),
        ]),
    ];
    let rows = steps.iter().map(|step| {
        let market = step.market.map_or_else(|| "no trade".to_owned(), price_text);
        vec![
            step.label.clone(),
            price_text(step.import),
            market,
            price_text(step.export),
            kwh(step.traded),
        ]
    });
    let head = [
        "hour",
        "the utility asks",
        "between neighbours",
        "the utility pays",
        "traded, kWh",
    ];
    let table = Table {
        caption: format!("{}, coin per kWh", title(hourly)),
        head: head.map(str::to_owned).to_vec(),
        rows: rows.collect(),
        foot: None,
    };
    Ok(Figure {
        id: "price",
        title: title(hourly).to_owned(),
        summary: summary(run)?,
        drawing: drawing.concat(),
        width: WIDTH,
        height: plot.height,
        table,
    }
    .html())
}

fn title(hourly: bool) -> &'static str {
    if hourly {
        "The price, hour by hour"
    } else {
        "The price by hour of the day"
    }
}

fn summary(run: &RunResult) -> Result<String, UnitsError> {
    let hours = &run.hours;
    let trading: Vec<_> = hours.iter().filter(|hour| hour.price.is_some()).copied().collect();
    let Some(mean) = weighted(&trading, |hour| hour.price.unwrap_or(Price::ZERO), |hour| hour.traded)? else {
        return Ok("No energy was traded between neighbours in these hours.".to_owned());
    };
    // Behind a full line prices may leave the band.
    let band = match run.feeder {
        Some(_) => "",
        None => ", always between what the utility pays and what it asks",
    };
    Ok(format!(
        "Neighbours traded in {} of {} hours, on average at {} coin per kWh{band}.",
        trading.len(),
        hours.len(),
        price_text(mean)
    ))
}

fn by_hour(hours: &[HourResult], starts_at: usize) -> Vec<Step> {
    let step = |(position, hour): (usize, &HourResult)| Step {
        label: hour_label(position, starts_at),
        import: hour.import_tariff,
        export: hour.export_tariff,
        market: hour.price,
        traded: hour.traded,
    };
    hours.iter().enumerate().map(step).collect()
}

/// Means over all days, weighted by the energy traded, so that price and tariffs are those of the same hours; where
/// nothing was ever traded, the plain means of the tariffs.
fn by_hour_of_day(hours: &[HourResult], starts_at: usize) -> Result<Vec<Step>, UnitsError> {
    let first = |of_day: usize| of_day.saturating_add(DAY).saturating_sub(starts_at).rem_euclid(DAY);
    let mut steps = Vec::with_capacity(DAY);
    for of_day in 0..DAY {
        let same: Vec<_> = hours.iter().skip(first(of_day)).step_by(DAY).copied().collect();
        let traded = Wh::sum(same.iter().map(|hour| hour.traded))?;
        let weight = |hour: &HourResult| if traded.is_zero() { Wh::new(1) } else { hour.traded };
        let mean = |price: fn(&HourResult) -> Price| weighted(&same, price, weight);
        steps.push(Step {
            label: format!("{of_day:02}:00"),
            import: mean(|hour| hour.import_tariff)?.unwrap_or(Price::ZERO),
            export: mean(|hour| hour.export_tariff)?.unwrap_or(Price::ZERO),
            market: mean(|hour| hour.price.unwrap_or(Price::ZERO))?.filter(|_| !traded.is_zero()),
            traded,
        });
    }
    Ok(steps)
}

/// The weighted mean of prices; none where the weights sum to nothing.
fn weighted(
    hours: &[HourResult],
    price: impl Fn(&HourResult) -> Price,
    weight: impl Fn(&HourResult) -> Wh,
) -> Result<Option<Price>, UnitsError> {
    let (mut sum, mut weights) = (0i128, Wh::ZERO);
    for hour in hours {
        let net = NetWh::of(weight(hour), Wh::ZERO)?;
        sum = sum.saturating_add(i128::from(price(hour).get()).saturating_mul(i128::from(net.get())));
        weights = weights.add(weight(hour))?;
    }
    let mean = sum.checked_div_euclid(i128::from(weights.get()));
    Ok(mean.and_then(|mean| i64::try_from(mean).ok()).map(Price::new))
}
