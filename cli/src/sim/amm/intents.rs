//! What traders mean to do, drawn once: the same for every pool.

use busbar_units::Wh;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::flows::Flows;
use super::venue::Way;

/// A kind of trader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Noise,
    Flexible,
    Follower,
    Informed,
    Arbitrage,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Noise,
        Self::Flexible,
        Self::Follower,
        Self::Informed,
        Self::Arbitrage,
    ];

    /// As tables call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Noise => "noise",
            Self::Flexible => "flexible",
            Self::Follower => "table follower",
            Self::Informed => "informed",
            Self::Arbitrage => "arbitrage",
        }
    }
}

/// A trade without plan.
#[derive(Debug, Clone, Copy)]
pub struct Whim {
    pub way: Way,
    pub energy: Wh,
    /// The value in mind as a share of what stored energy, or energy in this hour, is worth; none for any price.
    pub limit: Option<(Reference, f64)>,
}

/// What a value in mind is derived from.
#[derive(Debug, Clone, Copy)]
pub enum Reference {
    Stored,
    Hour,
}

/// What traders mean to do in an hour.
#[derive(Debug, Clone)]
pub struct Intents {
    /// Who acts before whom.
    pub order: [Kind; 5],
    pub whims: Vec<Whim>,
    pub informed: bool,
    /// The premium that the hour's flexible device asks for, as a share of the worth of stored energy.
    pub premium: f64,
}

/// The intents of every hour.
pub fn draw(hours: usize, flows: &Flows) -> Vec<Intents> {
    // Another stream than that of the storms.
    let mut random = ChaCha8Rng::seed_from_u64(flows.seed.wrapping_add(1));
    (0..hours).map(|_| hour(flows, &mut random)).collect()
}

fn hour(flows: &Flows, random: &mut ChaCha8Rng) -> Intents {
    let noise = &flows.noise;
    let mut order = Kind::ALL;
    order.shuffle(random);
    let mut whims = Vec::new();
    for _ in 0..noise.trades {
        // Drawn whether it is used or not, so that one number of the file changes nothing but what it says.
        let comes = random.gen_range(0..1_000_000) < noise.chance;
        let way = if random.r#gen() { Way::Buy } else { Way::Sell };
        let energy = Wh::new(random.gen_range(noise.least..=noise.most));
        let any_price = random.gen_range(0..1_000_000) < noise.any_price;
        let reference = if random.r#gen() {
            Reference::Stored
        } else {
            Reference::Hour
        };
        let width = f64::from(noise.width) / 1e6;
        let value = 1.0 + width * random.gen_range(-1.0..1.0);
        if comes {
            let limit = (!any_price).then_some((reference, value));
            whims.push(Whim { way, energy, limit });
        }
    }
    Intents {
        order,
        whims,
        informed: random.gen_range(0..1_000_000) < flows.informed.chance,
        premium: f64::from(random.gen_range(flows.flexible.premium_least..=flows.flexible.premium_most)) / 1e6,
    }
}
