use super::pool::CallError;
use super::query::unexpected;
use super::refusal::{Answer, refusal};
use super::result::included;
use super::{Action, Grpc};
use crate::tx::code::SDK_OUT_OF_GAS;
use crate::{BroadcastError, Chain, ChainError, ChainTime, Message, SignedTx, TxHash, TxStatus};
use cosmos_sdk_proto::cosmos::bank::v1beta1::QueryBalanceRequest;
use cosmos_sdk_proto::cosmos::bank::v1beta1::query_client::QueryClient as BankClient;
use cosmos_sdk_proto::cosmos::base::abci::v1beta1::TxResponse;
use cosmos_sdk_proto::cosmos::base::node::v1beta1::StatusRequest;
use cosmos_sdk_proto::cosmos::base::node::v1beta1::service_client::ServiceClient as NodeClient;
use cosmos_sdk_proto::cosmos::tx::v1beta1::service_client::ServiceClient as TxClient;
use cosmos_sdk_proto::cosmos::tx::v1beta1::{BroadcastMode, BroadcastTxRequest, GetTxRequest};
use cosmos_sdk_proto::cosmwasm::wasm::v1::query_client::QueryClient as WasmClient;
use cosmos_sdk_proto::cosmwasm::wasm::v1::{QueryRawContractStateRequest, QuerySmartContractStateRequest};
use cosmwasm_std::{Addr, Coin, Uint128};
use tonic::{Code, Status};

impl Grpc {
    /// Gas that a transaction used, once a block holds it.
    pub fn gas_used(&self, hash: &TxHash) -> Result<Option<u64>, ChainError> {
        let response = self.tx_response(hash)?;
        Ok(response.and_then(|response| u64::try_from(response.gas_used).ok()))
    }

    fn tx_response(&self, hash: &TxHash) -> Result<Option<TxResponse>, ChainError> {
        let request = GetTxRequest { hash: hash.to_string() };
        let answer = self.pool.call(|channel| {
            let request = request.clone();
            async move { TxClient::new(channel).get_tx(request).await }
        });
        match answer {
            Ok(answer) => Ok(answer.tx_response),
            Err(CallError::Refused(status)) if status.code() == Code::NotFound => Ok(None),
            Err(error) => Err(error.or(unexpected)),
        }
    }

    fn refused(contract: &Addr) -> impl FnOnce(Status) -> ChainError {
        let contract = contract.clone();
        move |status| ChainError::Query {
            contract,
            text: status.message().to_owned(),
        }
    }

    /// Learns how much gas a kind of message takes, once per transaction.
    fn learn(&self, hash: &TxHash, used: u64, out_of_gas: bool) {
        let mut watched = self.watched.borrow_mut();
        let Some(at) = watched.iter().position(|(known, ..)| known == hash) else {
            return;
        };
        let (_, kind, simulated) = watched.remove(at);
        self.gas.borrow_mut().learn(&kind, simulated, used, out_of_gas);
    }
}

impl Chain for Grpc {
    fn chain_id(&self) -> &str {
        &self.config.chain_id
    }

    fn now(&self) -> Result<ChainTime, ChainError> {
        let answer = self
            .pool
            .call(|channel| async move { NodeClient::new(channel).status(StatusRequest {}).await });
        let status = answer.map_err(|error| error.or(unexpected))?;
        let seconds = status.timestamp.map_or(0, |time| time.seconds);
        Ok(ChainTime {
            height: status.height,
            unix_s: u64::try_from(seconds).map_err(|_| ChainError::Malformed {
                field: "time of the last block",
            })?,
        })
    }

    fn query_raw(&self, contract: &Addr, key: &[u8]) -> Result<Option<Vec<u8>>, ChainError> {
        let request = QueryRawContractStateRequest {
            address: contract.to_string(),
            query_data: key.to_vec(),
        };
        let answer = self.pool.call(|channel| {
            let request = self.dated(request.clone());
            async move { WasmClient::new(channel).raw_contract_state(request).await }
        });
        let data = answer.map_err(|error| error.or(Self::refused(contract)))?.data;
        // A contract cannot store an empty value.
        Ok((!data.is_empty()).then_some(data))
    }

    fn query_smart(&self, contract: &Addr, json: &[u8]) -> Result<Vec<u8>, ChainError> {
        let request = QuerySmartContractStateRequest {
            address: contract.to_string(),
            query_data: json.to_vec(),
        };
        let answer = self.pool.call(|channel| {
            let request = self.dated(request.clone());
            async move { WasmClient::new(channel).smart_contract_state(request).await }
        });
        Ok(answer.map_err(|error| error.or(Self::refused(contract)))?.data)
    }

    fn balance(&self, account: &Addr, denom: &str) -> Result<Coin, ChainError> {
        let request = QueryBalanceRequest {
            address: account.to_string(),
            denom: denom.to_owned(),
        };
        let answer = self.pool.call(|channel| {
            let request = request.clone();
            async move { BankClient::new(channel).balance(request).await }
        });
        let answer = answer.map_err(|error| {
            error.or(|_| ChainError::Address {
                address: account.to_string(),
            })
        })?;
        let amount = answer.balance.map_or_else(|| "0".to_owned(), |coin| coin.amount);
        let amount: Uint128 = amount.parse().map_err(|_| ChainError::Malformed { field: "balance" })?;
        Ok(Coin::new(amount, denom))
    }

    fn sequence(&self, account: &Addr) -> Result<u64, ChainError> {
        Ok(self.base_account(account)?.sequence)
    }

    fn sign(&mut self, account: &Addr, messages: &[Message]) -> Result<SignedTx, ChainError> {
        let actions: Vec<_> = messages.iter().cloned().map(Action::Execute).collect();
        self.sign_actions(account, &actions)
    }

    fn broadcast(&mut self, tx: &SignedTx) -> Result<(), BroadcastError> {
        let unreachable = |error: ChainError| BroadcastError::Unreachable {
            reason: error.to_string(),
        };
        let answer = self.pool.call(|channel| {
            let request = BroadcastTxRequest {
                tx_bytes: tx.bytes.clone(),
                mode: BroadcastMode::Sync.into(),
            };
            async move { TxClient::new(channel).broadcast_tx(request).await }
        });
        let answer = answer.map_err(|error| unreachable(error.or(unexpected)))?;
        let response = answer.tx_response.unwrap_or_default();
        let height = self.now().map_or(0, |now| now.height);
        let answer = Answer {
            codespace: response.codespace,
            code: response.code,
            log: response.raw_log,
        };
        match refusal(answer, tx, height, self.config.tx_bytes) {
            None => Ok(()),
            // Whoever sends the bytes again after a block took them is told that their sequence is used up.
            Some(BroadcastError::Sequence { expected, .. })
                if expected > tx.sequence && matches!(self.status(&tx.hash), Ok(TxStatus::Included(_))) =>
            {
                Ok(())
            }
            Some(refused) => {
                match &refused {
                    BroadcastError::OutOfGas { .. } => self.learn(&tx.hash, 0, true),
                    BroadcastError::MempoolFull { .. } if self.crowded.replace(Some(tx.hash)) != Some(tx.hash) => {
                        tracing::warn!(hash = %tx.hash, until = tx.timeout_height, "{refused}");
                    }
                    _ => {}
                }
                // What is signed next takes the same sequence: of the two, blocks include one at most.
                if !refused.is_transient()
                    && let Some(lane) = self.lanes.get_mut(&tx.account)
                {
                    lane.release(tx.sequence);
                }
                Err(refused)
            }
        }
    }

    fn status(&self, hash: &TxHash) -> Result<TxStatus, ChainError> {
        let Some(response) = self.tx_response(hash)? else {
            return Ok(TxStatus::Unknown);
        };
        let out_of_gas = (response.codespace.as_str(), response.code) == ("sdk", SDK_OUT_OF_GAS);
        self.learn(hash, u64::try_from(response.gas_used).unwrap_or(0), out_of_gas);
        included(response).map(TxStatus::Included)
    }
}
