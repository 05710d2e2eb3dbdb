use super::action::{Action, any};
use super::{Estimate, Grpc, Key, WATCHED};
use crate::{Chain, ChainError, SignedTx, TxHash};
use cosmos_sdk_proto::cosmos::auth::v1beta1::query_client::QueryClient as AuthClient;
use cosmos_sdk_proto::cosmos::auth::v1beta1::{BaseAccount, QueryAccountInfoRequest};
use cosmos_sdk_proto::cosmos::base::v1beta1::Coin;
use cosmos_sdk_proto::cosmos::crypto::secp256k1::PubKey;
use cosmos_sdk_proto::cosmos::tx::signing::v1beta1::SignMode;
use cosmos_sdk_proto::cosmos::tx::v1beta1::mode_info::{Single, Sum};
use cosmos_sdk_proto::cosmos::tx::v1beta1::{AuthInfo, Fee, ModeInfo, SignDoc, SignerInfo, TxBody, TxRaw};
use cosmos_sdk_proto::traits::Message as _;
use cosmwasm_std::Addr;
use tonic::Code;

impl Grpc {
    /// Signs a transaction of any actions: simulated, with gas and fee, the account's next sequence and a timeout
    /// height. Sends nothing.
    pub fn sign_actions(&mut self, account: &Addr, actions: &[Action]) -> Result<SignedTx, ChainError> {
        let key = self.key(account)?;
        let mut draft = self.draft(account, (actions, ""), key.public())?;
        let estimate = self.estimated(&mut draft)?;
        self.signed(draft, &key, &estimate)
    }

    /// Signs a transaction with the gas and the fee of an estimate, which the caller may have changed. Sends nothing.
    pub fn sign_estimated(
        &mut self,
        account: &Addr,
        actions: &[Action],
        note: &str,
        estimate: &Estimate,
    ) -> Result<SignedTx, ChainError> {
        let key = self.key(account)?;
        let draft = self.draft(account, (actions, note), key.public())?;
        self.signed(draft, &key, estimate)
    }

    fn key(&self, account: &Addr) -> Result<Key, ChainError> {
        let no_key = || ChainError::NoKey {
            account: account.clone(),
        };
        self.keys.get(account).cloned().ok_or_else(no_key)
    }

    /// A transaction with the account's next sequence and a timeout height, as it is simulated: without gas.
    pub(super) fn draft(
        &mut self,
        account: &Addr,
        (actions, note): (&[Action], &str),
        public: Vec<u8>,
    ) -> Result<Draft, ChainError> {
        let Some(first) = actions.first() else {
            return Err(ChainError::NoMessage);
        };
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
            memo: note.to_owned(),
            timeout_height,
            ..TxBody::default()
        };
        let draft = Draft {
            account: account.clone(),
            account_number: base.account_number,
            kind: first.kind(),
            timeout_height,
            body: body.encode_to_vec(),
            public,
            sequence,
            // The chain charges gas for taking a fee, and a simulation takes the one that it is given: the smallest.
            fee: Fee {
                amount: self.config.gas_price.fee(1).as_ref().map(coins).unwrap_or_default(),
                ..Fee::default()
            },
        };
        self.check_size(draft.unsigned().encoded_len().saturating_add(SIGNATURE))?;
        Ok(draft)
    }

    fn signed(&mut self, mut draft: Draft, key: &Key, estimate: &Estimate) -> Result<SignedTx, ChainError> {
        draft.fee = Fee {
            amount: coins(&estimate.fee),
            gas_limit: estimate.gas_limit,
            ..Fee::default()
        };
        let bytes = draft.signed(&self.config.chain_id, key);
        self.check_size(bytes.len())?;
        let Draft {
            account,
            kind,
            sequence,
            timeout_height,
            ..
        } = draft;
        let hash = TxHash::of(&bytes);
        self.lanes
            .entry(account.clone())
            .or_default()
            .hold(sequence, timeout_height);
        let mut watched = self.watched.borrow_mut();
        if watched.len() >= WATCHED {
            watched.remove(0);
        }
        watched.push((hash, kind, estimate.simulated));
        Ok(SignedTx {
            bytes,
            hash,
            account,
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

    fn check_size(&self, bytes: usize) -> Result<(), ChainError> {
        let limit = self.config.tx_bytes;
        if bytes > limit {
            return Err(ChainError::TooLarge { bytes, limit });
        }
        Ok(())
    }
}

/// A fee as a transaction holds it. One of nothing is no coin: the chain refuses a zero.
fn coins(fee: &cosmwasm_std::Coin) -> Vec<Coin> {
    let coin = (!fee.amount.is_zero()).then(|| Coin {
        denom: fee.denom.clone(),
        amount: fee.amount.to_string(),
    });
    coin.into_iter().collect()
}

/// Bytes that a signature adds.
const SIGNATURE: usize = 66;

/// A transaction that is being made.
pub(super) struct Draft {
    pub(super) account: Addr,
    account_number: u64,
    pub(super) kind: String,
    timeout_height: u64,
    body: Vec<u8>,
    public: Vec<u8>,
    pub(super) sequence: u64,
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
            public_key: Some(any(&PubKey {
                key: self.public.clone(),
            })),
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
    pub(super) fn unsigned(&self) -> TxRaw {
        TxRaw {
            body_bytes: self.body.clone(),
            auth_info_bytes: self.auth_info(),
            signatures: vec![Vec::new()],
        }
    }

    fn signed(&self, chain_id: &str, key: &Key) -> Vec<u8> {
        let document = SignDoc {
            body_bytes: self.body.clone(),
            auth_info_bytes: self.auth_info(),
            chain_id: chain_id.to_owned(),
            account_number: self.account_number,
        };
        let signature = key.sign(&document.encode_to_vec());
        TxRaw {
            body_bytes: document.body_bytes,
            auth_info_bytes: document.auth_info_bytes,
            signatures: vec![signature],
        }
        .encode_to_vec()
    }
}
