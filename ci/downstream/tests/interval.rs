//! An interval traded from outside, from signed meter readings to money.
use busbar_testing::Region;

#[test]
fn neighbours_trade_an_interval() {
    let mut region = Region::new();
    let [alice, bob] = ["alice", "bob"].map(|name| region.home(name, 5_000, 5_000));
    let interval = region.first_interval();
    region.sell(&alice, interval, 1_000, 140_000);
    region.buy(&bob, interval, 1_000, 140_000);
    region.clear(interval);
    region.deliver(interval, &[(&alice, 0, 1_000), (&bob, 1_000, 0)]);
    region.settle(interval);
    region.finalise(interval);
    assert_eq!(region.market.totals(&region.q()).unwrap().final_cursor, interval.plus(1).unwrap());
    assert_eq!(region.books(&alice.owner).balance.get(), 1_000_140_000);
    assert_eq!(region.books(&bob.owner).balance.get(), 999_860_000);
}
