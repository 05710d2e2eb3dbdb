use super::query::unexpected;
use super::result::included;
use super::{Grpc, HEIGHT_HEADER};
use crate::{Chain, ChainError, Included};
use cosmos_sdk_proto::cosmos::base::tendermint::v1beta1::GetBlockByHeightRequest;
use cosmos_sdk_proto::cosmos::base::tendermint::v1beta1::service_client::ServiceClient as BlockClient;
use cosmos_sdk_proto::cosmos::tx::v1beta1::service_client::ServiceClient as TxClient;
use cosmos_sdk_proto::cosmos::tx::v1beta1::{GetTxsEventRequest, OrderBy};
use tonic::Request;

/// Transactions on a page of a search.
const PAGE: u64 = 100;

impl Grpc {
    /// Asks contracts for their state as of the end of a block, as far as the node keeps it.
    pub fn at<T>(&self, height: u64, ask: impl FnOnce(&Self) -> T) -> T {
        let before = self.height.replace(Some(height));
        self.pool.date(true);
        let answer = ask(self);
        self.pool.date(before.is_some());
        self.height.set(before);
        answer
    }

    /// A question that is asked as of [`Self::at`].
    pub(super) fn dated<T>(&self, question: T) -> Request<T> {
        let mut request = Request::new(question);
        if let Some(height) = self.height.get() {
            request.metadata_mut().insert(HEIGHT_HEADER, height.into());
        }
        request
    }

    /// All transactions that succeeded and whose events match, oldest first; the words are those of a search of
    /// CometBFT. The node has to keep an index.
    pub fn find_txs(&self, query: &str) -> Result<Vec<Included>, ChainError> {
        let mut found = Vec::new();
        for page in 1.. {
            let answer = self.pool.call(|channel| {
                #[allow(deprecated, reason = "the message keeps the fields that it replaced")]
                let request = GetTxsEventRequest {
                    events: Vec::new(),
                    pagination: None,
                    order_by: OrderBy::Asc.into(),
                    page,
                    limit: PAGE,
                    query: query.to_owned(),
                };
                async move { TxClient::new(channel).get_txs_event(request).await }
            });
            let answer = answer.map_err(|error| error.or(unexpected))?;
            let last = u64::try_from(answer.tx_responses.len()).unwrap_or(0) < PAGE;
            for response in answer.tx_responses.into_iter().filter(|response| response.code == 0) {
                found.push(included(response)?);
            }
            if last || page.saturating_mul(PAGE) >= answer.total {
                break;
            }
        }
        Ok(found)
    }

    /// The last block before an instant; none where the chain began later.
    pub fn height_before(&self, unix_s: u64) -> Result<Option<u64>, ChainError> {
        let now = self.now()?;
        if now.unix_s < unix_s {
            return Ok(Some(now.height));
        }
        // Block `early` is before the instant, block `late` is not; there is no block 0.
        let (mut early, mut late) = (0, now.height);
        while late.saturating_sub(early) > 1 {
            let middle = u64::midpoint(early, late);
            if self.block_time_s(middle)? < unix_s {
                early = middle;
            } else {
                late = middle;
            }
        }
        Ok((early > 0).then_some(early))
    }

    /// The time of a block in unix seconds.
    pub fn block_time_s(&self, height: u64) -> Result<u64, ChainError> {
        let malformed = ChainError::Malformed {
            field: "time of a block",
        };
        let Ok(signed) = i64::try_from(height) else {
            return Err(malformed);
        };
        let answer = self.pool.call(|channel| {
            let request = GetBlockByHeightRequest { height: signed };
            async move { BlockClient::new(channel).get_block_by_height(request).await }
        });
        let block = answer.map_err(|error| error.or(unexpected))?.sdk_block;
        let time = block.and_then(|block| block.header).and_then(|header| header.time);
        time.and_then(|time| u64::try_from(time.seconds).ok()).ok_or(malformed)
    }
}
