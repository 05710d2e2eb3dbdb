use super::pool::CallError;
use super::refusal::expected_sequence;
use super::sign::Draft;
use super::{Action, Grpc};
use crate::ChainError;
use cosmos_sdk_proto::cosmos::tx::v1beta1::SimulateRequest;
use cosmos_sdk_proto::cosmos::tx::v1beta1::service_client::ServiceClient as TxClient;
use cosmos_sdk_proto::traits::Message as _;
use cosmwasm_std::{Addr, Coin};
use tonic::Status;

/// Public key of the number 1, the curve's generator. It stands in a simulation for a key that is not at hand: a
/// simulation checks no signature, and what it costs is the same for every key.
const ANY_KEY: [u8; 33] = [
    0x02, 0x79, 0xbe, 0x66, 0x7e, 0xf9, 0xdc, 0xbb, 0xac, 0x55, 0xa0, 0x62, 0x95, 0xce, 0x87, 0x0b, 0x07, 0x02, 0x9b,
    0xfc, 0xdb, 0x2d, 0xce, 0x28, 0xd9, 0x59, 0xf2, 0x81, 0x5b, 0x16, 0xf8, 0x17, 0x98,
];

/// Simulations of one transaction, each with the sequence that the one before it was told to take.
const TRIES: usize = 4;

/// What a transaction may use, and what its sender pays for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Estimate {
    /// Gas that the simulation used.
    pub simulated: u64,
    /// Most gas that it may use.
    pub gas_limit: u64,
    /// The fee, whatever part of the gas is used.
    pub fee: Coin,
}

impl Grpc {
    /// Simulates a transaction, which may bear a note for whoever reads it: its gas and fee, or why it would fail. Needs no key, signs and sends nothing.
    pub fn estimate(&mut self, account: &Addr, actions: &[Action], note: &str) -> Result<Estimate, ChainError> {
        let public = self
            .keys
            .get(account)
            .map_or_else(|| ANY_KEY.to_vec(), |key| key.public());
        let mut draft = self.draft(account, (actions, note), public)?;
        self.estimated(&mut draft)
    }

    pub(super) fn estimated(&self, draft: &mut Draft) -> Result<Estimate, ChainError> {
        let simulated = self.simulate(draft)?;
        let gas_limit = self
            .gas
            .borrow()
            .limit(&draft.kind, simulated)
            .map_err(|high| ChainError::GasTooHigh {
                needed: high.needed,
                ceiling: high.ceiling,
            })?;
        let fee = self.config.gas_price.fee(gas_limit);
        Ok(Estimate {
            simulated,
            gas_limit,
            fee: fee.ok_or(ChainError::Overflow { field: "fee" })?,
        })
    }

    /// Gas that the draft would use. The node may not know yet of transactions that hold the sequences before this one,
    /// and simulates no other than the next: then that one is simulated, which uses as much.
    fn simulate(&self, draft: &mut Draft) -> Result<u64, ChainError> {
        let failed = |status: Status| ChainError::WouldFail {
            text: status.message().to_owned(),
        };
        let own = draft.sequence;
        let mut gas = Err(ChainError::Contended {
            account: draft.account.clone(),
        });
        for _ in 0..TRIES {
            match self.simulated(draft) {
                Err(CallError::Refused(status)) if expected_sequence(status.message()).is_some() => {
                    draft.sequence = expected_sequence(status.message()).unwrap_or(own);
                }
                answer => {
                    gas = answer.map_err(|error| error.or(failed));
                    break;
                }
            }
        }
        draft.sequence = own;
        gas
    }

    fn simulated(&self, draft: &Draft) -> Result<u64, CallError> {
        let tx_bytes = draft.unsigned().encode_to_vec();
        let answer = self.pool.call(|channel| {
            #[allow(deprecated, reason = "the message keeps the field that it replaced")]
            let request = SimulateRequest {
                tx: None,
                tx_bytes: tx_bytes.clone(),
            };
            async move { TxClient::new(channel).simulate(request).await }
        })?;
        Ok(answer.gas_info.unwrap_or_default().gas_used)
    }
}
