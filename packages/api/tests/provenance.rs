//! Laws of the line of provenance.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]
use std::collections::BTreeMap;

use busbar_api::market::provenance::{Draw, Feed, Line, Piece, ProvenanceError, Source, Storage, Use};
use busbar_units::{Interval, Ppm, Wh};
use proptest::prelude::*;

fn energy() -> impl Strategy<Value = u64> {
    prop_oneof![2 => Just(0u64), 2 => Just(1u64), 6 => 0u64..5_000, 1 => Just(1 << 48)]
}

prop_compose! {
    fn line()(
        feeds in prop::collection::vec((0u32..80, energy(), energy()), 0..12),
        draws in prop::collection::vec((1u32..60, energy(), energy(), energy()), 0..12),
        bank in prop::option::of((energy(), energy())),
    ) -> Line {
        let mut line = Line::new(0);
        line.storage = bank.map(|(charge, discharge)| Storage {
            device: 90,
            account: 70,
            charge: Wh::new(charge),
            discharge: Wh::new(discharge),
            efficiency: Ppm::ONE,
        });
        for (device, fed, sold) in feeds {
            let account = 100 + device;
            line.feed(Feed { device, account, fed: Wh::new(fed), sold: Wh::new(sold) }).unwrap();
        }
        for (account, drawn, bought, redeemed) in draws {
            let [drawn, bought, redeemed] = [drawn, bought, redeemed].map(Wh::new);
            line.draw(Draw { account, drawn, bought, redeemed }).unwrap();
        }
        line.close();
        line
    }
}

fn at(interval: u64) -> Interval {
    Interval::new(interval)
}

fn sum<'a>(pieces: impl IntoIterator<Item = &'a Piece>) -> u64 {
    pieces.into_iter().map(|piece| piece.demand.wh.get()).sum()
}

fn by<K: Ord>(pieces: &[Piece], key: impl Fn(&Piece) -> K) -> BTreeMap<K, u64> {
    let mut sums = BTreeMap::new();
    for piece in pieces {
        *sums.entry(key(piece)).or_default() += piece.demand.wh.get();
    }
    sums
}

proptest! {
    /// Each source gives exactly what it fed, each sink gets exactly what it drew, and the utility is the balance.
    #[test]
    fn both_sides_add_up_and_the_utility_is_the_balance(line in line(), interval in any::<u64>()) {
        let pieces = line.pieces(at(interval)).unwrap();
        let charge = line.storage.map_or(0, |storage| storage.charge.get());
        let drawn = line.draws().iter().map(|draw| draw.drawn.get()).sum::<u64>() + charge;
        let fed = line.feeds().iter().map(|feed| feed.fed.get()).sum::<u64>() + line.discharge().get();
        prop_assert_eq!(sum(&pieces), drawn.max(fed));
        let sources = by(&pieces, |piece| piece.supply.source);
        for feed in line.feeds() {
            prop_assert_eq!(sources[&Source::Device { device: feed.device }], feed.fed.get());
        }
        let discharged = sources.get(&Source::Bank { device: 90 }).copied().unwrap_or(0);
        prop_assert_eq!(discharged, line.discharge().get());
        let imported = sources.get(&Source::Utility {}).copied().unwrap_or(0);
        prop_assert_eq!(imported, drawn.saturating_sub(fed));
        let sinks = by(&pieces, |piece| piece.demand.account);
        for draw in line.draws() {
            prop_assert_eq!(sinks[&draw.account], draw.drawn.get());
        }
        prop_assert_eq!(sinks.get(&70).copied().unwrap_or(0), charge);
        prop_assert_eq!(sinks.get(&0).copied().unwrap_or(0), fed.saturating_sub(drawn));
    }

    /// Pieces lie end to end, none is empty, and the Wh of one source are numbered without gap or overlap.
    #[test]
    fn each_wh_has_exactly_one_source_and_one_number(line in line(), interval in any::<u64>()) {
        let pieces = line.pieces(at(interval)).unwrap();
        let (mut end, mut numbers) = (0, BTreeMap::<Source, u64>::new());
        for (index, piece) in (0u32..).zip(&pieces) {
            prop_assert_eq!((piece.index, piece.at.get()), (index, end));
            prop_assert_eq!(piece.supply.wh, piece.demand.wh);
            prop_assert!(!piece.demand.wh.is_zero());
            let next = numbers.entry(piece.supply.source).or_default();
            prop_assert_eq!(piece.supply.first.get(), *next);
            *next += piece.supply.wh.get();
            end += piece.supply.wh.get();
        }
        prop_assert!(pieces.len() <= line.supplies(at(interval)).unwrap().len() + line.demands(at(interval)).unwrap().len());
    }

    /// The answers for all accounts are the pieces, each once.
    #[test]
    fn sources_of_all_accounts_partition_all_sources(line in line(), interval in any::<u64>()) {
        let pieces = line.pieces(at(interval)).unwrap();
        let mut accounts: Vec<u32> = line.draws().iter().map(|draw| draw.account).collect();
        accounts.extend([0, 70]);
        let mut found: Vec<Piece> =
            accounts.iter().flat_map(|account| line.sources_of(at(interval), *account).unwrap()).collect();
        found.sort_by_key(|piece| piece.index);
        prop_assert_eq!(found, pieces);
    }

    /// What was redeemed in Wh comes out of the bank, and the bank gives to nobody else while something is.
    #[test]
    fn what_was_redeemed_has_the_bank_as_its_source(line in line(), interval in any::<u64>()) {
        let pieces = line.pieces(at(interval)).unwrap();
        let redeemed: Vec<&Piece> = pieces.iter().filter(|piece| piece.demand.used == Use::Redeemed).collect();
        let bank = Source::Bank { device: 90 };
        prop_assert!(redeemed.iter().all(|piece| piece.supply.source == bank));
        let asked: u64 = line.draws().iter().map(|draw| draw.redeemable().get()).sum();
        prop_assert_eq!(sum(redeemed), asked.min(line.discharge().get()));
    }

    /// The first of a row is the entry at the interval modulo their count; over as many intervals each is first once.
    #[test]
    fn rotation_puts_everybody_first_in_turn(count in 1u32..9, interval in 0u64..1_000) {
        let mut line = Line::new(0);
        for device in 0..count {
            line.feed(Feed { device: 3 * device, account: 1 + device, fed: Wh::new(2), sold: Wh::new(1) }).unwrap();
            line.draw(Draw { account: 50 + device, drawn: Wh::new(2), bought: Wh::new(1), redeemed: Wh::ZERO }).unwrap();
        }
        let n = u64::from(count);
        let first = u32::try_from(interval % n).unwrap();
        let supplies = line.supplies(at(interval)).unwrap();
        let order: Vec<Source> = supplies.iter().map(|supply| supply.source).collect();
        let expected: Vec<Source> =
            (0..count).map(|place| Source::Device { device: 3 * ((first + place) % count) }).collect();
        prop_assert_eq!(&order[..expected.len()], &expected[..]);
        prop_assert_eq!(&order[expected.len()..], &expected[..]);
        let demands = line.demands(at(interval)).unwrap();
        prop_assert_eq!(demands[0].account, 50 + first);
        let firsts: std::collections::BTreeSet<u32> =
            (0..n).map(|later| line.demands(at(interval + later)).unwrap()[0].account).collect();
        prop_assert_eq!(firsts.len(), order.len() / 2);
    }

    #[test]
    fn packed_lines_read_back(line in line()) {
        prop_assert_eq!(Line::decode(&line.encode()).unwrap(), line);
    }

    #[test]
    fn cut_or_lengthened_lines_are_refused(line in line(), cut in any::<prop::sample::Index>()) {
        let mut bytes = line.encode();
        let short = cut.index(bytes.len());
        prop_assert!(Line::decode(&bytes[..short]).is_err());
        bytes.push(0);
        prop_assert!(Line::decode(&bytes).is_err());
    }
}

fn feed(device: u32, fed: u64, sold: u64) -> Feed {
    Feed {
        device,
        account: device + 10,
        fed: Wh::new(fed),
        sold: Wh::new(sold),
    }
}

fn draw(account: u32, drawn: u64, bought: u64, redeemed: u64) -> Draw {
    Draw {
        account,
        drawn: Wh::new(drawn),
        bought: Wh::new(bought),
        redeemed: Wh::new(redeemed),
    }
}

/// One interval by hand: a roof sold 300 and fed 500, the bank gives 100 of which 60 were redeemed, two homes draw.
#[test]
fn a_line_drawn_by_hand() {
    let mut line = Line::new(0);
    line.storage = Some(Storage {
        device: 9,
        account: 4,
        charge: Wh::new(50),
        discharge: Wh::new(100),
        efficiency: Ppm::ONE,
    });
    line.feed(feed(1, 500, 300)).unwrap();
    line.draw(draw(2, 400, 300, 60)).unwrap();
    line.draw(draw(3, 250, 0, 0)).unwrap();
    let pieces: Vec<_> = line
        .pieces(at(4))
        .unwrap()
        .into_iter()
        .map(|piece| {
            let from = match piece.supply.source {
                Source::Device { device } => format!("device {device}"),
                Source::Bank { device } => format!("bank {device}"),
                Source::Utility {} => "utility".to_owned(),
            };
            (
                from,
                piece.supply.sold,
                piece.supply.first.get(),
                piece.demand.account,
                piece.demand.used,
                piece.demand.wh.get(),
            )
        })
        .collect();
    let roof = || "device 1".to_owned();
    let bank = || "bank 9".to_owned();
    assert_eq!(
        pieces,
        [
            (bank(), true, 0, 2, Use::Redeemed, 60),
            (roof(), true, 0, 2, Use::Bought, 300),
            (bank(), true, 60, 4, Use::Charge, 40),
            (roof(), false, 300, 4, Use::Charge, 10),
            (roof(), false, 310, 2, Use::Unbought, 40),
            (roof(), false, 350, 3, Use::Unbought, 150),
            ("utility".to_owned(), true, 0, 3, Use::Unbought, 100),
        ]
    );
}

#[test]
fn an_empty_interval_has_an_empty_line() {
    let line = Line::new(7);
    assert_eq!(line.pieces(at(5)).unwrap(), []);
    assert_eq!(line.encode(), [7, 0, 0, 0]);
    let mut nobody = Line::new(7);
    nobody.feed(feed(1, 0, 500)).unwrap();
    nobody.draw(draw(2, 0, 300, 0)).unwrap();
    nobody.close();
    assert_eq!(nobody, line);
}

#[test]
fn devices_of_one_account_draw_as_one() {
    let mut line = Line::new(0);
    line.draw(draw(2, 0, 300, 0)).unwrap();
    line.draw(draw(2, 400, 0, 0)).unwrap();
    line.close();
    assert_eq!(line.draws(), [draw(2, 400, 300, 0)]);
}

#[test]
fn sums_that_do_not_fit_are_errors() {
    let mut line = Line::new(0);
    line.feed(feed(1, u64::MAX, 0)).unwrap();
    assert!(line.feed(feed(1, 1, 0)).is_err());
    line.feed(feed(2, 1, 0)).unwrap();
    assert!(matches!(line.pieces(at(0)), Err(ProvenanceError::Units(_))));
}

#[test]
fn a_line_of_descending_or_unknown_parts_is_refused() {
    // Distances that lead beyond the last number, and a storage tag that does not exist.
    assert!(Line::decode(&[7, 2, 0, 0]).is_err());
    let far = [7, 0, 2, 0xff, 0xff, 0xff, 0xff, 0x0f, 1, 1, 1, 0, 1, 1, 1, 0];
    assert!(Line::decode(&far).is_err());
}
