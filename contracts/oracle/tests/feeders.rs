//! The head balance by feeder, and ratings that are lowered where it keeps failing.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]
#[path = "../../registry/tests/common/mod.rs"]
mod common;

use busbar_api::grid::{Bus, Line, Network, Params};
use busbar_api::oracle::{ExecuteMsg, Feeder, PAGES_PER_PRUNE, UNMETERED_BUSES};
use busbar_api::registry;
use busbar_attestation::{Curve, DeviceKind};
use busbar_oracle::ContractError;
use busbar_units::{NetWh, Ppm, Watt, Wh};
use common::{at, refused, Meter, Region, DOMAIN};

/// utility - town, and from there two feeders: hill, and mill with the farm behind it.
fn network() -> Network {
    let line = |name: &str, from, to| Line::new(name, from, to, Wh::new(100_000));
    Network {
        buses: ["utility", "town", "hill", "mill", "farm"].map(Bus::new).into(),
        lines: vec![
            line("connection", 0, 1),
            line("north", 1, 2),
            line("south", 1, 3),
            line("lane", 3, 4),
        ],
        voltage: None,
    }
}

fn params() -> Params {
    Params {
        head_mismatches: 2,
        head_derating: Ppm::new(100_000),
        losses: Ppm::new(0),
        dispute_window: 0,
        ..common::params()
    }
}

const HILL: u16 = 2;
const MILL: u16 = 3;
const FARM: u16 = 4;

/// A home on the hill, one at the farm, and head meters of both feeders, with their baselines.
struct Village {
    region: Region,
    hill: Meter,
    farm: Meter,
    heads: [Meter; 2],
}

impl Village {
    fn new() -> Self {
        let mut region = Region::on(Some(network()), DOMAIN, params());
        let hill = home(&mut region, "A-1", HILL);
        let farm = home(&mut region, "B-1", FARM);
        let heads = [(HILL, "H-1"), (MILL, "H-2")].map(|(bus, name)| head(&mut region, name, bus));
        region.clock(at(3), 0);
        region.submit(&[&hill, &farm, &heads[0], &heads[1]].map(|meter| meter.reads(at(1), 0, 0)));
        Self {
            region,
            hill,
            farm,
            heads,
        }
    }

    /// Registers of an interval: the homes', then the head meters'.
    fn reads(&mut self, offset: u64, homes: [u64; 2], heads: [u64; 2]) {
        self.region.clock(at(offset + 1), 0);
        let [north, south] = &self.heads;
        let meters = [&self.hill, &self.farm, north, south];
        let readings = meters.into_iter().zip([homes, heads].concat());
        let readings = readings
            .map(|(meter, wh)| meter.reads(at(offset), wh, 0))
            .collect::<Vec<_>>();
        self.region.submit(&readings);
    }

    /// Prunes the interval before, with which this one is compared.
    fn compare(&mut self, offset: u64) {
        self.region.finalise(at(offset + 1));
        let bob = self.region.bob.clone();
        while self
            .region
            .oracle
            .prune_cursor(&self.region.querier())
            .unwrap()
            .interval
            < at(offset)
        {
            let cursor = self.region.oracle.prune_cursor(&self.region.querier()).unwrap();
            let prune = ExecuteMsg::Prune {
                interval: cursor.interval,
            };
            self.region.observe(&bob, &prune).unwrap();
        }
    }

    fn feeder(&self, bus: u16) -> Option<Feeder> {
        self.region.oracle.feeder(&self.region.querier(), bus).unwrap()
    }

    fn lower(&mut self, bus: u16) -> Result<(), busbar_registry::ContractError> {
        let bob = self.region.bob.clone();
        let lower = registry::ExecuteMsg::LowerFeeder { bus };
        self.region.register(&bob, &lower).map(|_| ())
    }

    fn ratings(&self, number: u32) -> (u64, u64) {
        let device = self.region.device(number);
        (device.usable_import.get(), device.usable_export.get())
    }
}

fn home(region: &mut Region, name: &str, bus: u16) -> Meter {
    let alice = region.alice.clone();
    region.join(&alice, Meter::new(Curve::Ed25519, name).at_bus(bus), None)
}

fn head(region: &mut Region, name: &str, bus: u16) -> Meter {
    let operator = region.operator.clone();
    let mut meter = Meter::new(Curve::Ed25519, name).kind(DeviceKind::HeadMeter).at_bus(bus);
    meter.endorsement.rated_import = Watt::new(1_000_000);
    region.join(&operator, meter, None)
}

#[test]
fn each_feeder_is_compared_with_its_own_head_meter() {
    let mut village = Village::new();
    assert_eq!(village.feeder(HILL), None);
    // 500 Wh on the hill that its home does not know of; the region's sum is off by the same.
    village.reads(2, [1_000, 700], [1_500, 700]);
    assert_eq!(village.region.interval(at(2)).unexplained, Some(NetWh::new(500)));
    village.compare(2);
    let hill = village.feeder(HILL).unwrap();
    assert_eq!((hill.interval, hill.unexplained.get()), (at(2), 500));
    assert_eq!((hill.mismatches, hill.strikes), (1, 0));
    let mill = village.feeder(MILL).unwrap();
    assert_eq!((mill.unexplained.get(), mill.mismatches), (0, 0));
    assert_eq!(village.feeder(FARM), None, "there is no head meter");
    // Too much in one and too little in the other cancel in the region's sum, but not by feeder.
    village.reads(3, [2_000, 1_400], [2_900, 1_000]);
    assert_eq!(village.region.interval(at(3)).unexplained, Some(NetWh::ZERO));
    village.compare(3);
    assert_eq!(village.feeder(HILL).unwrap().unexplained.get(), 400);
    assert_eq!(village.feeder(MILL).unwrap().unexplained.get(), -400);
    assert_eq!(village.feeder(MILL).unwrap().mismatches, 1);
    // 100 Wh are within the tolerance, and end the row.
    village.reads(4, [3_000, 2_100], [4_000, 1_800]);
    village.compare(4);
    assert_eq!(village.feeder(MILL).unwrap().unexplained.get(), 100);
    assert_eq!(village.feeder(MILL).unwrap().mismatches, 0);
}

#[test]
fn a_feeder_that_keeps_failing_has_its_ratings_lowered_and_no_other() {
    let mut village = Village::new();
    village.reads(2, [0, 0], [500, 0]);
    let late = home(&mut village.region, "A-2", HILL);
    village.compare(2);
    let nothing = |strikes| busbar_registry::ContractError::NothingToLower { bus: HILL, strikes };
    let refusal = |village: &mut Village, strikes| {
        let bob = village.region.bob.clone();
        let msg = registry::ExecuteMsg::LowerFeeder { bus: HILL };
        let error = refused(&mut village.region, |region| region.register(&bob, &msg));
        assert_eq!(error, nothing(strikes));
    };
    refusal(&mut village, 0);
    village.reads(3, [0, 0], [1_000, 0]);
    village.compare(3);
    let hill = village.feeder(HILL).unwrap();
    assert_eq!((hill.mismatches, hill.strikes, hill.struck), (0, 1, at(3)));
    // One that was confirmed in the meantime was not there.
    let before = [village.farm.number, late.number, village.heads[0].number].map(|number| village.ratings(number));
    village.lower(HILL).unwrap();
    assert_eq!(village.ratings(village.hill.number), (9_000, 7_200));
    let after = [village.farm.number, late.number, village.heads[0].number].map(|number| village.ratings(number));
    assert_eq!(before, after);
    // Once for each strike.
    refusal(&mut village, 1);
}

#[test]
fn ratings_are_raised_again_by_the_operator_alone_and_only_upwards() {
    use busbar_registry::ContractError;
    let mut village = Village::new();
    let (operator, alice) = (village.region.operator.clone(), village.region.alice.clone());
    for (offset, wh) in [(2, 500), (3, 1_000)] {
        village.reads(offset, [0, 0], [wh, 0]);
        village.compare(offset);
    }
    village.lower(HILL).unwrap();
    let number = village.hill.number;
    let raise = |import, export| registry::ExecuteMsg::RaiseRating {
        number,
        usable_import: Watt::new(import),
        usable_export: Watt::new(export),
    };
    let cases = [
        (
            &alice,
            raise(10_000, 8_000),
            ContractError::NotOperator { sender: alice.clone() },
        ),
        (
            &operator,
            raise(10_001, 8_000),
            ContractError::Rating {
                field: "usable_import",
                value: Watt::new(10_001),
                bound: Watt::new(10_000),
            },
        ),
        (
            &operator,
            raise(9_000, 7_199),
            ContractError::RatingBelow {
                field: "usable_export",
                value: Watt::new(7_199),
                bound: Watt::new(7_200),
            },
        ),
    ];
    for (sender, msg, expected) in cases {
        let error = refused(&mut village.region, |region| region.register(sender, &msg));
        assert_eq!(error, expected);
    }
    village.region.register(&operator, &raise(10_000, 8_000)).unwrap();
    assert_eq!(village.ratings(number), (10_000, 8_000));
}

#[test]
fn silence_neither_proves_a_feeder_nor_clears_it() {
    let mut village = Village::new();
    village.reads(2, [0, 0], [500, 0]);
    village.compare(2);
    // The home on the hill is silent in 3; the farm's feeder is compared all the same.
    village.region.clock(at(4), 0);
    let [north, south] = &village.heads;
    let readings = [
        north.reads(at(3), 1_000, 0),
        south.reads(at(3), 300, 0),
        village.farm.reads(at(3), 0, 0),
    ];
    village.region.submit(&readings);
    village.compare(3);
    let hill = village.feeder(HILL).unwrap();
    assert_eq!((hill.interval, hill.mismatches), (at(2), 1));
    assert_eq!(village.feeder(MILL).unwrap().unexplained.get(), 300);
    // A head meter that is silent: no comparison of its feeder. The gap of the home is late energy.
    village.region.clock(at(5), 0);
    let readings = [village.hill.reads(at(4), 0, 0), village.farm.reads(at(4), 0, 0)];
    village.region.submit(&readings);
    village.compare(4);
    assert_eq!(village.feeder(HILL).unwrap().interval, at(2));
    assert_eq!(village.feeder(MILL).unwrap().interval, at(3));
    // The next mismatch is the second in the row.
    village.reads(5, [0, 0], [2_000, 600]);
    village.reads(6, [0, 0], [2_500, 900]);
    village.compare(6);
    let hill = village.feeder(HILL).unwrap();
    assert_eq!((hill.interval, hill.strikes, hill.struck), (at(6), 1, at(6)));
}

#[test]
fn head_meters_below_another_do_not_count_twice_in_the_region() {
    let mut village = Village::new();
    let top = head(&mut village.region, "H-3", 1);
    village.region.clock(at(5), 0);
    let mut wh = 0;
    for offset in [4, 5, 6] {
        wh += 1_000;
        if offset > 4 {
            village.region.clock(at(offset + 1), 0);
        }
        let reading = top.reads(at(offset), 2 * wh, 0);
        village.region.submit(&[reading]);
        village.reads(offset, [wh, wh], [wh, wh]);
    }
    assert_eq!(village.region.interval(at(6)).unexplained, Some(NetWh::ZERO));
    village.compare(6);
    let feeders = [1, HILL, MILL].map(|bus| village.feeder(bus).unwrap());
    assert!(feeders.iter().all(|feeder| feeder.interval == at(6)));
    assert!(feeders.iter().all(|feeder| feeder.unexplained == NetWh::ZERO));
}

#[test]
fn what_is_declared_at_a_bus_explains_the_feeders_above_it() {
    let mut village = Village::new();
    let operator = village.region.operator.clone();
    let declare = |bus, net| ExecuteMsg::DeclareUnmetered {
        bus,
        net: NetWh::new(net),
    };
    village.region.observe(&operator, &declare(FARM, 500)).unwrap();
    village.region.observe(&operator, &declare(HILL, 50)).unwrap();
    let sum = village
        .region
        .oracle
        .unmetered(&village.region.querier(), at(4))
        .unwrap();
    assert_eq!(sum.get(), 550);
    village.reads(2, [0, 0], [0, 0]);
    village.reads(3, [0, 0], [0, 0]);
    village.reads(4, [1_000, 1_000], [1_050, 1_500]);
    assert_eq!(village.region.interval(at(4)).unexplained, Some(NetWh::ZERO));
    village.compare(4);
    assert_eq!(village.feeder(HILL).unwrap().unexplained, NetWh::ZERO);
    assert_eq!(village.feeder(MILL).unwrap().unexplained, NetWh::ZERO);
}

#[test]
fn a_declaration_names_a_bus_and_their_number_is_bounded() {
    let count = u16::try_from(UNMETERED_BUSES).unwrap() + 2;
    let lines = (1..count).map(|bus| Line::new(format!("line {bus}"), bus - 1, bus, Wh::new(1_000)));
    let network = Network {
        buses: (0..count).map(|bus| Bus::new(format!("bus {bus}"))).collect(),
        lines: lines.collect(),
        voltage: None,
    };
    let mut region = Region::on(Some(network), DOMAIN, params());
    let operator = region.operator.clone();
    let declare = |bus| ExecuteMsg::DeclareUnmetered {
        bus,
        net: NetWh::new(1),
    };
    let error = refused(&mut region, |region| region.observe(&operator, &declare(count)));
    assert_eq!(
        error,
        ContractError::UnknownBus {
            bus: count,
            buses: count
        }
    );
    for bus in 1..count - 1 {
        region.observe(&operator, &declare(bus)).unwrap();
    }
    let error = refused(&mut region, |region| region.observe(&operator, &declare(count - 1)));
    let max = UNMETERED_BUSES;
    assert_eq!(error, ContractError::TooManyUnmetered { bus: count - 1, max });
    // Where there is one, it can be replaced.
    region.observe(&operator, &declare(1)).unwrap();
}

#[test]
fn a_feeder_of_many_pages_is_compared_over_several_calls() {
    let mut region = Region::with(DOMAIN, params());
    let bob = region.bob.clone();
    let top = head(&mut region, "H-1", common::BUS);
    let pages = u32::try_from(PAGES_PER_PRUNE).unwrap() + 2;
    let mut meters = vec![top];
    for page in 1..pages {
        let owner = region.app.api().addr_make(&format!("owner {page}"));
        // The numbers between stay reserved.
        for slot in 1..64 {
            let filler = region.app.api().addr_make(&format!("filler {page} {}", slot / 32));
            region.reserve(&filler);
        }
        meters.push(region.join(&owner, Meter::new(Curve::Ed25519, &format!("P-{page}")), None));
        assert_eq!(meters.last().unwrap().number, page * 64);
    }
    let (top, homes) = meters.split_first().unwrap();
    let drawn = u64::from(pages - 1) * 100;
    for (offset, wh, head) in [(1, 0, 0), (2, 100, drawn + 321)] {
        region.clock(at(offset + 1), 0);
        let readings = homes.iter().map(|meter| meter.reads(at(offset), wh, 0));
        let readings = readings.chain([top.reads(at(offset), head, 0)]).collect::<Vec<_>>();
        region.submit(&readings);
    }
    region.finalise(at(3));
    for (interval, known) in [(0, false), (1, false), (1, true)] {
        region
            .observe(&bob, &ExecuteMsg::Prune { interval: at(interval) })
            .unwrap();
        let feeder = region.oracle.feeder(&region.querier(), common::BUS).unwrap();
        assert_eq!(feeder.map(|feeder| feeder.unexplained.get()), known.then_some(321));
    }
    // The second mismatch lowers the ratings, 64 numbers at a time.
    region.clock(at(4), 0);
    let readings = homes.iter().map(|meter| meter.reads(at(3), 100, 0));
    let readings = readings.chain([top.reads(at(3), drawn + 642, 0)]).collect::<Vec<_>>();
    region.submit(&readings);
    region.finalise(at(4));
    for _ in 0..2 {
        region.observe(&bob, &ExecuteMsg::Prune { interval: at(2) }).unwrap();
    }
    let lower = registry::ExecuteMsg::LowerFeeder { bus: common::BUS };
    for page in 0..pages {
        let lowered = homes
            .iter()
            .filter(|meter| region.device(meter.number).usable_import.get() == 9_000);
        assert_eq!(lowered.count(), usize::try_from(page).unwrap().saturating_sub(1));
        region.register(&bob, &lower).unwrap();
    }
    assert!(homes
        .iter()
        .all(|meter| region.device(meter.number).usable_export.get() == 7_200));
    let error = refused(&mut region, |region| region.register(&bob, &lower));
    let bus = common::BUS;
    assert_eq!(
        error,
        busbar_registry::ContractError::NothingToLower { bus, strikes: 1 }
    );
}
