use super::endpoint::{Fault, Look, late, look};
use super::{GrpcConfig, HEIGHT_HEADER};
use crate::ChainError;
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::mem::discriminant;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use tonic::metadata::MetadataMap;
use tonic::transport::Channel;
use tonic::{Code, Response, Status};

/// How often every endpoint is looked at.
const EVERY: Duration = Duration::from_secs(10);
/// Most that a look takes: one that is dead must not hold up those that answer.
const LOOK: Duration = Duration::from_secs(3);
/// An endpoint that does not answer is looked at less and less often, down to this.
const SELDOM: Duration = Duration::from_secs(320);
/// Seconds that an endpoint's last block may be older than another's.
const BEHIND_S: i64 = 10;
/// Seconds that the newest block may be old before it is told.
const STALE_S: i64 = 30;
/// Pause before endpoints are asked again that are behind what the caller has seen.
const PAUSE: Duration = Duration::from_millis(200);

/// The endpoints of a chain, and which of them answered last.
///
/// Time does not go backwards: an answer of an earlier height than one before it is not passed on, so whoever reads a
/// height and then asks for something learns of every block up to it, whichever endpoints answered.
pub(super) struct Pool {
    runtime: Runtime,
    chain_id: String,
    answer: Duration,
    places: RefCell<Vec<Place>>,
    at: Cell<usize>,
    /// Greatest height of an answer.
    seen: Cell<u64>,
    /// Whether questions name an earlier height themselves.
    dated: Cell<bool>,
    next_look: Cell<Option<Instant>>,
    /// Whether it has been told that the newest block is old.
    stale: Cell<bool>,
}

/// An endpoint as it was last found.
struct Place {
    url: String,
    state: Result<Channel, Fault>,
    /// Where it does not answer: when it is looked at again, and how long the pause after that is.
    again: Option<(Instant, Duration)>,
}

/// Why a call has no result.
pub(super) enum CallError {
    /// No endpoint answered, or all are of another chain.
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
        let place = |url: &String| Place {
            url: url.clone(),
            state: Err(Fault::Silent("not asked yet".to_owned())),
            again: None,
        };
        Ok(Self {
            runtime,
            chain_id: config.chain_id.clone(),
            answer: Duration::from_secs(config.answer_s),
            places: RefCell::new(config.grpc.iter().map(place).collect()),
            at: Cell::new(0),
            seen: Cell::new(0),
            dated: Cell::new(false),
            next_look: Cell::new(None),
            stale: Cell::new(false),
        })
    }

    /// Says whether the questions that follow name an earlier height themselves.
    pub(super) fn date(&self, dated: bool) {
        self.dated.set(dated);
    }

    /// Asks the endpoint that answered last, then the others. Those that are behind what was seen have as long as an
    /// answer may take to catch up.
    pub(super) fn call<T, F, A>(&self, ask: F) -> Result<T, CallError>
    where
        F: Fn(Channel) -> A,
        A: Future<Output = Result<Response<T>, Status>>,
    {
        let until = Instant::now().checked_add(self.answer);
        let mut looked = self.next_look.get().is_none_or(|next| Instant::now() >= next);
        if looked {
            self.look(false);
        }
        loop {
            let mut behind = Vec::new();
            let count = self.places.borrow().len();
            for at in (self.at.get()..count).chain(0..self.at.get()) {
                let Some(channel) = self.channel(at) else { continue };
                let (answer, height) = match self.within(ask(channel)) {
                    Ok(answer) => {
                        let height = height(answer.metadata());
                        (Ok(answer.into_inner()), height)
                    }
                    Err(status) if is_transport(&status) => {
                        self.lose(at, Fault::Silent(status.message().to_owned()));
                        continue;
                    }
                    Err(status) => {
                        let height = height(status.metadata());
                        (Err(CallError::Refused(status)), height)
                    }
                };
                let (seen, height) = (self.seen.get(), height.filter(|_| !self.dated.get()));
                if let Some(height) = height.filter(|height| *height < seen) {
                    behind.push(format!("{} is at height {height}, behind {seen}", self.url(at)));
                    continue;
                }
                self.seen.set(height.unwrap_or(seen));
                self.at.set(at);
                return answer;
            }
            if !behind.is_empty() && until.is_some_and(|until| Instant::now() < until) {
                std::thread::sleep(PAUSE);
            } else if looked {
                return Err(CallError::Chain(self.none(behind)));
            } else {
                self.look(true);
                looked = true;
            }
        }
    }

    /// Looks at every endpoint, side by side: which are open, which are up to date. One that has not answered before is
    /// left out until its time has come, unless nobody else answers.
    fn look(&self, all: bool) {
        let now = Instant::now();
        let limit = self.answer.min(LOOK);
        let due: Vec<_> = {
            let places = self.places.borrow();
            let places = places.iter().enumerate();
            places
                .filter(|(_, place)| all || place.again.is_none_or(|(again, _)| now >= again))
                .map(|(at, place)| (at, place.url.clone(), place.state.as_ref().ok().cloned()))
                .collect()
        };
        let looks = self.runtime.block_on(async {
            let mut set = JoinSet::new();
            for (at, url, open) in due {
                let chain_id = self.chain_id.clone();
                set.spawn(async move { (at, look(&url, open, &chain_id, limit).await) });
            }
            set.join_all().await
        });
        let block_s = |found: &Result<Look, Fault>| found.as_ref().ok().map(|look| look.block_s);
        let newest = looks.iter().filter_map(|(_, found)| block_s(found)).max();
        self.tell_age(newest);
        for (at, found) in looks {
            let behind_s = newest
                .zip(block_s(&found))
                .map_or(0, |(newest, own)| newest.saturating_sub(own));
            match found {
                Ok(_) if behind_s > BEHIND_S => self.lose(at, Fault::Behind(behind_s)),
                Ok(Look { channel, .. }) => {
                    if let Some(place) = self.places.borrow_mut().get_mut(at) {
                        place.state = Ok(channel);
                        place.again = None;
                    }
                }
                Err(fault) => self.lose(at, fault),
            }
        }
        self.next_look.set(Instant::now().checked_add(EVERY));
    }

    /// Tells once when the newest block of all endpoints has become old, and once when blocks come again.
    fn tell_age(&self, newest_s: Option<i64>) {
        let now_s = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |now| now.as_secs());
        let Some(newest_s) = newest_s else { return };
        let age_s = i64::try_from(now_s).unwrap_or(i64::MAX).saturating_sub(newest_s);
        match (age_s > STALE_S, self.stale.replace(age_s > STALE_S)) {
            (true, false) => tracing::warn!(
                "the last block that any endpoint knows is {age_s} s old: the chain stands still, its nodes lag, or \
                 this machine's clock is wrong"
            ),
            (false, true) => tracing::warn!("blocks come again"),
            _ => {}
        }
    }

    fn lose(&self, at: usize, fault: Fault) {
        let mut places = self.places.borrow_mut();
        let Some(place) = places.get_mut(at) else { return };
        let known = place.state.as_ref().err().map(discriminant);
        if known != Some(discriminant(&fault)) {
            tracing::warn!(endpoint = place.url, %fault, "not asked");
        }
        let is_silent = matches!(fault, Fault::Silent(_));
        place.again = is_silent.then_some(place.again).map(|before| {
            let pause = before.map_or(EVERY, |(_, pause)| pause);
            let again = Instant::now().checked_add(pause).unwrap_or_else(Instant::now);
            (again, pause.saturating_mul(2).min(SELDOM))
        });
        place.state = Err(fault);
    }

    fn channel(&self, at: usize) -> Option<Channel> {
        self.places.borrow().get(at)?.state.as_ref().ok().cloned()
    }

    fn url(&self, at: usize) -> String {
        let places = self.places.borrow();
        places.get(at).map(|place| place.url.clone()).unwrap_or_default()
    }

    /// Why nobody answered: `behind` are those that answered as of an earlier height.
    fn none(&self, mut reasons: Vec<String>) -> ChainError {
        let places = self.places.borrow();
        let others = places.iter().map(|place| match &place.state {
            Err(Fault::OtherChain(found)) => Some((place.url.clone(), found.clone())),
            _ => None,
        });
        if let Some((endpoint, found)) = others
            .collect::<Option<Vec<_>>>()
            .and_then(|all| all.into_iter().next())
        {
            return ChainError::OtherChain {
                endpoint,
                expected: self.chain_id.clone(),
                found,
            };
        }
        let faults = places
            .iter()
            .filter_map(|place| Some((&place.url, place.state.as_ref().err()?)));
        reasons.extend(faults.map(|(url, fault)| format!("{url}: {fault}")));
        ChainError::Unreachable {
            reason: reasons.join("; "),
        }
    }

    fn within<T>(&self, asked: impl Future<Output = Result<Response<T>, Status>>) -> Result<Response<T>, Box<Status>> {
        let answered = self
            .runtime
            .block_on(async { tokio::time::timeout(self.answer, asked).await });
        let timed_out = |_| Box::new(Status::deadline_exceeded(late(self.answer)));
        Ok(answered.map_err(timed_out)??)
    }
}

fn height(metadata: &MetadataMap) -> Option<u64> {
    metadata.get(HEIGHT_HEADER)?.to_str().ok()?.parse().ok()
}

/// Whether the endpoint failed, not the question.
fn is_transport(status: &Status) -> bool {
    matches!(
        status.code(),
        Code::Unavailable | Code::DeadlineExceeded | Code::Cancelled | Code::Unimplemented
    ) || std::error::Error::source(status).is_some()
}
