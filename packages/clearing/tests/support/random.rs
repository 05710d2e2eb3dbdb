//! Random markets of many kinds, the same ones every time.
use busbar_clearing::{Line, Network, Order, Side};
use busbar_units::{Price, Wh};

use super::{bounds, Market};

/// SplitMix64 (Steele, Lea, Flood 2014).
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low) as u64 + 1) as i64
    }

    pub fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len() as u64) as usize]
    }

    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for end in (1..items.len()).rev() {
            items.swap(end, self.below(end as u64 + 1) as usize);
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shape {
    OneBus,
    Chain,
    Star,
    Tree,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lines {
    Wide,
    Congested,
    Zero,
    Mixed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Book {
    Spread,
    Ties,
    AllOnePrice,
    Negative,
    OneSided,
    Single,
    Empty,
    Huge,
}

const SHAPES: [Shape; 4] = [Shape::OneBus, Shape::Chain, Shape::Star, Shape::Tree];
const LINES: [Lines; 3] = [Lines::Wide, Lines::Congested, Lines::Mixed];
const BOOKS: [Book; 6] = [
    Book::Spread,
    Book::Ties,
    Book::AllOnePrice,
    Book::Negative,
    Book::OneSided,
    Book::Huge,
];

/// What kind of market it is.
pub type Class = (Shape, Lines, Book);

/// The market of a seed. Most are small, so that ties and full lines meet; one in 50 is large.
pub fn market(seed: u64) -> (Class, Market) {
    let random = &mut Random(seed);
    let shape = random.pick(&SHAPES);
    // Kinds that hold little to get wrong are rarer.
    let lines = if random.below(16) == 0 {
        Lines::Zero
    } else {
        random.pick(&LINES)
    };
    let book = if random.below(32) == 0 {
        random.pick(&[Book::Single, Book::Empty])
    } else {
        random.pick(&BOOKS)
    };
    let large = random.below(50) == 0;
    let buses = match shape {
        Shape::OneBus => 1,
        _ if large => random.between(50, 907) as usize,
        _ => random.between(2, 9) as usize,
    };
    let network = network(random, shape, lines, buses);
    let count = match book {
        Book::Single => 1,
        Book::Empty => 0,
        _ if large => random.between(50, 600),
        _ => random.between(2, 24),
    };
    let only = random.pick(&[Side::Buy, Side::Sell]);
    let orders: Vec<Order> = (0..count)
        .map(|_| {
            let side = if book == Book::OneSided {
                only
            } else {
                random.pick(&[Side::Buy, Side::Sell])
            };
            order(random, book, side, buses)
        })
        .collect();
    let reach = if book == Book::Huge {
        0
    } else {
        random.pick(&[0, 0, 50])
    };
    let prices = || orders.iter().map(|order| order.price.get());
    let bounds = bounds(
        prices().min().unwrap_or(-40) - reach,
        prices().max().unwrap_or(100) + reach,
    );
    (
        (shape, lines, book),
        Market {
            network,
            orders,
            bounds,
        },
    )
}

fn order(random: &mut Random, book: Book, side: Side, buses: usize) -> Order {
    let price = match book {
        Book::Ties => random.between(-1, 2) * 10,
        Book::AllOnePrice => 7,
        Book::Negative => random.between(-60, -1),
        Book::Huge => random.pick(&[-(1 << 40), -1, 0, 1, 1 << 40]),
        _ => random.between(-40, 100),
    };
    let quantity = match book {
        Book::Huge => random.pick(&[1, (1 << 48) - 1, 1 << 48]),
        _ if random.below(4) == 0 => random.between(1, 3),
        _ => random.between(1, 60),
    };
    Order {
        bus: random.below(buses as u64) as usize,
        side,
        price: Price::new(price),
        quantity: Wh::new(quantity as u64),
    }
}

fn network(random: &mut Random, shape: Shape, lines: Lines, buses: usize) -> Network {
    // Names carry no meaning: bus numbers, line order and directions are drawn too.
    let mut names: Vec<usize> = (0..buses).collect();
    random.shuffle(&mut names);
    let mut built = Vec::new();
    for bus in 1..buses {
        let parent = match shape {
            Shape::OneBus | Shape::Star => 0,
            Shape::Chain => bus - 1,
            Shape::Tree => random.below(bus as u64) as usize,
        };
        let mut ends = [names[parent], names[bus]];
        random.shuffle(&mut ends);
        let [capacity, capacity_back] = [(); 2].map(|()| Wh::new(capacity(random, lines)));
        built.push(Line {
            from: ends[0],
            to: ends[1],
            capacity,
            capacity_back,
        });
    }
    random.shuffle(&mut built);
    let root = random.below(buses as u64) as usize;
    Network::new(buses, root, built).unwrap()
}

fn capacity(random: &mut Random, lines: Lines) -> u64 {
    match lines {
        Lines::Wide => 1 << 60,
        Lines::Congested => random.below(40),
        Lines::Zero => 0,
        Lines::Mixed => random.pick(&[0, 1, 5, 30, 1 << 40, 1 << 60]),
    }
}
