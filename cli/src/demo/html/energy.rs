//! Generation and consumption over time, as the roofs and homes see it and as the meters see it.

use busbar_units::{UnitsError, Wh};

use super::parts::{Figure, Table, percent};
use super::periods::{Period, Periods};
use super::plot::{Plot, WIDTH, float, legend};
use crate::demo::format::kwh;
use crate::demo::result::RunResult;

/// What the roofs made and the homes used.
pub fn gross(run: &RunResult) -> Result<String, UnitsError> {
    let totals = &run.totals;
    let at_once = totals.gross_generation.sub(totals.generation)?;
    let summary = format!(
        "The roofs made {} kWh and the homes used {} kWh; {} of what a roof made was used under it in the same hour.",
        kwh(totals.gross_generation),
        kwh(totals.gross_consumption),
        percent(at_once.get(), totals.gross_generation.get())
    );
    chart(
        run,
        Chart {
            id: "gross",
            title: "Made on the roofs, used in the homes",
            summary,
            names: ["made on the roofs", "used in the homes"],
            pick: |period| (period.gross_generation, period.gross_consumption),
        },
    )
}

/// What the meters fed and drew: what there is to trade.
pub fn metered(run: &RunResult) -> Result<String, UnitsError> {
    let summary = format!(
        "Only what a home does not use itself passes its meter: {} kWh went out to the street and {} kWh came in.",
        kwh(run.totals.generation),
        kwh(run.totals.consumption)
    );
    chart(
        run,
        Chart {
            id: "metered",
            title: "Out to the street, in from the street",
            summary,
            names: ["out through the meters", "in through the meters"],
            pick: |period| (period.generation, period.consumption),
        },
    )
}

struct Chart {
    id: &'static str,
    title: &'static str,
    summary: String,
    names: [&'static str; 2],
    pick: fn(&Period) -> (Wh, Wh),
}

fn chart(run: &RunResult, chart: Chart) -> Result<String, UnitsError> {
    let periods = Periods::new(&run.hours, run.setting.starts_at)?;
    let in_kwh = |wh: Wh| float(i128::from(wh.get())) / 1000.0;
    let out = || periods.list.iter().map(|period| in_kwh((chart.pick)(period).0));
    let into = || periods.list.iter().map(|period| in_kwh((chart.pick)(period).1));
    let plot = Plot::new(280.0, periods.list.len(), out().chain(into()));
    let [out_name, into_name] = chart.names;
    let unit = periods.unit;
    let drawing = [
        plot.value_axis(&format!("kWh per {unit}"), usize::from(plot.step() < 1.0)),
        plot.step_labels(periods.marks()),
        plot.area("sun-fill", out()),
        plot.steps("sun", out().map(Some)),
        plot.steps("use dashed", into().map(Some)),
        legend(&[("sun", out_name), ("use dashed", into_name)]),
    ];
    let rows = periods.list.iter().map(|period| {
        let (out, into) = (chart.pick)(period);
        vec![period.label.clone(), kwh(out), kwh(into)]
    });
    let table = Table {
        caption: format!("{}, kWh per {unit}", chart.title),
        head: vec![unit.to_owned(), out_name.to_owned(), into_name.to_owned()],
        rows: rows.collect(),
        foot: None,
    };
    let (id, title, summary) = (chart.id, chart.title.to_owned(), chart.summary);
    Ok(Figure {
        id,
        title,
        summary,
        drawing: drawing.concat(),
        width: WIDTH,
        height: plot.height,
        table,
    }
    .html())
}
