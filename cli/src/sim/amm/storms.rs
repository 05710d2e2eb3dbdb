//! Bad days, drawn onto a year of homes, and the grid's frequency.

use busbar_units::{Millihertz, Ppm, UnitsError, Wh};
use rand::Rng;
use rand::seq::index::sample;
use rand_chacha::ChaCha8Rng;

use super::flows::{Frequency, Storms, ppm};
use crate::demo::input::Homes;

/// Frequency that the grid is meant to have.
pub const NOMINAL: Millihertz = Millihertz::new(50_000);

const DAY: usize = 24;

/// Days of one kind, in any order.
fn days(random: &mut ChaCha8Rng, hours: usize, count: usize) -> Vec<usize> {
    let all = hours / DAY;
    sample(random, all, count.min(all)).into_vec()
}

/// Clouds over all roofs and steep evenings.
pub fn strike(homes: &mut Homes, storms: &Storms, random: &mut ChaCha8Rng) -> Result<(), UnitsError> {
    let starts_at = usize::from(homes.starts_at);
    let at = |day: usize, hour: usize| {
        let offset = hour.saturating_add(DAY).saturating_sub(starts_at) % DAY;
        day.saturating_mul(DAY).saturating_add(offset)
    };
    let cloudy = days(random, homes.hours, storms.cloudy_days);
    let steep = days(random, homes.hours, storms.ramp_days);
    for home in &mut homes.homes {
        for &day in &cloudy {
            for hour in 0..DAY {
                scale(&mut home.generation, at(day, hour), ppm(storms.generation_left))?;
            }
        }
        for &day in &steep {
            for hour in storms.ramp_from..storms.ramp_until {
                scale(&mut home.load, at(day, hour), ppm(storms.ramp_load))?;
            }
        }
    }
    Ok(())
}

fn scale(energies: &mut [Wh], hour: usize, share: Ppm) -> Result<(), UnitsError> {
    if let Some(energy) = energies.get_mut(hour) {
        *energy = share.of(*energy)?;
    }
    Ok(())
}

/// The frequency of every hour, and whether the hour is an event.
pub fn frequency(hours: usize, frequency: &Frequency, random: &mut ChaCha8Rng) -> Vec<(Millihertz, bool)> {
    let mut all = Vec::with_capacity(hours);
    let nominal = NOMINAL.get();
    for _ in 0..hours {
        let above = random.gen_range(0..=frequency.noise.saturating_mul(2));
        let value = nominal.saturating_add(above).saturating_sub(frequency.noise);
        all.push((Millihertz::new(value), false));
    }
    for _ in 0..frequency.events {
        let start = random.gen_range(0..hours);
        let low: bool = random.r#gen();
        let long = random.gen_range(1..=frequency.hours_most.max(1));
        let value = if low {
            nominal.saturating_sub(frequency.deviation)
        } else {
            nominal.saturating_add(frequency.deviation)
        };
        for entry in all.iter_mut().skip(start).take(long) {
            *entry = (Millihertz::new(value), true);
        }
    }
    all
}
