//! One file per subject.
mod account;
mod auction;
mod book;
mod interval;
mod nodal;
mod offer;
mod power;
mod provenance;
mod seals;
mod standing;
mod totals;

pub use account::{account, accounts, margin};
pub use auction::auction;
pub use book::orders;
pub use interval::{interval, position};
pub use nodal::{flows, prices};
pub use offer::offers;
pub use power::{capped, references};
pub use provenance::{provenance, source_of};
pub use seals::seals;
pub use standing::standing;
pub use totals::totals;

/// Entries of a page.
fn page(limit: Option<u32>) -> usize {
    use busbar_api::market::MAX_PAGE;
    usize::try_from(limit.unwrap_or(MAX_PAGE).clamp(1, MAX_PAGE)).unwrap_or(1)
}
