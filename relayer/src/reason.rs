use busbar_api::oracle::Outcome;
use std::fmt;

/// Why a reading was rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RejectReason {
    /// The signature is not the device's.
    Forged,
    /// The registry has no confirmed device of this number, or it had no meter in that interval.
    UnknownDevice,
    /// The interval ends too far ahead of the chain's clock.
    Future,
    /// The same record came twice before either was verified; the other one is on its way.
    Repeated,
    /// What the oracle said.
    Oracle(Outcome),
}

impl RejectReason {
    const OWN: [Self; 4] = [Self::Forged, Self::UnknownDevice, Self::Future, Self::Repeated];

    const fn place(self) -> &'static str {
        match self {
            Self::Oracle(_) => "oracle",
            _ => "relayer",
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Forged => "forged",
            Self::UnknownDevice => "unknown_device",
            Self::Future => "future",
            Self::Repeated => "repeated",
            Self::Oracle(outcome) => outcome.name(),
        }
    }

    /// Reads its text form.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let oracle = Outcome::ALL.into_iter().map(Self::Oracle);
        Self::OWN
            .into_iter()
            .chain(oracle)
            .find(|reason| reason.to_string() == text)
    }

    /// Whether the verdict is on the signature and not on the record: a true signature may still come.
    pub(crate) const fn is_about_signature(self) -> bool {
        matches!(self, Self::Forged | Self::Oracle(Outcome::Forged))
    }

    /// Whether the same record may be accepted later: the device may be confirmed or reinstated, time passes.
    pub(crate) const fn may_pass(self) -> bool {
        matches!(
            self,
            Self::UnknownDevice | Self::Future | Self::Oracle(Outcome::Suspended)
        )
    }
}

impl fmt::Display for RejectReason {
    /// Who rejected and why, as in `oracle/too_old`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.place(), self.name())
    }
}
