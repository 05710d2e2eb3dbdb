use cosmos_sdk_proto::cosmos::base::node::v1beta1::StatusRequest;
use cosmos_sdk_proto::cosmos::base::node::v1beta1::service_client::ServiceClient as NodeClient;
use cosmos_sdk_proto::cosmos::base::tendermint::v1beta1::service_client::ServiceClient;
use cosmos_sdk_proto::cosmos::base::tendermint::v1beta1::{GetNodeInfoRequest, GetSyncingRequest};
use std::time::Duration;
use thiserror::Error;
use tonic::Status;
use tonic::transport::{Channel, ClientTlsConfig, Endpoint};

/// Why an endpoint is not asked.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(super) enum Fault {
    /// It does not answer.
    #[error("{0}")]
    Silent(String),
    /// It belongs to another chain.
    #[error("is a node of chain {0:?}")]
    OtherChain(String),
    /// It is still fetching blocks.
    #[error("is still fetching blocks, at height {0}")]
    Syncing(u64),
    /// Its last block is older than another endpoint's.
    #[error("is {0} s behind another endpoint")]
    Behind(i64),
}

/// An open endpoint of the right chain, and how far it is.
pub(super) struct Look {
    pub(super) channel: Channel,
    /// Time of its last block in unix seconds.
    pub(super) block_s: i64,
}

/// Looks whether an endpoint can be asked; opens it where it is not open yet.
pub(super) async fn look(url: &str, open: Option<Channel>, chain_id: &str, limit: Duration) -> Result<Look, Fault> {
    let looked = tokio::time::timeout(limit, async {
        let channel = match open {
            Some(channel) => channel,
            None => self::open(url, chain_id, limit).await?,
        };
        let status = NodeClient::new(channel.clone()).status(StatusRequest {}).await;
        let status = status.map_err(|status| silent(&status))?.into_inner();
        let syncing = ServiceClient::new(channel.clone())
            .get_syncing(GetSyncingRequest {})
            .await;
        if syncing.map_err(|status| silent(&status))?.into_inner().syncing {
            return Err(Fault::Syncing(status.height));
        }
        let block_s = status.timestamp.map_or(0, |time| time.seconds);
        Ok(Look { channel, block_s })
    });
    looked.await.unwrap_or_else(|_| Err(Fault::Silent(late(limit))))
}

/// What is said of an endpoint that took too long.
pub(super) fn late(limit: Duration) -> String {
    format!("no answer within {} s", limit.as_secs())
}

fn silent(status: &Status) -> Fault {
    Fault::Silent(status.message().to_owned())
}

async fn open(url: &str, chain_id: &str, limit: Duration) -> Result<Channel, Fault> {
    let failed = |error: tonic::transport::Error| {
        // The innermost cause, such as a refused connection, says more than the layers above it.
        let mut cause: &dyn std::error::Error = &error;
        while let Some(deeper) = cause.source() {
            cause = deeper;
        }
        Fault::Silent(cause.to_string())
    };
    let mut endpoint = Endpoint::from_shared(url.to_owned()).map_err(failed)?;
    if url.starts_with("https://") {
        let roots = ClientTlsConfig::new().with_native_roots();
        endpoint = endpoint.tls_config(roots).map_err(failed)?;
    }
    let channel = endpoint.connect_timeout(limit).connect().await.map_err(failed)?;
    let info = ServiceClient::new(channel.clone())
        .get_node_info(GetNodeInfoRequest {})
        .await;
    let info = info.map_err(|status| silent(&status))?.into_inner();
    let found = info.default_node_info.unwrap_or_default().network;
    if found != chain_id {
        return Err(Fault::OtherChain(found));
    }
    Ok(channel)
}
