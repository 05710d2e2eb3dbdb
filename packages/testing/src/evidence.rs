use busbar_api::certificates::{CertificateId, Evidence};
use busbar_api::grid;
use cosmwasm_std::StdError;

use crate::Region;

impl Region {
    /// What leads from a certificate back to its meter: the chain's answers, and the records that were handed in by
    /// [`Region::submit`] and accepted.
    pub fn evidence(&self, id: CertificateId) -> Evidence {
        let contracts = grid::raw::contracts(&self.q(), self.grid.address()).expect("contracts");
        let certificate = self.certificates.certificate(&self.q(), id).expect("a certificate");
        let archive = |interval, page| Ok(self.archive.get(&(interval, page)).cloned().unwrap_or_default());
        Evidence::of::<StdError>(&self.q(), &contracts, certificate, archive).expect("evidence")
    }
}
