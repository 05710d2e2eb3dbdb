//! A node that answers as a test wants it, on a port of the loopback.
use busbar_chain::TxHash;
use busbar_chain::grpc::{Grpc, GrpcConfig, Key};
use busbar_chain::{ChainError, Message};
use cosmos_sdk_proto::cosmos::auth::v1beta1::{BaseAccount, QueryAccountInfoRequest, QueryAccountInfoResponse};
use cosmos_sdk_proto::cosmos::base::abci::v1beta1::{GasInfo, TxResponse};
use cosmos_sdk_proto::cosmos::base::node::v1beta1::{StatusRequest, StatusResponse};
use cosmos_sdk_proto::cosmos::base::tendermint::v1beta1::{
    GetNodeInfoRequest, GetNodeInfoResponse, GetSyncingRequest, GetSyncingResponse,
};
use cosmos_sdk_proto::cosmos::tx::v1beta1::{
    BroadcastTxRequest, BroadcastTxResponse, GetTxRequest, GetTxResponse, SimulateRequest, SimulateResponse,
};
use cosmos_sdk_proto::tendermint::p2p::DefaultNodeInfo;
use cosmos_sdk_proto::traits::Message as Proto;
use cosmwasm_std::{Addr, Binary};
use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::{Ready, ready};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll};
use std::thread::JoinHandle;
use std::time::Duration;
use tonic::body::Body;
use tonic::codec::ProstCodec;
use tonic::codegen::{BoxFuture, Service, http};
use tonic::server::UnaryService;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Server, ServerTlsConfig};
use tonic::{Request, Response, Status};

pub const CHAIN_ID: &str = "busbar-1";
const MNEMONIC: &str = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";

/// What the node says and what it was told.
#[derive(Default)]
pub struct State {
    pub chain_id: String,
    pub height: u64,
    /// Time of its last block in unix seconds.
    pub block_s: i64,
    pub syncing: bool,
    /// It takes questions and answers none.
    pub silent: bool,
    /// Each question about its height finds one block more.
    pub makes_blocks: bool,
    /// Sequence of the one account.
    pub sequence: u64,
    /// Words in which the next simulations are refused.
    pub failures: VecDeque<&'static str>,
    /// Answers to the next broadcasts: code and words. After them the node takes what is sent.
    pub refusals: VecDeque<(u32, &'static str)>,
    /// Every transaction that it was asked to simulate.
    pub simulated: Vec<Vec<u8>>,
    /// Every broadcast.
    pub broadcasts: Vec<Vec<u8>>,
    pub mempool: Vec<TxHash>,
    pub included: Vec<(TxHash, u64)>,
    pub questions: usize,
}

impl State {
    /// A block takes the mempool.
    pub fn block(&mut self) {
        self.height += 1;
        self.block_s += 1;
        for hash in self.mempool.split_off(0) {
            self.included.push((hash, self.height));
            self.sequence += 1;
        }
    }
}

#[derive(Clone)]
struct Answering(Arc<Mutex<State>>);

/// A running node; it stops when dropped.
pub struct Node {
    pub url: String,
    state: Arc<Mutex<State>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Node {
    pub fn start() -> Self {
        Self::start_at("127.0.0.1:0".parse().unwrap(), None)
    }

    pub fn start_at(at: SocketAddr, tls: Option<ServerTlsConfig>) -> Self {
        let state = Arc::new(Mutex::new(State {
            chain_id: CHAIN_ID.to_owned(),
            height: 100,
            block_s: 1_800_000_000,
            ..State::default()
        }));
        let stop = Arc::new(AtomicBool::new(false));
        let scheme = if tls.is_some() { "https" } else { "http" };
        let (ready, started) = std::sync::mpsc::channel();
        let (answering, stopped) = (Answering(state.clone()), stop.clone());
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let incoming = TcpIncoming::bind(at).unwrap();
                ready.send(incoming.local_addr().unwrap()).unwrap();
                let mut server = Server::builder();
                if let Some(tls) = tls {
                    server = server.tls_config(tls).unwrap();
                }
                tokio::spawn(server.serve_with_incoming(answering, incoming));
                while !stopped.load(Ordering::Relaxed) {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            });
        });
        Self {
            url: format!("{scheme}://{}", started.recv().unwrap()),
            state,
            stop,
            thread: Some(thread),
        }
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.take().unwrap().join().unwrap();
    }
}

/// A client of these endpoints, with the key of one account.
pub fn connect(urls: &[&str]) -> Result<(Grpc, Addr), ChainError> {
    let endpoints = urls.iter().map(|&url| url.to_owned()).collect();
    let gas_price = "0.001ustake".parse().unwrap();
    let config = GrpcConfig {
        timeout_blocks: 10,
        answer_s: 1,
        ..GrpcConfig::new(CHAIN_ID.to_owned(), endpoints, "wasm".to_owned(), gas_price)
    };
    let key = Key::parse(MNEMONIC, "m/44'/118'/0'/0/0").unwrap();
    let account = key.address("wasm");
    Ok((Grpc::connect(config, Some(key))?, account))
}

pub fn message(text: &str) -> Message {
    Message {
        contract: Addr::unchecked("contract"),
        msg: Binary::from(text.as_bytes()),
        funds: Vec::new(),
    }
}

/// One method: a function of its request, which answers, or refuses, at a height.
struct Method<F>(F);

impl<F, Q, A> UnaryService<Q> for Method<F>
where
    F: FnMut(Q) -> (u64, Result<A, Box<Status>>),
{
    type Response = A;
    type Future = Ready<Result<Response<A>, Status>>;

    fn call(&mut self, request: Request<Q>) -> Self::Future {
        // Nodes say the height with a refusal, too.
        let (height, answer) = (self.0)(request.into_inner());
        let mut answer = answer.map(Response::new).map_err(|status| *status);
        let metadata = match &mut answer {
            Ok(response) => response.metadata_mut(),
            Err(status) => status.metadata_mut(),
        };
        metadata.insert("x-cosmos-block-height", height.into());
        ready(answer)
    }
}

impl Answering {
    async fn answer<Q, A>(
        self,
        request: http::Request<Body>,
        method: impl Fn(&mut State, Q) -> Option<A>,
    ) -> http::Response<Body>
    where
        Q: Proto + Default + Send + 'static,
        A: Proto + Default + Send + 'static,
    {
        let found = |state: &mut State, question| {
            method(state, question).ok_or_else(|| Box::new(Status::not_found("not found")))
        };
        self.answer_or_refuse(request, found).await
    }

    async fn answer_or_refuse<Q, A>(
        self,
        request: http::Request<Body>,
        method: impl Fn(&mut State, Q) -> Result<A, Box<Status>>,
    ) -> http::Response<Body>
    where
        Q: Proto + Default + Send + 'static,
        A: Proto + Default + Send + 'static,
    {
        let answered = |question: Q| {
            let mut state = self.0.lock().unwrap();
            state.questions += 1;
            (state.height, method(&mut state, question))
        };
        tonic::server::Grpc::new(ProstCodec::<A, Q>::default())
            .unary(Method(answered), request)
            .await
    }
}

impl Service<http::Request<Body>> for Answering {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<Self::Response, Infallible>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let node = self.clone();
        Box::pin(async move {
            let silent = node.0.lock().unwrap().silent;
            if silent {
                std::future::pending::<()>().await;
            }
            let path = request.uri().path().to_owned();
            Ok(match path.rsplit('/').next().unwrap() {
                "GetNodeInfo" => node.answer(request, node_info).await,
                "GetSyncing" => node.answer(request, syncing).await,
                "Status" => node.answer(request, status).await,
                "AccountInfo" => node.answer(request, account).await,
                "Simulate" => node.answer_or_refuse(request, simulate).await,
                "BroadcastTx" => node.answer(request, broadcast).await,
                "GetTx" => node.answer(request, tx).await,
                other => unreachable!("nobody asks for {other}"),
            })
        })
    }
}

fn node_info(state: &mut State, _: GetNodeInfoRequest) -> Option<GetNodeInfoResponse> {
    let info = DefaultNodeInfo {
        network: state.chain_id.clone(),
        ..DefaultNodeInfo::default()
    };
    Some(GetNodeInfoResponse {
        default_node_info: Some(info),
        application_version: None,
    })
}

fn syncing(state: &mut State, _: GetSyncingRequest) -> Option<GetSyncingResponse> {
    let syncing = state.syncing;
    Some(GetSyncingResponse { syncing })
}

fn status(state: &mut State, _: StatusRequest) -> Option<StatusResponse> {
    if state.makes_blocks {
        state.block();
    }
    let time = cosmos_sdk_proto::Timestamp {
        seconds: state.block_s,
        nanos: 0,
    };
    Some(StatusResponse {
        height: state.height,
        timestamp: Some(time),
        ..StatusResponse::default()
    })
}

fn account(state: &mut State, asked: QueryAccountInfoRequest) -> Option<QueryAccountInfoResponse> {
    let info = BaseAccount {
        address: asked.address,
        sequence: state.sequence,
        ..BaseAccount::default()
    };
    Some(QueryAccountInfoResponse { info: Some(info) })
}

fn simulate(state: &mut State, asked: SimulateRequest) -> Result<SimulateResponse, Box<Status>> {
    state.simulated.push(asked.tx_bytes);
    if let Some(words) = state.failures.pop_front() {
        return Err(Box::new(Status::unknown(words)));
    }
    let gas = GasInfo {
        gas_wanted: 0,
        gas_used: 100_000,
    };
    Ok(SimulateResponse {
        gas_info: Some(gas),
        result: None,
    })
}

fn broadcast(state: &mut State, sent: BroadcastTxRequest) -> Option<BroadcastTxResponse> {
    let hash = TxHash::of(&sent.tx_bytes);
    state.broadcasts.push(sent.tx_bytes);
    let (code, words) = state.refusals.pop_front().unwrap_or_default();
    if code == 0 {
        state.mempool.push(hash);
    }
    let response = TxResponse {
        code,
        codespace: if code == 0 { "" } else { "sdk" }.to_owned(),
        raw_log: words.to_owned(),
        ..TxResponse::default()
    };
    Some(BroadcastTxResponse {
        tx_response: Some(response),
    })
}

fn tx(state: &mut State, asked: GetTxRequest) -> Option<GetTxResponse> {
    let (_, height) = state.included.iter().find(|(hash, _)| hash.to_string() == asked.hash)?;
    let response = TxResponse {
        height: i64::try_from(*height).unwrap(),
        gas_used: 100_000,
        ..TxResponse::default()
    };
    Some(GetTxResponse {
        tx: None,
        tx_response: Some(response),
    })
}
