use busbar_api::certificates::{CertificateId, CertificateResponse, ExecuteMsg};
use busbar_api::pages;
use cosmwasm_std::{Addr, WasmMsg};

use crate::Region;

impl Region {
    /// A message to the certificates contract.
    pub fn to_certificates(&self, msg: &ExecuteMsg) -> WasmMsg {
        self.certificates.execute(msg).expect("a message")
    }

    /// Issues everything that is final, called by somebody whom nobody trusts.
    pub fn issue(&mut self) {
        let anyone = self.account("anyone");
        let end = busbar_api::market::raw::final_cursor(&self.q(), self.market.address()).expect("a cursor");
        while self.certificates.progress(&self.q()).expect("progress").interval < end {
            let issue = self.to_certificates(&ExecuteMsg::Issue { limit: None });
            self.must(&anyone, issue);
        }
    }

    /// All certificates of a device, by name.
    pub fn certificates_of(&self, device: u32) -> Vec<CertificateResponse> {
        let page = |after| self.certificates.by_device(&self.q(), device, None, after);
        pages::all(name, page).expect("certificates")
    }

    /// All certificates of an account, by name.
    pub fn certificates_owned(&self, owner: &Addr) -> Vec<CertificateResponse> {
        let page = |after| self.certificates.by_owner(&self.q(), owner, after);
        pages::all(name, page).expect("certificates")
    }
}

fn name(certificate: &CertificateResponse) -> CertificateId {
    certificate.id
}
