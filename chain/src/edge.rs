//! Named moments at which a program may be killed: between two effects that a crash can part.
//!
//! With the feature `edges`, which no release has, a program whose environment says `BUSBAR_KILL_AT=relay-sent:3` ends by
//! SIGKILL when it comes to that edge for the third time. Without the feature [`Edge::reached`] is nothing.
use std::fmt;

macro_rules! edges {
    ($($(#[$doc:meta])* $edge:ident = $name:literal,)*) => {
        /// A moment between two effects.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Edge {
            $($(#[$doc])* $edge,)*
        }

        impl Edge {
            /// Every edge there is.
            pub const ALL: &[Self] = &[$(Self::$edge),*];

            /// What the environment calls it; it begins with the program.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$edge => $name,)*
                }
            }
        }
    };
}

edges! {
    /// The relayer was handed readings; they are in the file, but not committed.
    RelayReceived = "relay-received",
    /// They are committed, and whoever handed them in has not been told.
    RelayStored = "relay-stored",
    /// Whoever handed them in has been told.
    RelayAcknowledged = "relay-acknowledged",
    /// Their signatures are checked; the verdicts are not committed.
    RelayJudged = "relay-judged",
    /// The verdicts are committed.
    RelayVerified = "relay-verified",
    /// Readings were chosen for a transaction; the choice is not committed.
    RelayChosen = "relay-chosen",
    /// The choice is committed; nothing is signed.
    RelayBatched = "relay-batched",
    /// The transaction is signed; the bytes are in memory alone.
    RelaySigned = "relay-signed",
    /// The bytes are committed; nothing is sent.
    RelayKept = "relay-kept",
    /// A node took the bytes; nothing says so here.
    RelaySent = "relay-sent",
    /// That it took them is committed.
    RelayBroadcast = "relay-broadcast",
    /// A block is known to hold them; nothing says so here.
    RelayIncluded = "relay-included",
    /// What became of each reading is in the file, but not committed.
    RelayConfirming = "relay-confirming",
    /// What became of each reading is committed.
    RelayConfirmed = "relay-confirmed",
    /// Old readings are deleted; the deletion is not committed.
    RelayPruning = "relay-pruning",
    /// The deletion is committed.
    RelayPruned = "relay-pruned",
    /// The crank knows a call to be due; nothing is signed.
    CrankDue = "crank-due",
    /// The call is signed; nothing is sent.
    CrankSigned = "crank-signed",
    /// A node took the call, or refused it; the answer of a block is not there.
    CrankSent = "crank-sent",
    /// A block holds the call; the next one is not looked for.
    CrankAnswered = "crank-answered",
    /// A step of a deployment is signed; the bytes are in memory alone.
    DeploySigned = "deploy-signed",
    /// The bytes are in the record; nothing is sent.
    DeployRecorded = "deploy-recorded",
    /// A node took the bytes, or refused them; the answer of a block is not there.
    DeploySent = "deploy-sent",
    /// A block holds the step; the record does not say so.
    DeployAnswered = "deploy-answered",
    /// The step was found on the chain; the record does not say so.
    DeployFound = "deploy-found",
}

impl Edge {
    /// The edges of a program, such as `relay`.
    pub fn of(program: &str) -> impl Iterator<Item = Self> {
        let of = move |edge: &Self| edge.name().split('-').next() == Some(program);
        Self::ALL.iter().copied().filter(of)
    }

    /// The program is here: its end, if the environment says so.
    #[inline]
    pub fn reached(self) {
        #[cfg(feature = "edges")]
        armed::reached(self);
    }
}

impl fmt::Display for Edge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(feature = "edges")]
mod armed {
    use super::Edge;
    use rustix::process::{Signal, getpid, kill_process};
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    /// The edge, and how often the program still comes to it, this time included.
    static ARMED: OnceLock<Option<(Edge, AtomicU64)>> = OnceLock::new();

    pub(super) fn reached(edge: Edge) {
        let armed = ARMED.get_or_init(|| {
            let text = std::env::var("BUSBAR_KILL_AT").ok()?;
            let (name, passings) = text.split_once(':')?;
            let edge = Edge::ALL.iter().copied().find(|edge| edge.name() == name)?;
            Some((edge, AtomicU64::new(passings.parse().ok()?)))
        });
        if let Some((at, left)) = armed
            && *at == edge
            && left.fetch_sub(1, Ordering::Relaxed) == 1
        {
            // Nobody catches this signal: nothing is flushed, closed or rolled back.
            let _ = kill_process(getpid(), Signal::KILL);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_edge_has_a_name_of_its_own_and_belongs_to_one_program() {
        let programs = ["relay", "crank", "deploy"];
        let listed: Vec<Edge> = programs.iter().flat_map(|program| Edge::of(program)).collect();
        assert_eq!(listed, Edge::ALL);
        let names: std::collections::BTreeSet<_> = Edge::ALL.iter().map(|edge| edge.name()).collect();
        assert_eq!(names.len(), Edge::ALL.len());
    }
}
