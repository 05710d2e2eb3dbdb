//! A ring of lines on a real node: `busbar solve` proposes, the contract proves it, and the crank has it cleared.
//! `BUSBAR_DEVNET_RING` names the folder that records the region.
use busbar_units::Wh;
use std::io::{BufRead, BufReader};
use std::time::{Duration, Instant};

use super::homes::{Homes, setting};
use super::{LIMIT_S, Running, TRADED, of_region, record};

#[test]
#[ignore = "takes a region of its own: part of ci/e2e --full"]
fn a_solvers_proposal_clears_a_ring() {
    let deployments = setting("BUSBAR_DEVNET_RING");
    let mut homes = Homes::enrol(&deployments, [2, 3]);
    let interval = homes.first.plus(2).unwrap();
    homes.trade(interval, Wh::new(TRADED), [100_000, 180_000]);
    let [mut solve, _crank] = [("solve", 6), ("crank", 5)].map(|(command, account)| {
        let mut command = of_region(command, account, &deployments);
        command.args(["--every-s", "1"]);
        Running::start(command)
    });
    let until = Instant::now() + Duration::from_secs(LIMIT_S);
    let record = loop {
        assert!(Instant::now() < until, "not cleared after {LIMIT_S} s");
        match record(&homes, interval) {
            Some(record) => break record,
            None => std::thread::sleep(Duration::from_millis(200)),
        }
    };
    assert!(!record.skipped);
    assert_eq!((record.bought, record.sold), (Wh::new(TRADED), Wh::new(TRADED)));
    assert_eq!(record.rent.get(), 0, "no line is full");
    let mut told = BufReader::new(solve.0.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok);
    let its = |line: &String| line.starts_with(&interval.to_string()) && line.contains("proposed");
    let line = told.find(its).unwrap();
    println!("{line}");
    assert!(line.ends_with("worth 80000000"), "{line}");
}
