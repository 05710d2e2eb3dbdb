//! A program that is started again whenever it was killed.
use std::collections::{BTreeMap, VecDeque};
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use busbar_chain::Edge;
use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::super::Running;

/// A program that does not come to an edge of chance is killed where it is, no sooner than after so many milliseconds.
const MOMENT_MS: std::ops::Range<u64> = 4_000..12_000;
/// Passings of an edge of chance.
const PASSINGS: std::ops::RangeInclusive<u64> = 1..=3;
const KILL: i32 = 9;
/// Between the end of a program and its next life.
const PAUSE: Duration = Duration::from_secs(1);

/// Kills by edge, and those at a moment of chance.
#[derive(Default)]
pub struct Tally {
    pub at: BTreeMap<Edge, u32>,
    pub moments: u32,
}

impl Tally {
    pub fn total(&self) -> u32 {
        self.at.values().sum::<u32>() + self.moments
    }
}

/// What becomes of a program.
#[derive(Debug, PartialEq, Eq)]
pub enum Event {
    /// It works.
    Runs,
    /// It died at an edge.
    Killed(Edge),
    /// It died at a moment of chance.
    Moment,
    /// It did everything there was to do.
    Ended,
}

pub struct Victim {
    command: Command,
    program: &'static str,
    /// Edges that it has to die at, in order.
    due: VecDeque<Edge>,
    /// Edges of chance.
    chance: Vec<Edge>,
    run: Option<Run>,
    not_before: Instant,
}

/// One life of it.
struct Run {
    process: Running,
    edge: Option<Edge>,
    /// When it dies anyway.
    moment: Option<Instant>,
}

impl Victim {
    /// It has to die at each of its edges; then, by chance, at those from `again` on.
    pub fn new(program: &'static str, mut command: Command, again: Edge) -> Self {
        command.stdout(Stdio::null()).env("RUST_LOG", "error");
        Self {
            command,
            program,
            due: Edge::of(program).collect(),
            chance: Edge::of(program).filter(|edge| *edge >= again).collect(),
            run: None,
            not_before: Instant::now(),
        }
    }

    /// Whether it died at each of its edges.
    pub fn is_through(&self) -> bool {
        self.due.is_empty()
    }

    /// It has to die there next.
    pub fn must(&mut self, edge: Edge) {
        self.due.push_front(edge);
    }

    /// Looks what became of it, and starts it where it does not run; to be killed unless all is `calm`.
    pub fn turn(&mut self, random: &mut ChaCha8Rng, calm: bool, tally: &mut Tally) -> Event {
        let Some(run) = &mut self.run else {
            if Instant::now() >= self.not_before {
                self.start(random, calm);
            }
            return Event::Runs;
        };
        if let Some(status) = run.process.0.try_wait().unwrap() {
            let edge = run.edge;
            self.run = None;
            if status.signal() == Some(KILL) {
                let edge = edge.unwrap();
                self.due.retain(|due| *due != edge);
                *tally.at.entry(edge).or_default() += 1;
                return Event::Killed(edge);
            }
            // That the node was away is no reason to end.
            assert!(status.success(), "{} ended: {status}", self.program);
            let missed = edge.filter(|edge| self.due.contains(edge));
            assert_eq!(missed, None, "{} did all there is to do without it", self.program);
            self.not_before = Instant::now() + PAUSE;
            return Event::Ended;
        }
        if run.moment.is_some_and(|moment| Instant::now() >= moment) {
            // Its end drops it with a kill.
            self.run = None;
            tally.moments += 1;
            return Event::Moment;
        }
        Event::Runs
    }

    fn start(&mut self, random: &mut ChaCha8Rng, calm: bool) {
        let (mut edge, mut moment) = (self.due.front().copied(), None);
        let mut passings = 1;
        if edge.is_none() && !calm {
            edge = Some(self.chance[random.gen_range(0..self.chance.len())]);
            passings = random.gen_range(PASSINGS);
            moment = Some(Instant::now() + Duration::from_millis(random.gen_range(MOMENT_MS)));
        }
        match edge {
            Some(edge) => self.command.env("BUSBAR_KILL_AT", format!("{edge}:{passings}")),
            None => self.command.env_remove("BUSBAR_KILL_AT"),
        };
        self.run = Some(Run {
            process: Running(self.command.spawn().unwrap()),
            edge,
            moment,
        });
    }
}
