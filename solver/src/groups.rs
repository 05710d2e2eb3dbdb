//! Orders of one bus, side and limit price are one step of the bus' curve.
use busbar_clearing::{Order, Side};
use busbar_units::Wh;

/// One step: equal orders taken together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Group {
    pub bus: usize,
    pub side: Side,
    /// Limit price, millionths per kWh.
    pub price: f64,
    /// All of the orders' quantities, Wh.
    pub quantity: f64,
}

impl Group {
    /// +1 for a buy, -1 for a sell.
    pub fn sign(&self) -> f64 {
        match self.side {
            Side::Buy => 1.0,
            Side::Sell => -1.0,
        }
    }

    /// What a Wh gains at a price, millionths per kWh; negative where it would lose.
    pub fn gain(&self, price: f64) -> f64 {
        self.sign() * (self.price - price)
    }
}

/// The steps of a market, bus by bus, each bus by rising price, buys before sells.
pub struct Groups {
    pub steps: Vec<Group>,
    /// Which step each order belongs to.
    of_order: Vec<usize>,
    /// For each bus the end of its steps.
    ends: Vec<usize>,
}

impl Groups {
    pub fn new(buses: usize, orders: &[Order]) -> Self {
        let key = |order: &Order| (order.bus, order.price, order.side);
        let mut numbers: Vec<usize> = (0..orders.len()).collect();
        numbers.sort_unstable_by_key(|&number| (key(&orders[number]), number));
        let mut steps: Vec<Group> = Vec::new();
        let mut of_order = vec![0; orders.len()];
        let mut ends = vec![0; buses];
        for equal in numbers.chunk_by(|&a, &b| key(&orders[a]) == key(&orders[b])) {
            let Some(first) = equal.first().map(|&number| &orders[number]) else {
                continue;
            };
            for &number in equal {
                of_order[number] = steps.len();
            }
            let quantity = equal.iter().map(|&number| orders[number].quantity.get() as f64).sum();
            steps.push(Group {
                bus: first.bus,
                side: first.side,
                price: first.price.get() as f64,
                quantity,
            });
            if let Some(end) = ends.get_mut(first.bus) {
                *end = steps.len();
            }
        }
        let mut reached = 0;
        for end in &mut ends {
            reached = reached.max(*end);
            *end = reached;
        }
        Self { steps, of_order, ends }
    }

    /// Positions of the steps of a bus.
    pub fn at(&self, bus: usize) -> std::ops::Range<usize> {
        let start = bus.checked_sub(1).map_or(0, |before| self.ends[before]);
        start..self.ends[bus]
    }

    /// What was filled of each step, dealt to its orders one after the other: verification shares it out again.
    pub fn split(&self, orders: &[Order], filled: &[i64]) -> Vec<Wh> {
        let mut left: Vec<u64> = filled.iter().map(|&wh| u64::try_from(wh).unwrap_or(0)).collect();
        let deal = orders.iter().zip(&self.of_order).map(|(order, &step)| {
            let fill = order.quantity.get().min(left[step]);
            left[step] -= fill;
            Wh::new(fill)
        });
        deal.collect()
    }
}
