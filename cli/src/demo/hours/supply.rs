//! Who supplied whom in an hour that has become final, by the market's line of provenance.

use busbar_api::market::provenance::{Piece, Source, Use};
use busbar_api::market::{self, AccountResponse};
use busbar_units::Interval;

use super::Run;
use crate::demo::ask::ask;
use crate::demo::error::RunError;
use crate::demo::region::Region;
use crate::demo::result::Party;

/// Numbers of the homes' accounts in the market, in the homes' order.
pub(super) fn accounts(region: &Region) -> Result<Vec<u32>, RunError> {
    let number = |owner: &cosmwasm_std::Addr| {
        let address = owner.to_string();
        let account: AccountResponse = ask(
            region.chain(),
            &region.at.market,
            &market::QueryMsg::Account { address },
        )?;
        account.number.ok_or(RunError::Missing {
            what: "the account of a home",
        })
    };
    region.accounts.homes.iter().map(number).collect()
}

impl Run<'_> {
    /// Adds the line of an hour to the run's; intervals before the first hour have none.
    pub(super) fn supply(&mut self, interval: Interval) -> Result<(), RunError> {
        if interval < self.region.first {
            return Ok(());
        }
        let querier = self.region.querier();
        let line = market::raw::provenance(&querier.wrap(), &self.region.at.market, interval)?;
        let pieces = line.unwrap_or_default().pieces(interval)?;
        let (Some(ledger), accounts) = (&mut self.ledger, &self.accounts) else {
            return Err(RunError::Missing { what: "the ledger" });
        };
        for piece in &pieces {
            let (from, to) = (source(piece), sink(piece, accounts)?);
            ledger.supply.add(from, to, piece.supply.wh)?;
        }
        Ok(())
    }
}

/// The homes have the first numbers of the registry.
fn source(piece: &Piece) -> Party {
    match piece.supply.source {
        Source::Device { device } => Party::Home(usize::try_from(device).unwrap_or(usize::MAX)),
        Source::Bank { .. } => Party::Bank,
        Source::Utility {} => Party::Utility,
    }
}

fn sink(piece: &Piece, accounts: &[u32]) -> Result<Party, RunError> {
    match piece.demand.used {
        Use::Charge => Ok(Party::Bank),
        Use::Export => Ok(Party::Utility),
        Use::Redeemed | Use::Bought | Use::Unbought => {
            let home = accounts.iter().position(|account| *account == piece.demand.account);
            home.map(Party::Home).ok_or(RunError::Missing {
                what: "the home of an account on the line",
            })
        }
    }
}
