//! Too little gas.
use super::{Program, are_there_once, crank, file_with, handed_in, person, relay};
use crate::homes::{Homes, setting};
use crate::{TRADED, write};
use busbar_api::grid::REGION_BUS;
use std::path::Path;

#[test]
fn gas_that_does_not_suffice_is_told_and_raised_where_that_helps() {
    let folder = tempfile::tempdir().unwrap();
    let mut homes = Homes::enrol_of(&setting("BUSBAR_DEVNET_DEPLOYMENTS"), [REGION_BUS; 2], [5, 6]);
    a_person_is_told(&homes, folder.path());
    let last = homes.first.plus(1).unwrap();
    let readings = homes.read(last, TRADED);
    let csv = folder.path().join("readings.csv");
    write(&readings, &csv);

    // Under this ceiling no reading gets onto the chain: nothing is signed, and nothing is lost.
    let low = file_with("low", &[("max_gas", "100000")]);
    let mut failing = Program::start(relay(&low, folder.path(), Some(&csv)), folder.path(), "failing");
    failing.ends(1);
    let told = failing.told();
    assert!(
        told.contains(" gas, the ceiling is 100000: send less at once, or raise max_gas"),
        "{told}"
    );
    assert_eq!(handed_in(&homes, homes.first, last), (0, 0));

    // What a simulation used is not enough here: a block says so, and the next transaction gets more.
    let scarce = file_with("scarce", &[("gas_adjustment", "\"0.8\"")]);
    let mut crank = Program::start(crank(&scarce), folder.path(), "crank");
    let mut relay = Program::start(relay(&scarce, folder.path(), None), folder.path(), "relay");
    relay.ends(0);
    assert!(relay.told().contains("out of gas"), "{}", relay.told());
    are_there_once(&homes, &readings);
    crank.tells("out of gas");
    crank.prints("clear", 0);
    crank.runs();
    println!("{told}{}{}", relay.told(), crank.told());
    homes.retire();
}

fn a_person_is_told(homes: &Homes, folder: &Path) {
    let person = person(folder, 5);
    let before = homes.balances()[0];
    let deposit = ["deposit", "1.5", "-y"];
    // A node finds it out before a block does.
    let refused = person.run(&[&deposit[..], &["--gas", "30000"]].concat(), "");
    assert!(
        refused.code == 1 && refused.stderr.contains("the transaction was not taken: out of gas"),
        "{}",
        refused.stderr
    );
    let failed = person.run(&[&deposit[..], &["--gas-adjustment", "0.9"]].concat(), "");
    let advice = "only its fee is gone; give it more with --gas-adjustment 2 or a greater --gas";
    assert!(
        failed.code == 1 && failed.stderr.contains("out of gas") && failed.stderr.contains(advice),
        "{}",
        failed.stderr
    );
    assert_eq!(homes.balances()[0], before, "nothing came of either");
    let note = "for the \"winter\"";
    let sent = person.json(&[&deposit[..], &["--gas-adjustment", "1.5", "--note", note]].concat());
    assert_eq!(homes.balances()[0], before + 1_500_000);
    println!("{}{}{sent}", refused.stderr, failed.stderr);
}
