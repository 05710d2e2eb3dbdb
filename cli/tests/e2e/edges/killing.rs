//! Who dies next.
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use busbar_chain::Edge;
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

use super::super::write;
use super::programs::{LIMIT, PAUSE, repository, state};
use super::victim::{Event, Tally, Victim};

/// Kills in all, at least.
const KILLS: u32 = 24;
/// Deaths of the node, at least.
const RESTARTS: u32 = 2;

/// Relay and crank, started again and again.
pub struct Killing {
    pub relay: Victim,
    pub crank: Victim,
    /// What the relay is handed.
    pub csv: PathBuf,
    pub random: ChaCha8Rng,
    pub tally: Tally,
    pub restarts: u32,
    pub began: Instant,
}

impl Killing {
    /// Until the goal is reached, and unless all is calm every edge was hit often enough; when calm until the relay has
    /// carried everything, too.
    pub fn until(&mut self, calm: bool, goal: impl Fn() -> bool) {
        let (mut ended, mut looked) = (!calm, Instant::now());
        loop {
            assert!(
                self.began.elapsed() < LIMIT,
                "not over after {LIMIT:?}: {:?}",
                self.tally.at
            );
            let event = match calm && ended {
                true => Event::Runs,
                false => self.relay.turn(&mut self.random, calm, &mut self.tally),
            };
            ended |= event == Event::Ended;
            // Whoever was told that a reading is stored has thrown it away.
            if event == Event::Killed(Edge::RelayAcknowledged) {
                write(&[], &self.csv);
            }
            // What it has just sent waits in the memory of the node.
            if event == Event::Killed(Edge::RelaySent) && self.restarts == 0 {
                self.restart_node();
            }
            self.crank.turn(&mut self.random, calm, &mut self.tally);
            let hit = self.relay.is_through() && self.crank.is_through() && self.tally.total() >= KILLS;
            if hit && ended && looked.elapsed() > Duration::from_secs(1) {
                if goal() {
                    return;
                }
                looked = Instant::now();
            }
            std::thread::sleep(PAUSE);
        }
    }

    /// The node dies without warning, and is started again.
    pub fn restart_node(&mut self) {
        let before = state();
        let node = &before["nodes"][0];
        let id = node["process"]["pid"].to_string();
        assert!(Command::new("kill").args(["-KILL", &id]).status().unwrap().success());
        let name = format!(
            "{}/{}",
            before["chain_id"].as_str().unwrap(),
            node["name"].as_str().unwrap()
        );
        let started = Command::new(repository("scripts/devnet"))
            .args(["start", &name])
            .status();
        assert!(started.unwrap().success(), "the node does not start again");
        assert_ne!(state()["nodes"][0]["process"], node["process"]);
        // Its first answers are about no state: until it has made a block, it is not back.
        let until = Instant::now() + LIMIT;
        let height = height_of(&name);
        while height_of(&name) <= height.max(Some(1)) {
            assert!(Instant::now() < until, "the node makes no block");
            std::thread::sleep(PAUSE);
        }
        self.restarts += 1;
        println!("the node was killed and started again, {:?}", self.began.elapsed());
    }

    pub fn report(&self) {
        for edge in Edge::ALL {
            let kills = self.tally.at.get(edge).copied().unwrap_or(0);
            println!("{:20} {kills:3}", edge.name());
            assert!(kills > 0, "nothing was killed at {edge}");
        }
        println!("{:20} {:3}", "at a moment", self.tally.moments);
        println!("{} kills, and {} of the node", self.tally.total(), self.restarts);
        assert!(self.tally.total() >= KILLS && self.restarts >= RESTARTS);
    }
}

/// Height of a node's last block; none while it does not answer.
fn height_of(name: &str) -> Option<u64> {
    let mut status = Command::new(repository("scripts/devnet"));
    let told = status.args(["status", "--json"]).output().unwrap();
    let chains: Value = serde_json::from_slice(&told.stdout).unwrap();
    let nodes = chains.as_array().unwrap().iter().flat_map(|chain| {
        let id = chain["chain_id"].as_str().unwrap();
        let nodes = chain["nodes"].as_array().unwrap().iter();
        nodes.map(move |node| {
            (
                format!("{id}/{}", node["name"].as_str().unwrap()),
                node["height"].as_u64(),
            )
        })
    });
    nodes.into_iter().find(|(of, _)| of == name).unwrap().1
}
