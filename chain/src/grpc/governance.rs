use super::Grpc;
use super::pool::CallError;
use super::query::unexpected;
use crate::ChainError;
use cosmos_sdk_proto::cosmos::gov::v1::QueryParamsRequest;
use cosmos_sdk_proto::cosmos::gov::v1::query_client::QueryClient;
use cosmwasm_std::{Coin, Uint128};
use tonic::Code;

impl Grpc {
    /// What has to be deposited before the chain's own governance votes on a proposal; none on a chain without it.
    pub fn proposal_deposit(&self) -> Result<Option<Vec<Coin>>, ChainError> {
        let answer = self.pool.call(|channel| async move {
            // The field is of versions that answered in parts; it must still be one of theirs.
            let request = QueryParamsRequest {
                params_type: "deposit".to_owned(),
            };
            QueryClient::new(channel).params(request).await
        });
        let coins = match answer {
            Ok(answer) => answer.params.map(|params| params.min_deposit),
            Err(CallError::Refused(status)) if status.code() == Code::Unimplemented => None,
            Err(error) => return Err(error.or(unexpected)),
        };
        let malformed = |_| ChainError::Malformed {
            field: "deposit of a proposal",
        };
        let coin = |coin: cosmos_sdk_proto::cosmos::base::v1beta1::Coin| {
            let amount: Uint128 = coin.amount.parse().map_err(malformed)?;
            Ok(Coin::new(amount, coin.denom))
        };
        coins.map(|coins| coins.into_iter().map(coin).collect()).transpose()
    }
}
