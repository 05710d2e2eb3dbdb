//! The integers agree with NumPy's floating point (`vectors.py`) within the stated rounding.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]
use busbar_risk::{imbalance_share, median_deviation, relative_change, weighted_median, Day, Decay, Joint, PeakHours};
use busbar_units::{Price, Wh};
use serde::Deserialize;

#[derive(Deserialize)]
struct Vectors {
    drawn: Vec<u64>,
    fed: Vec<u64>,
    price: Vec<i64>,
    share: Vec<i64>,
    change: Vec<i64>,
    days: Vec<Averages>,
    joint: Vec<Series>,
    medians: Vec<Medians>,
}

#[derive(Deserialize)]
struct Averages {
    base: i64,
    peak: i64,
}

#[derive(Deserialize)]
struct Series {
    decay: u32,
    x: Vec<i64>,
    y: Vec<i64>,
    steps: Vec<Step>,
}

#[derive(Deserialize)]
struct Step {
    at: usize,
    means: [String; 2],
    volatilities: [String; 2],
    covariance: String,
    correlation: Option<String>,
}

#[derive(Deserialize)]
struct Medians {
    values: Vec<i64>,
    weights: Vec<u128>,
    median: i64,
    deviation: u64,
}

fn vectors() -> Vectors {
    serde_json::from_str(include_str!("vectors.json")).unwrap()
}

fn number(text: &str) -> i128 {
    text.parse().unwrap()
}

fn close(ours: i128, theirs: &str, within: i128) {
    let theirs = number(theirs);
    assert!(
        (ours - theirs).abs() <= within,
        "{ours} and {theirs} differ by more than {within}"
    );
}

/// A mean is within a ten-thousandth of a unit, a volatility and a covariance within a millionth of it (and a few of
/// the last digits), a correlation within two millionths.
#[test]
fn averages_agree_with_numpy() {
    for series in vectors().joint {
        let decay = Decay::new(series.decay).unwrap();
        let mut joint = Joint::default();
        let mut steps = series.steps.into_iter().peekable();
        for (at, (x, y)) in series.x.into_iter().zip(series.y).enumerate() {
            joint = joint.with(x, y, decay).unwrap();
            let Some(step) = steps.next_if(|step| step.at == at) else {
                continue;
            };
            for (ewma, (mean, volatility)) in [joint.x, joint.y]
                .into_iter()
                .zip(step.means.iter().zip(&step.volatilities))
            {
                close(ewma.mean, mean, 100);
                let ours = i128::try_from(ewma.volatility()).unwrap();
                close(ours, volatility, 100 + ours / 1_000_000);
            }
            let covariance = joint.covariance / 1_000_000_000_000;
            close(covariance, &step.covariance, 1 + covariance.abs() / 1_000_000);
            match (joint.correlation(), step.correlation) {
                (Some(ours), Some(theirs)) => close(ours.get().into(), &theirs, 2),
                (ours, theirs) => assert_eq!((ours, theirs), (None, None)),
            }
        }
        assert!(steps.next().is_none(), "every step is compared");
    }
}

#[test]
fn shares_and_changes_agree_with_numpy() {
    let vectors = vectors();
    for ((drawn, fed), share) in vectors.drawn.iter().zip(&vectors.fed).zip(&vectors.share) {
        assert_eq!(imbalance_share(Wh::new(*drawn), Wh::new(*fed)).get(), *share);
    }
    for (pair, change) in vectors.price.windows(2).zip(&vectors.change) {
        assert_eq!(relative_change(Price::new(pair[0]), Price::new(pair[1])).get(), *change);
    }
}

#[test]
fn days_agree_with_numpy() {
    let vectors = vectors();
    let hours = PeakHours::new(8, 20).unwrap();
    let mut day = Day::new(0);
    for (at, (price, drawn)) in vectors.price.iter().zip(&vectors.drawn).enumerate() {
        let start_s = u64::try_from(at).unwrap() * 3_600;
        if Day::of(start_s) != day.number {
            day = Day::new(Day::of(start_s));
        }
        day = day.with(start_s, hours, Price::new(*price), Wh::new(*drawn)).unwrap();
        if at % 24 == 23 {
            let theirs = &vectors.days[at / 24];
            assert_eq!(day.base.mean(), Some(Price::new(theirs.base)));
            assert_eq!(day.peak.mean(), Some(Price::new(theirs.peak)));
        }
    }
}

#[test]
fn medians_agree_with_numpy() {
    for case in vectors().medians {
        let values: Vec<_> = case.values.into_iter().zip(case.weights).collect();
        assert_eq!(weighted_median(&values), Some(case.median));
        assert_eq!(median_deviation(&values, case.median), Some(case.deviation));
    }
}
