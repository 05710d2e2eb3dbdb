//! Banking and redeeming by what the meters say.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]
use busbar_testing::units::{Money, Ppm, Price, Wh};
use busbar_testing::{Device, Region, Setup};

fn setup(usable: u64) -> Setup {
    Setup::hourly().with_bank(usable)
}

fn street(setup: Setup) -> (Region, Device, [Device; 2]) {
    let mut region = Region::with(setup);
    let storage = region.storage("bank", 5_000, 6_400);
    let homes = ["alice", "bob"].map(|name| region.home(name, 5_000, 5_000));
    (region, storage, homes)
}

/// One interval: requests, then registers of storage, Alice and Bob.
fn hour(
    region: &mut Region,
    devices: [&Device; 3],
    requests: impl FnOnce(&mut Region, busbar_testing::units::Interval),
    energies: [(u64, u64); 3],
) -> busbar_testing::market::IntervalResponse {
    let interval = region.first_interval();
    requests(region, interval);
    region.clear(interval);
    let energies: Vec<_> = devices
        .iter()
        .zip(energies)
        .map(|(device, (drawn, fed))| (*device, drawn, fed))
        .collect();
    region.deliver(interval, &energies);
    region.settle(interval)
}

fn tokens(region: &Region, device: &Device) -> u64 {
    region.books(&device.owner).energy.get()
}

#[test]
fn the_metered_charge_is_shared_pro_rata_over_what_was_fed() {
    let (mut region, storage, [alice, bob]) = street(setup(6_400));
    let settled = hour(
        &mut region,
        [&storage, &alice, &bob],
        |region, interval| {
            region.bank(&alice, interval, 900);
            region.bank(&bob, interval, 900);
        },
        [(400, 0), (0, 200), (0, 1_000)],
    );
    // Claims 200 and 900 share 400: 72.7 and 327.3.
    assert_eq!([tokens(&region, &alice), tokens(&region, &bob)], [73, 327]);
    assert_eq!((settled.banked.get(), settled.minted.get()), (400, 400));
    assert_eq!(region.energy_token.supply(&region.q()).unwrap(), Wh::new(400));
}

#[test]
fn charge_that_nobody_banked_is_the_storages_own() {
    let (mut region, storage, [alice, bob]) = street(setup(6_400));
    let settled = hour(
        &mut region,
        [&storage, &alice, &bob],
        |region, interval| region.bank(&alice, interval, 100),
        [(400, 0), (0, 300), (0, 0)],
    );
    assert_eq!((settled.banked.get(), settled.net.get()), (100, 100));
    let interval = settled_interval(&region);
    assert_eq!(region.paid(&storage, interval), 63_000);
    assert_eq!(region.paid(&alice, interval), -42_000);
}

fn settled_interval(region: &Region) -> busbar_testing::units::Interval {
    region.current_interval().minus(1).unwrap()
}

#[test]
fn efficiency_is_applied_once_and_rounded_down() {
    let mut setup = setup(6_400);
    setup.params.bank.as_mut().unwrap().efficiency = Ppm::new(900_000);
    let (mut region, storage, [alice, bob]) = street(setup);
    let settled = hour(
        &mut region,
        [&storage, &alice, &bob],
        |region, interval| {
            region.bank(&alice, interval, 99);
            region.bank(&bob, interval, 99);
        },
        [(198, 0), (0, 99), (0, 99)],
    );
    // 89.1 each.
    assert_eq!([tokens(&region, &alice), tokens(&region, &bob)], [89, 89]);
    assert_eq!((settled.banked.get(), settled.minted.get()), (198, 178));
}

#[test]
fn nothing_is_minted_beyond_the_usable_energy() {
    let mut setup = setup(500);
    setup.params.bank.as_mut().unwrap().efficiency = Ppm::new(900_000);
    let (mut region, storage, [alice, bob]) = street(setup);
    let settled = hour(
        &mut region,
        [&storage, &alice, &bob],
        |region, interval| region.bank(&alice, interval, 2_000),
        [(2_000, 0), (0, 2_000), (0, 0)],
    );
    // 556 Wh give 500; the rest is Alice's surplus and the storage's own draw.
    assert_eq!((settled.banked.get(), settled.minted.get()), (556, 500));
    assert_eq!(region.energy_token.supply(&region.q()).unwrap(), Wh::new(500));
}

/// Alice holds 1,000 Wh in the bank.
fn with_tokens() -> (Region, Device, [Device; 2]) {
    let (mut region, storage, homes) = street(setup(6_400));
    hour(
        &mut region,
        [&storage, &homes[0], &homes[1]],
        |region, interval| region.bank(&homes[0], interval, 1_000),
        [(1_000, 0), (0, 1_000), (0, 0)],
    );
    assert_eq!(tokens(&region, &homes[0]), 1_000);
    (region, storage, homes)
}

#[test]
fn what_is_short_is_redeemed_and_burned() {
    let (mut region, storage, [alice, bob]) = with_tokens();
    let settled = hour(
        &mut region,
        [&storage, &alice, &bob],
        |region, interval| region.redeem(&alice, interval, 600),
        [(0, 400), (400, 0), (0, 0)],
    );
    assert_eq!(
        (
            settled.redeemed.get(),
            settled.redeemed_in_coin.get(),
            settled.burned.get()
        ),
        (400, 0, 400)
    );
    let books = region.books(&alice.owner);
    assert_eq!((books.energy, books.energy_locked), (Wh::new(600), Wh::ZERO));
    assert_eq!(region.paid(&alice, settled_interval(&region)), 0);
    assert_eq!(region.energy_token.supply(&region.q()).unwrap(), Wh::new(600));
}

#[test]
fn what_the_storage_fails_to_discharge_it_pays() {
    let (mut region, storage, [alice, bob]) = with_tokens();
    let settled = hour(
        &mut region,
        [&storage, &alice, &bob],
        |region, interval| region.redeem(&alice, interval, 600),
        [(0, 100), (600, 0), (0, 0)],
    );
    assert_eq!(
        (
            settled.redeemed.get(),
            settled.redeemed_in_coin.get(),
            settled.burned.get()
        ),
        (100, 500, 600)
    );
    let interval = settled_interval(&region);
    // The utility delivered 500 Wh in its place, at 0.21.
    assert_eq!(
        [&alice, &storage].map(|device| region.paid(device, interval)),
        [0, 105_000]
    );
    assert_eq!(tokens(&region, &alice), 400);
}

#[test]
fn tokens_are_locked_from_the_order_on() {
    let (mut region, _, [alice, _]) = with_tokens();
    let interval = region.first_interval();
    region.redeem(&alice, interval, 600);
    let books = region.books(&alice.owner);
    assert_eq!((books.energy, books.energy_locked), (Wh::new(1_000), Wh::new(600)));
    region.withdraw_energy(&alice.owner, 400);
    let more = busbar_testing::market::ExecuteMsg::WithdrawEnergy { wh: Wh::new(1) };
    let more = region.to_market(&more);
    let error: busbar_market::ContractError = region.refused(&alice.owner, more);
    assert!(
        matches!(error, busbar_market::ContractError::InsufficientEnergy { .. }),
        "{error}"
    );
}

#[test]
fn a_retired_storage_redeems_in_coin_and_mints_nothing() {
    let (mut region, storage, [alice, bob]) = with_tokens();
    let interval = region.first_interval();
    region.redeem(&alice, interval, 300);
    region.bank(&bob, interval, 300);
    region.clear(interval);
    let operator = region.operator.clone();
    let retire = busbar_testing::registry::ExecuteMsg::Retire { number: storage.number };
    let retire = region.registry.execute(&retire).unwrap();
    region.must(&operator, retire);
    region.deliver(interval, &[(&alice, 300, 0), (&bob, 0, 300)]);
    let owner = region.books(&storage.owner).balance.get();
    let settled = region.settle(interval);
    assert_eq!(
        (
            settled.minted.get(),
            settled.redeemed.get(),
            settled.redeemed_in_coin.get()
        ),
        (0, 0, 300)
    );
    assert_eq!(region.paid(&alice, interval), 0);
    assert_eq!(tokens(&region, &alice), 700);
    let closed = region.finalise(interval);
    assert!(
        region.books(&storage.owner).balance.get() < owner,
        "the storage's owner pays what was redeemed"
    );
    assert_eq!(closed.uncollected, Money::ZERO);
}

#[test]
fn the_owner_earns_the_fee_and_posts_the_bond() {
    let mut setup = setup(6_400);
    let bank = setup.params.bank.as_mut().unwrap();
    (bank.fee, bank.bond) = (Price::new(50_000), Money::new(40_000_000));
    let (mut region, storage, [alice, bob]) = street(setup);
    let owner = storage.owner.clone();
    let refresh = region.to_market(&busbar_testing::market::ExecuteMsg::Refresh { device: storage.number });
    region.must(&bob.owner, refresh);
    let books = region.books(&owner);
    // 5 kWh at 1.00 in five intervals, and the bond.
    assert_eq!(books.margin, Money::new(25_000_000 + 40_000_000));
    let before = books.balance.get();
    hour(
        &mut region,
        [&storage, &alice, &bob],
        |region, interval| region.bank(&alice, interval, 500),
        [(500, 0), (0, 500), (0, 0)],
    );
    assert_eq!(region.books(&owner).balance.get(), before + 25_000);
    assert_eq!(region.paid(&alice, settled_interval(&region)), 25_000);
}

#[test]
fn nothing_is_minted_while_the_bond_is_not_covered() {
    let mut setup = setup(6_400);
    setup.params.bank.as_mut().unwrap().bond = Money::new(1_000_000_001);
    let (mut region, storage, [alice, bob]) = street(setup);
    let settled = hour(
        &mut region,
        [&storage, &alice, &bob],
        |region, interval| region.bank(&alice, interval, 500),
        [(500, 0), (0, 500), (0, 0)],
    );
    assert_eq!((settled.banked.get(), settled.minted.get()), (0, 0));
    region.deposit(&storage.owner, 1_000_000);
    let settled = hour(
        &mut region,
        [&storage, &alice, &bob],
        |region, interval| region.bank(&alice, interval, 500),
        [(500, 0), (0, 500), (0, 0)],
    );
    assert_eq!((settled.banked.get(), settled.minted.get()), (500, 500));
}

#[test]
fn nothing_is_minted_beyond_what_the_registered_storage_holds() {
    // The founder promised more than the storage of 6,400 Wh that was then registered.
    let (mut region, storage, [alice, bob]) = street(setup(50_000));
    let request = |region: &mut Region, interval| region.bank(&alice, interval, 4_000);
    let energies = [(4_000, 0), (0, 4_000), (0, 0)];
    let settled = hour(&mut region, [&storage, &alice, &bob], request, energies);
    assert_eq!(settled.minted, Wh::new(4_000));
    let settled = hour(&mut region, [&storage, &alice, &bob], request, energies);
    assert_eq!(settled.minted, Wh::new(2_400));
    assert_eq!(tokens(&region, &alice), 6_400);
}
