//! Another program signs with the accounts of relay and crank.
use super::{CRANK, Program, RELAYER, are_there_once, balance, connect, crank, file_with, relay, rival::Rival, until};
use crate::homes::{Homes, setting};
use crate::{TRADED, write};
use busbar_api::grid::REGION_BUS;

/// Transactions of the other program after which ours start.
const RIVALS: u64 = 5;

#[test]
fn a_second_signer_costs_time_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let mut homes = Homes::enrol_of(&setting("BUSBAR_DEVNET_DEPLOYMENTS"), [REGION_BUS; 2], [3, 4]);
    let last = homes.first.plus(1).unwrap();
    let readings = homes.read(last, TRADED);
    let csv = folder.path().join("readings.csv");
    write(&readings, &csv);
    let accounts = [RELAYER, CRANK].map(|account| connect(&[0], account).1);
    let before = accounts.each_ref().map(|account| balance(&homes, account));

    // The bytes of a sequence that another has used are sent again until their timeout height, which is near.
    let file = file_with("signer", &[("timeout_blocks", "5")]);
    let rivals = [RELAYER, CRANK].map(|account| Rival::signs(account, &homes.contracts.market));
    until("rivals", || rivals.iter().all(|rival| rival.sent() >= RIVALS));
    let mut relay = Program::start(relay(&file, folder.path(), Some(&csv)), folder.path(), "relay");
    let mut crank = Program::start(crank(&file), folder.path(), "crank");
    relay.tells("give each program its own account");
    crank.tells("give each program its own account");
    for rival in &rivals {
        rival.calm_down();
    }
    relay.ends(0);
    are_there_once(&homes, &readings);
    let from = crank.printed_bytes();
    crank.prints("clear", from);
    crank.runs();
    let landed = rivals.map(|rival| u128::from(rival.ends()));
    let after = accounts.each_ref().map(|account| balance(&homes, account));
    assert_eq!([after[0] - before[0], after[1] - before[1]], landed);
    println!(
        "second signers had {landed:?} transactions\n{}{}",
        relay.told(),
        crank.told()
    );
    homes.retire();
}
