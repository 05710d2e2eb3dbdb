use super::GrpcConfig;
use crate::ChainError;
use cosmos_sdk_proto::cosmos::base::tendermint::v1beta1::GetNodeInfoRequest;
use cosmos_sdk_proto::cosmos::base::tendermint::v1beta1::service_client::ServiceClient;
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::time::Duration;
use tokio::runtime::Runtime;
use tonic::transport::{Channel, ClientTlsConfig, Endpoint};
use tonic::{Code, Response, Status};

/// The endpoints of a chain, and which of them answered last.
pub(super) struct Pool {
    runtime: Runtime,
    chain_id: String,
    answer: Duration,
    urls: Vec<String>,
    channels: RefCell<Vec<Option<Channel>>>,
    at: Cell<usize>,
}

/// Why a call has no result.
pub(super) enum CallError {
    /// No endpoint answered, or one of another chain did.
    Chain(ChainError),
    /// The node refused.
    Refused(Box<Status>),
}

impl From<ChainError> for CallError {
    fn from(error: ChainError) -> Self {
        Self::Chain(error)
    }
}

impl CallError {
    /// A refusal as the chain's error.
    pub(super) fn or(self, refused: impl FnOnce(Status) -> ChainError) -> ChainError {
        match self {
            Self::Chain(error) => error,
            Self::Refused(status) => refused(*status),
        }
    }
}

impl Pool {
    pub(super) fn new(config: &GrpcConfig) -> Result<Self, ChainError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| ChainError::Setup {
                step: "starting the client",
                text: error.to_string(),
            })?;
        Ok(Self {
            runtime,
            chain_id: config.chain_id.clone(),
            answer: Duration::from_secs(config.answer_s),
            urls: config.grpc.clone(),
            channels: RefCell::new(vec![None; config.grpc.len()]),
            at: Cell::new(0),
        })
    }

    /// Asks the endpoint that answered last, then the others.
    pub(super) fn call<T, F, A>(&self, ask: F) -> Result<T, CallError>
    where
        F: Fn(Channel) -> A,
        A: Future<Output = Result<Response<T>, Status>>,
    {
        let mut reasons = Vec::new();
        let (ahead, behind) = (self.at.get()..self.urls.len(), 0..self.at.get());
        for at in ahead.chain(behind) {
            let Some(url) = self.urls.get(at) else { continue };
            let channel = match self.channel(at, url)? {
                Ok(channel) => channel,
                Err(reason) => {
                    reasons.push(format!("{url}: {reason}"));
                    continue;
                }
            };
            match self.within(ask(channel)) {
                Ok(answer) => {
                    self.at.set(at);
                    return Ok(answer);
                }
                Err(status) if is_transport(&status) => {
                    self.keep(at, None);
                    reasons.push(format!("{url}: {}", status.message()));
                }
                Err(status) => return Err(CallError::Refused(status)),
            }
        }
        Err(CallError::Chain(ChainError::Unreachable {
            reason: reasons.join("; "),
        }))
    }

    /// The open channel of an endpoint. The inner error is a reason to ask the next one.
    fn channel(&self, at: usize, url: &str) -> Result<Result<Channel, String>, ChainError> {
        if let Some(Some(channel)) = self.channels.borrow().get(at) {
            return Ok(Ok(channel.clone()));
        }
        let opened = self.runtime.block_on(async { open(url, self.answer).await });
        let channel = match opened {
            Ok(channel) => channel,
            Err(reason) => return Ok(Err(reason)),
        };
        let mut client = ServiceClient::new(channel.clone());
        let found = match self.within(client.get_node_info(GetNodeInfoRequest {})) {
            Ok(info) => info.default_node_info.unwrap_or_default().network,
            Err(status) => return Ok(Err(status.message().to_owned())),
        };
        if found != self.chain_id {
            return Err(ChainError::OtherChain {
                endpoint: url.to_owned(),
                expected: self.chain_id.clone(),
                found,
            });
        }
        self.keep(at, Some(channel.clone()));
        Ok(Ok(channel))
    }

    fn keep(&self, at: usize, channel: Option<Channel>) {
        if let Some(place) = self.channels.borrow_mut().get_mut(at) {
            *place = channel;
        }
    }

    fn within<T>(&self, asked: impl Future<Output = Result<Response<T>, Status>>) -> Result<T, Box<Status>> {
        let answered = self
            .runtime
            .block_on(async { tokio::time::timeout(self.answer, asked).await });
        let seconds = self.answer.as_secs();
        let late = |_| Box::new(Status::deadline_exceeded(format!("no answer within {seconds} s")));
        Ok(answered.map_err(late)??.into_inner())
    }
}

async fn open(url: &str, answer: Duration) -> Result<Channel, String> {
    let endpoint = Endpoint::from_shared(url.to_owned()).map_err(|error| error.to_string())?;
    let endpoint = if url.starts_with("https://") {
        endpoint
            .tls_config(ClientTlsConfig::new().with_native_roots())
            .map_err(|error| error.to_string())?
    } else {
        endpoint
    };
    let opened = endpoint.connect_timeout(answer).connect().await;
    opened.map_err(|error| {
        // The cause, such as a refused connection, says more than the layer above it.
        let cause = std::error::Error::source(&error).map(ToString::to_string);
        cause.unwrap_or_else(|| error.to_string())
    })
}

/// Whether the endpoint failed, not the question.
fn is_transport(status: &Status) -> bool {
    matches!(
        status.code(),
        Code::Unavailable | Code::DeadlineExceeded | Code::Cancelled | Code::Unimplemented
    ) || std::error::Error::source(status).is_some()
}
