use super::action::{Action, any};
use super::pool::CallError;
use super::refusal::expected_sequence;
use super::{Grpc, Key, WATCHED};
use crate::{Chain, ChainError, SignedTx, TxHash};
use cosmos_sdk_proto::cosmos::auth::v1beta1::query_client::QueryClient as AuthClient;
use cosmos_sdk_proto::cosmos::auth::v1beta1::{BaseAccount, QueryAccountInfoRequest};
use cosmos_sdk_proto::cosmos::base::v1beta1::Coin;
use cosmos_sdk_proto::cosmos::crypto::secp256k1::PubKey;
use cosmos_sdk_proto::cosmos::tx::signing::v1beta1::SignMode;
use cosmos_sdk_proto::cosmos::tx::v1beta1::mode_info::{Single, Sum};
use cosmos_sdk_proto::cosmos::tx::v1beta1::service_client::ServiceClient as TxClient;
use cosmos_sdk_proto::cosmos::tx::v1beta1::{
    AuthInfo, Fee, ModeInfo, SignDoc, SignerInfo, SimulateRequest, TxBody, TxRaw,
};
use cosmos_sdk_proto::traits::Message as _;
use cosmwasm_std::Addr;
use tonic::{Code, Status};

impl Grpc {
    /// Signs a transaction of any actions: simulated, with gas and fee, the account's next sequence and a timeout
    /// height. Sends nothing.
    pub fn sign_actions(&mut self, account: &Addr, actions: &[Action]) -> Result<SignedTx, ChainError> {
        let Some(first) = actions.first() else {
            return Err(ChainError::NoMessage);
        };
        let kind = first.kind();
        let no_key = || ChainError::NoKey {
            account: account.clone(),
        };
        let key = self.keys.get(account).ok_or_else(no_key)?.clone();
        let base = self.base_account(account)?;
        let height = self.now()?.height;
        let overflow = ChainError::Overflow {
            field: "timeout height",
        };
        let timeout_height = height.checked_add(self.config.timeout_blocks).ok_or(overflow)?;
        let sequence = self
            .lanes
            .entry(account.clone())
            .or_default()
            .next(base.sequence, height);

        let body = TxBody {
            messages: actions.iter().map(|action| action.to_any(account)).collect(),
            timeout_height,
            ..TxBody::default()
        };
        let mut draft = Draft {
            body: body.encode_to_vec(),
            key,
            sequence,
            fee: Fee::default(),
        };
        self.check_size(draft.unsigned().encoded_len().saturating_add(SIGNATURE))?;
        let simulated = self.simulate(&mut draft)?;
        let gas_limit = self
            .gas
            .borrow()
            .limit(&kind, simulated)
            .map_err(|high| ChainError::GasTooHigh {
                simulated: high.simulated,
                ceiling: high.ceiling,
            })?;
        let fee = self
            .config
            .gas_price
            .fee(gas_limit)
            .ok_or(ChainError::Overflow { field: "fee" })?;
        draft.fee = Fee {
            // A fee of nothing is no coin: the chain refuses a zero.
            amount: (!fee.amount.is_zero())
                .then(|| Coin {
                    denom: fee.denom,
                    amount: fee.amount.to_string(),
                })
                .into_iter()
                .collect(),
            gas_limit,
            ..Fee::default()
        };
        let bytes = draft.signed(&self.config.chain_id, base.account_number);
        self.check_size(bytes.len())?;
        let hash = TxHash::of(&bytes);
        self.lanes
            .entry(account.clone())
            .or_default()
            .hold(sequence, timeout_height);
        let mut watched = self.watched.borrow_mut();
        if watched.len() >= WATCHED {
            watched.remove(0);
        }
        watched.push((hash, kind, simulated));
        Ok(SignedTx {
            bytes,
            hash,
            account: account.clone(),
            sequence,
            timeout_height,
        })
    }

    /// Number and sequence of an account as of the last block.
    pub(super) fn base_account(&self, account: &Addr) -> Result<BaseAccount, ChainError> {
        let request = QueryAccountInfoRequest {
            address: account.to_string(),
        };
        let answer = self.pool.call(|channel| {
            let request = request.clone();
            async move { AuthClient::new(channel).account_info(request).await }
        });
        let answer = answer.map_err(|error| {
            error.or(|status| match status.code() {
                Code::NotFound => ChainError::NoAccount {
                    account: account.clone(),
                },
                _ => ChainError::Address {
                    address: account.to_string(),
                },
            })
        })?;
        answer.info.ok_or_else(|| ChainError::NoAccount {
            account: account.clone(),
        })
    }

    /// Gas that the draft would use. The node may not know yet of transactions that hold the sequences before this one,
    /// and simulates no other than the next: then that one is simulated, which uses as much.
    fn simulate(&self, draft: &mut Draft) -> Result<u64, ChainError> {
        let failed = |status: Status| ChainError::WouldFail {
            text: status.message().to_owned(),
        };
        match self.simulated(draft) {
            Ok(gas) => Ok(gas),
            Err(CallError::Refused(status)) => {
                let Some(expected) = expected_sequence(status.message()) else {
                    return Err(failed(*status));
                };
                let sequence = std::mem::replace(&mut draft.sequence, expected);
                let gas = self.simulated(draft).map_err(|error| error.or(failed));
                draft.sequence = sequence;
                gas
            }
            Err(error) => Err(error.or(failed)),
        }
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

    fn check_size(&self, bytes: usize) -> Result<(), ChainError> {
        let limit = self.config.tx_bytes;
        if bytes > limit {
            return Err(ChainError::TooLarge { bytes, limit });
        }
        Ok(())
    }
}

/// Bytes that a signature adds.
const SIGNATURE: usize = 66;

/// A transaction that is being made.
struct Draft {
    body: Vec<u8>,
    key: Key,
    sequence: u64,
    fee: Fee,
}

impl Draft {
    fn auth_info(&self) -> Vec<u8> {
        let mode_info = ModeInfo {
            sum: Some(Sum::Single(Single {
                mode: SignMode::Direct.into(),
            })),
        };
        let signer = SignerInfo {
            public_key: Some(any(&PubKey { key: self.key.public() })),
            mode_info: Some(mode_info),
            sequence: self.sequence,
        };
        AuthInfo {
            signer_infos: vec![signer],
            fee: Some(self.fee.clone()),
            ..AuthInfo::default()
        }
        .encode_to_vec()
    }

    /// As a simulation takes it: with an empty signature.
    fn unsigned(&self) -> TxRaw {
        TxRaw {
            body_bytes: self.body.clone(),
            auth_info_bytes: self.auth_info(),
            signatures: vec![Vec::new()],
        }
    }

    fn signed(&self, chain_id: &str, account_number: u64) -> Vec<u8> {
        let document = SignDoc {
            body_bytes: self.body.clone(),
            auth_info_bytes: self.auth_info(),
            chain_id: chain_id.to_owned(),
            account_number,
        };
        let signature = self.key.sign(&document.encode_to_vec());
        TxRaw {
            body_bytes: document.body_bytes,
            auth_info_bytes: document.auth_info_bytes,
            signatures: vec![signature],
        }
        .encode_to_vec()
    }
}
