//! A relayer in a process of its own, killed without warning: what it acknowledged is there.
use crate::fake::{FIRST, Fake, account, grid};
use crate::site::{Site, key, quick, reading};
use busbar_attestation::SignedReading;
use busbar_relayer::{IngestOutcome, Relayer, State};
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Set in the process that is to be killed: the queue's file.
const FILE: &str = "BUSBAR_TEST_QUEUE";
const PER_CALL: u32 = 5;

fn batch(number: u64) -> Vec<SignedReading> {
    (0..PER_CALL)
        .map(|device| reading(device, FIRST + number, 10 * number))
        .collect()
}

/// Not a test of its own: the process that [`what_was_acknowledged_survives_the_kill`] starts and kills.
#[test]
fn victim() {
    let Some(file) = std::env::var_os(FILE).map(PathBuf::from) else {
        return;
    };
    let mut chain = Fake::new();
    for device in 0..PER_CALL {
        chain.enrol(device, key(device).public_key(), FIRST);
    }
    chain.end_of(FIRST + 10_000);
    let mut relayer = Relayer::open(&file, quick(), &chain, &grid(), account()).unwrap();
    for number in 0.. {
        let outcomes = relayer.ingest(&batch(number)).unwrap();
        assert_eq!(outcomes, vec![IngestOutcome::Stored; PER_CALL as usize]);
        writeln!(std::io::stdout(), "acknowledged {number}").unwrap();
        relayer.verify(&chain).unwrap();
    }
}

#[test]
fn what_was_acknowledged_survives_the_kill() {
    for acknowledged in [1, 7, 40] {
        let mut site = Site::new(PER_CALL);
        site.close();
        let mut victim = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "kill::victim", "--nocapture"])
            .env(FILE, site.file())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(victim.stdout.take().unwrap()).lines();
        let sign = format!("acknowledged {}", acknowledged - 1);
        assert!(lines.by_ref().any(|line| line.unwrap().contains(&sign)));
        victim.kill().unwrap();
        victim.wait().unwrap();

        site.reopen();
        site.chain.end_of(FIRST + 10_000);
        let stored = site.relayer().open_readings() as u64;
        assert!(stored >= acknowledged * u64::from(PER_CALL), "{stored} stored");
        assert_eq!(stored % u64::from(PER_CALL), 0, "a call was stored in part");
        let sent: Vec<_> = (0..stored / u64::from(PER_CALL)).flat_map(batch).collect();
        let again = site.relayer().ingest(&sent).unwrap();
        assert!(
            again
                .iter()
                .all(|outcome| matches!(outcome, IngestOutcome::Duplicate { .. }))
        );
        site.drain();
        site.assert_exactly_once(&sent);
        assert_eq!(site.count(State::Confirmed), stored);
    }
}
