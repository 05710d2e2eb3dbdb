//! What happens on the street, by a seed: who orders what, and what flows. Node and embedded chain get the same.
use busbar_api::market::{NewOrder, Side, Terms};
use busbar_units::{Interval, Price, Wh};
use rand::Rng;
use rand_chacha::ChaCha8Rng;

/// Homes beside the bank's storage, which is device 0.
pub const HOMES: u32 = 8;
/// The home that banks, and redeems later.
const BANKING: u32 = 7;

/// One traded interval.
pub struct Part {
    pub interval: Interval,
    /// By device; none for the storage.
    pub orders: Vec<(u32, Terms, u64)>,
    /// Wh drawn and fed, by device.
    pub energy: Vec<[u64; 2]>,
}

/// An interval in which some buy, some sell, one banks or redeems, and nobody keeps to it.
pub fn part(random: &mut ChaCha8Rng, interval: Interval, redeems: bool) -> Part {
    let mut orders = Vec::new();
    let mut energy = vec![if redeems { [0, 150] } else { [200, 0] }];
    for device in 1..=HOMES {
        if device == BANKING {
            let (terms, wh, flow) = match redeems {
                true => (Terms::Redeem {}, 120, [200, 0]),
                false => (Terms::Bank {}, 250, [0, 300]),
            };
            orders.push((device, terms, wh));
            energy.push(flow);
            continue;
        }
        let side = match device {
            1 => Side::Sell,
            2 => Side::Buy,
            _ if random.gen_bool(0.5) => Side::Sell,
            _ => Side::Buy,
        };
        // A few prices for many: there are ties.
        let limit = Price::new(90_000 + 10_000 * random.gen_range(0..10));
        let wh = random.gen_range(200..900);
        orders.push((device, side.terms(limit), wh));
        let flow = wh + random.gen_range(0..200) - 100;
        energy.push(if side == Side::Buy { [flow, 0] } else { [0, flow] });
    }
    Part {
        interval,
        orders,
        energy,
    }
}

/// What a device orders in all of these intervals.
pub fn orders_of(parts: &[Part], device: u32) -> Vec<NewOrder> {
    let every = parts
        .iter()
        .flat_map(|part| part.orders.iter().map(|order| (part.interval, order)));
    let its = every.filter(|(_, (of, ..))| *of == device);
    its.map(|(interval, (_, terms, wh))| NewOrder {
        interval,
        terms: *terms,
        quantity: Wh::new(*wh),
        at_reference: false,
    })
    .collect()
}
