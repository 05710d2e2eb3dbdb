//! The comparison on the sample week.
#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing)]

use std::path::PathBuf;

use busbar_units::{Price, Wh};

use super::flows::{Designs, Flows, Index, per_kwh};
use super::run::{FIRST, knowledge, table};
use super::venue::Way;
use super::year::Year;
use super::{DAY, FLOWS, POOLS, compare, read};

fn sample() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../data/homes")
}

fn shipped() -> (Flows, Designs) {
    (read(None, FLOWS).unwrap(), read(None, POOLS).unwrap())
}

fn year() -> Year {
    Year::read(&sample(), &shipped().0).unwrap()
}

#[test]
fn the_shipped_files_compare_the_product_with_the_energy_pool() {
    let (flows, designs) = shipped();
    assert_eq!(flows.tuned_hours, 8760 * 3 / 4);
    let names: Vec<_> = designs.pool.iter().map(|design| design.name.as_str()).collect();
    assert_eq!((names.first(), names.last()), (Some(&"product"), Some(&"energy pool")));
    for design in &designs.pool {
        if let Some(spread) = &design.spread {
            spread.spread().check().unwrap();
        }
    }
}

#[test]
fn a_key_that_nothing_reads_is_refused() {
    let unknown = FLOWS.replace("seed =", "sede =");
    assert!(read::<Flows>(None, &unknown).is_err());
}

/// An interval has the auction's price, strictly between the tariffs, or one of the tariffs where nothing was traded.
#[test]
fn every_interval_is_confirmed_with_a_price() {
    let year = year();
    assert!(year.hours.iter().take(DAY).all(|hour| hour.price.is_none()));
    assert!(year.hours.iter().filter(|hour| hour.price.is_some()).count() > 24);
    for (at, hour) in year.hours.iter().enumerate() {
        let (import, export) = (hour.band.import(), hour.band.price(busbar_units::Ppm::ZERO));
        match hour.price {
            Some(price) => assert!(price == hour.next && export < price && price < import, "{at}"),
            None => assert!(hour.next == import || hour.next == export, "{at}"),
        }
        let traded = year.hours[at..].iter().find_map(|hour| hour.price);
        assert_eq!(Some(hour.traded), traded, "{at}");
    }
}

/// What a pool knows in an hour does not change with anything that happens in it or later.
#[test]
fn nothing_of_an_hour_is_known_before_it() {
    let (mut year, index) = (year(), shipped().1.index);
    let before = knowledge(&year, index).unwrap();
    let at = FIRST + 12;
    for hour in &mut year.hours[at..] {
        hour.price = Some(Price::new(1));
        hour.next = Price::new(1);
    }
    let after = knowledge(&year, index).unwrap();
    let told = |known: &[Option<super::venue::Public>]| {
        let known = known[at].unwrap();
        (known.anchor, known.expected, known.cap, known.volatility)
    };
    assert_eq!(told(&before), told(&after));
    assert_ne!(
        before[at + 1].map(|known| known.anchor),
        after[at + 1].map(|known| known.anchor)
    );
}

#[test]
fn the_follower_buys_and_sells_the_same_energy_every_day() {
    let (year, lot) = (year(), 2_000);
    let plans = table(&year, Wh::new(lot));
    assert_eq!(plans.len(), year.hours.len());
    let mut days = 0;
    for day in plans[(DAY - year.starts_at) % DAY..].chunks_exact(DAY) {
        let sum = |wanted: Way| {
            let of = |(way, energy): &(Way, Wh)| if *way == wanted { energy.get() } else { 0 };
            day.iter().flatten().map(of).sum::<u64>()
        };
        // Whole watt-hours: an even share of each hour rounds down.
        for energy in [sum(Way::Buy), sum(Way::Sell)] {
            assert!(energy <= lot && energy > lot - 24, "{energy}");
        }
        days += 1;
    }
    assert!(days >= 6);
}

/// The same files make the same figures, every pool traded, and the energy pool is nearer to the price that it did not
/// know and loses less than the constant product.
#[test]
fn a_comparison_is_repeatable_and_complete() {
    let ((flows, designs), year) = (shipped(), year());
    let outcomes = compare(&flows, &designs, &year, usize::MAX).unwrap();
    let again = compare(&flows, &designs, &year, usize::MAX).unwrap();
    let text = |outcomes| serde_json::to_string(outcomes).unwrap();
    assert_eq!(text(&outcomes), text(&again));
    assert_eq!(outcomes.len(), designs.pool.len());
    for outcome in &outcomes {
        assert!(
            outcome.tuned.volume > 0.0 && outcome.held_out.is_none(),
            "{}",
            outcome.pool
        );
        assert_eq!(outcome.losses.len(), year.hours.len() - FIRST - (DAY - 1));
        assert!((outcome.losses.last().unwrap() - outcome.tuned.loss).abs() < 1e-9);
        assert!(outcome.tuned.worst_hour >= 0.0 && outcome.tuned.effective_spread > 0.0);
    }
    let (product, pool) = (&outcomes[0], &outcomes[outcomes.len() - 1]);
    assert!(pool.tuned.price_error < product.tuned.price_error);
    assert!(pool.tuned.loss < product.tuned.loss);
    let report = super::report::text(&outcomes) + &super::report::targets(&outcomes);
    assert!(report.contains("energy pool against product") && !report.contains("nothing was tuned on"));
}

/// Yesterday's price is the expected one for those who look at yesterday alone.
#[test]
fn traders_go_by_the_same_hour_a_day_before() {
    let year = year();
    let known = knowledge(&year, Index::YESTERDAY).unwrap();
    let mut seen = 0;
    for (at, known) in known.iter().enumerate().skip(FIRST) {
        let (Some(known), now, before) = (known, year.hours[at], year.hours[at - DAY]) else {
            continue;
        };
        if let (Some(price), true) = (before.price, before.band == now.band) {
            assert!((per_kwh(known.expected) - per_kwh(price)).abs() < 2e-6);
            seen += 1;
        }
    }
    assert!(seen > 20);
}

#[test]
fn plots_are_drawn_of_every_pool() {
    let ((flows, designs), year) = (shipped(), year());
    let outcomes = compare(&flows, &designs, &year, usize::MAX).unwrap();
    let folder = tempfile::tempdir().unwrap();
    super::plot::write(folder.path(), &year, &outcomes).unwrap();
    let loss = std::fs::read_to_string(folder.path().join("loss.svg")).unwrap();
    assert_eq!(loss.matches("<path class=\"series p").count(), 2 * designs.pool.len());
    assert!(
        std::fs::read_to_string(folder.path().join("prices.svg"))
            .unwrap()
            .contains("energy pool")
    );
}
