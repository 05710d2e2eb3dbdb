#![allow(clippy::arithmetic_side_effects)]

use busbar_api::market::provenance::{Draw, Feed, Line, Source, Storage, Use};
use busbar_units::{Interval, Money, NetMoney, Ppm, Price, Watt, Wh};

use super::*;
use crate::demo::result::*;

/// A run of made-up homes with a sun that shines from 6 to 18 o'clock.
pub fn fixture(homes: usize, hours: usize) -> RunResult {
    let mut run = RunResult {
        setting: Setting {
            from: 0,
            starts_at: 0,
            seed: 1,
            tariff: "<pricing & co>.csv".to_owned(),
            export_share: "0.3".to_owned(),
            battery_usable: Wh::new(64_000),
            battery_power: Watt::new(50_000),
            battery_efficiency: Ppm::new(900_000),
        },
        homes: (1..=homes)
            .map(|number| HomeResult {
                name: format!("Building_{number}"),
                bill: NetMoney::new(i128::try_from(number).unwrap() * 1_700_000 - 3_000_000),
                plain_bill: NetMoney::new(i128::try_from(number).unwrap() * 2_000_000 - 2_000_000),
                fees: Money::new(12_000),
                ..HomeResult::default()
            })
            .collect(),
        hours: Vec::new(),
        supply: SupplyMatrix::new(homes),
        totals: Totals::default(),
        feeder: None,
        readings: Readings {
            submitted: 9,
            accepted: 9,
            ..Readings::default()
        },
        coin: CoinTotals::default(),
        tokens: Wh::ZERO,
        live: None,
    };
    for hour in 0..hours {
        let mut result = HourResult {
            import_tariff: Price::new(if hour % 24 < 16 { 220_000 } else { 540_000 }),
            export_tariff: Price::new(66_000),
            ..HourResult::default()
        };
        let mut line = Line::new(u32::MAX - 1);
        for home in 0..homes {
            let sun = u64::try_from([0, 300, 900, 1800, 2500, 1200][hour % 24 / 4]).unwrap()
                * (1 + u64::try_from(home % 3).unwrap())
                / 2;
            let load = 500 + 300 * u64::try_from((hour * 7 + home * 5) % 5).unwrap();
            let (out, into) = (sun.saturating_sub(load), load.saturating_sub(sun));
            let (exported, imported) = (Wh::new(out), Wh::new(into));
            let number = u32::try_from(home).unwrap();
            let feed = Feed {
                device: number,
                account: number,
                fed: exported,
                sold: exported,
            };
            line.feed(feed).unwrap();
            let draw = Draw {
                account: number,
                drawn: imported,
                bought: imported,
                redeemed: Wh::ZERO,
            };
            line.draw(draw).unwrap();
            let energy = &mut run.homes[home];
            energy.generation = energy.generation.add(exported).unwrap();
            energy.consumption = energy.consumption.add(imported).unwrap();
            result.gross_generation = result.gross_generation.add(Wh::new(sun)).unwrap();
            result.gross_consumption = result.gross_consumption.add(Wh::new(load)).unwrap();
            result.generation = result.generation.add(exported).unwrap();
            result.consumption = result.consumption.add(imported).unwrap();
        }
        let charge = result.generation.get().saturating_sub(result.consumption.get()) / 2;
        let discharge = result.consumption.get().saturating_sub(result.generation.get()) / 3;
        line.storage = Some(Storage {
            device: u32::try_from(homes).unwrap(),
            account: u32::MAX,
            charge: Wh::new(charge),
            discharge: Wh::new(discharge),
            efficiency: Ppm::ONE,
        });
        line.close();
        for piece in line.pieces(Interval::new(u64::try_from(hour).unwrap())).unwrap() {
            let from = match piece.supply.source {
                Source::Device { device } => Party::Home(usize::try_from(device).unwrap()),
                Source::Bank { .. } => Party::Bank,
                Source::Utility {} => Party::Utility,
            };
            let to = match piece.demand.used {
                Use::Charge => Party::Bank,
                Use::Export => Party::Utility,
                _ => Party::Home(usize::try_from(piece.demand.account).unwrap()),
            };
            run.supply.add(from, to, piece.supply.wh).unwrap();
        }
        result.traded = result.generation.min(result.consumption);
        result.price =
            (!result.traded.is_zero()).then(|| Price::new(150_000 + 10_000 * i64::try_from(hour % 5).unwrap()));
        let totals = &mut run.totals;
        totals.generation = totals.generation.add(result.generation).unwrap();
        totals.consumption = totals.consumption.add(result.consumption).unwrap();
        totals.gross_generation = totals.gross_generation.add(result.gross_generation).unwrap();
        totals.gross_consumption = totals.gross_consumption.add(result.gross_consumption).unwrap();
        totals.traded = totals.traded.add(result.traded).unwrap();
        run.hours.push(result);
    }
    run
}

/// Every element that opens closes again, in order.
fn assert_well_formed(html: &str) {
    let mut open: Vec<String> = Vec::new();
    for tag in html
        .trim_start_matches("<!DOCTYPE html>")
        .split('<')
        .skip(1)
        .map(|rest| rest.split('>').next().unwrap())
    {
        let name = tag
            .trim_start_matches('/')
            .split(|c: char| !c.is_ascii_alphanumeric())
            .next()
            .unwrap()
            .to_owned();
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name));
        } else if !tag.ends_with('/') && !["br", "meta"].contains(&name.as_str()) {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "left open: {open:?}");
}

#[test]
fn page_is_well_formed_and_needs_nothing_from_outside() {
    for (homes, hours) in [(1, 1), (10, 192), (3, 24 * 40)] {
        let html = page(&fixture(homes, hours)).unwrap();
        assert_well_formed(&html);
        for outside in ["http:", "https:", "src=", "<script", "@import", "url(//"] {
            assert!(!html.contains(outside), "{outside}");
        }
        assert!(!html.contains("NaN") && !html.contains("inf"), "{homes} {hours}");
    }
}

#[test]
fn every_picture_has_title_sentence_and_numbers() {
    let html = page(&fixture(10, 192)).unwrap();
    let figures: Vec<_> = html.split("<figure").skip(1).collect();
    assert_eq!(figures.len(), 5);
    for figure in figures {
        let figure = figure.split("</figure>").next().unwrap();
        for part in [
            "<h2",
            "<p>",
            "role=\"img\"",
            "aria-label=\"",
            "<details>",
            "<table>",
            "<caption>",
            "scope=\"row\"",
        ] {
            assert!(figure.contains(part), "{part} in {figure:.80}");
        }
    }
}

#[test]
fn names_from_files_cannot_break_out() {
    let mut run = fixture(2, 30);
    run.homes[0].name = "<img src=x>\"'&".to_owned();
    let html = page(&run).unwrap();
    assert!(!html.contains("<img"));
    assert!(!html.contains("<pricing"));
    assert_well_formed(&html);
}

#[test]
fn long_runs_are_shown_by_day() {
    let html = page(&fixture(3, 24 * 40)).unwrap();
    assert!(html.contains("kWh per day") && html.contains("The price by hour of the day"));
    let html = page(&fixture(3, 48)).unwrap();
    assert!(html.contains("kWh per hour") && html.contains("The price, hour by hour"));
}
