//! Sides of a trade, and lists that come page by page.
#![allow(clippy::indexing_slicing, clippy::arithmetic_side_effects)]
use busbar_api::market::{Side, Terms};
use busbar_api::pages;
use busbar_units::Price;
use proptest::prelude::*;

#[test]
fn sides_have_their_terms_and_trade_with_each_other() {
    let limit = Price::new(-7);
    assert_eq!(Side::Buy.terms(limit), Terms::Buy { limit });
    assert_eq!(Side::Sell.terms(limit), Terms::Sell { limit });
    assert_eq!((Side::Buy.opposite(), Side::Sell.opposite()), (Side::Sell, Side::Buy));
}

#[test]
fn a_side_is_read_back_from_its_code() {
    assert_eq!((Side::Buy.code(), Side::Sell.code()), (0, 1));
    assert_eq!(
        [0, 1, 2].map(Side::from_code),
        [Some(Side::Buy), Some(Side::Sell), None]
    );
}

proptest! {
    #[test]
    fn pages_of_any_size_are_the_whole_list(count in 0usize..40, size in 1usize..10) {
        let entries: Vec<usize> = (0..count).collect();
        let page = |after: Option<usize>| {
            let first = after.map_or(0, |after| after + 1);
            Ok::<_, ()>(entries[first..].iter().copied().take(size).collect())
        };
        prop_assert_eq!(pages::all(|entry| *entry, page), Ok(entries.clone()));
    }

    #[test]
    fn an_error_of_a_page_is_that_of_the_list(good in 0usize..5) {
        let page = |after: Option<usize>| match after.map_or(0, |after| after + 1) {
            page if page < good => Ok(vec![page]),
            page => Err(page),
        };
        prop_assert_eq!(pages::all(|entry| *entry, page), Err(good));
    }
}
