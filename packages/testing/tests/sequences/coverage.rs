//! What became of the calls, by kind of message.
use std::collections::BTreeMap;
use std::fmt;

/// Calls of one kind.
#[derive(Clone, Debug, Default)]
pub struct Count {
    pub tried: u64,
    pub succeeded: u64,
    /// By the contract's error.
    pub refused: BTreeMap<String, u64>,
}

/// Calls of every kind.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    pub kinds: BTreeMap<String, Count>,
    /// What became of readings.
    pub readings: BTreeMap<String, u64>,
    pub sequences: u64,
    pub calls: u64,
}

impl Coverage {
    pub fn success(&mut self, kind: &str) {
        self.kinds.entry(kind.to_owned()).or_default().succeeded += 1;
    }

    pub fn tried(&mut self, kind: &str) {
        self.calls += 1;
        self.kinds.entry(kind.to_owned()).or_default().tried += 1;
    }

    pub fn refusal(&mut self, kind: &str, error: String) {
        let count = self.kinds.entry(kind.to_owned()).or_default();
        *count.refused.entry(error).or_default() += 1;
    }

    pub fn add(&mut self, other: Self) {
        self.sequences += other.sequences;
        self.calls += other.calls;
        for (kind, count) in other.kinds {
            let own = self.kinds.entry(kind).or_default();
            own.tried += count.tried;
            own.succeeded += count.succeeded;
            for (error, times) in count.refused {
                *own.refused.entry(error).or_default() += times;
            }
        }
        for (outcome, times) in other.readings {
            *self.readings.entry(outcome).or_default() += times;
        }
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} sequences, {} calls", self.sequences, self.calls)?;
        writeln!(f, "{:<34} {:>9} {:>9}  refused", "kind", "tried", "succeeded")?;
        for (kind, count) in &self.kinds {
            let mut refused: Vec<_> = count.refused.iter().collect();
            refused.sort_by_key(|(_, times)| std::cmp::Reverse(**times));
            let refused: Vec<String> = refused
                .iter()
                .map(|(error, times)| format!("{error} {times}"))
                .collect();
            writeln!(
                f,
                "{kind:<34} {:>9} {:>9}  {}",
                count.tried,
                count.succeeded,
                refused.join(", ")
            )?;
        }
        write!(f, "readings:")?;
        for (outcome, times) in &self.readings {
            write!(f, " {outcome} {times}")?;
        }
        writeln!(f)
    }
}
