use crate::TxHash;
use cosmwasm_std::Addr;
use thiserror::Error;

/// Why the chain could not answer or sign.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ChainError {
    /// No answer came; the question may be asked again.
    #[error("the chain does not answer: {reason}")]
    Unreachable {
        /// What the transport reported.
        reason: String,
    },
    /// The contract refused a query.
    #[error("{contract} refused the query: {text}")]
    Query {
        /// The contract asked.
        contract: Addr,
        /// Its error.
        text: String,
    },
    /// An address is not one of this chain.
    #[error("{address:?} is no address of this chain")]
    Address {
        /// The text given.
        address: String,
    },
    /// A transaction needs at least one message.
    #[error("a transaction needs at least one message")]
    NoMessage,
    /// A transaction is larger than the chain takes.
    #[error("the transaction has {bytes} bytes, the chain takes {limit}")]
    TooLarge {
        /// Size of the transaction in bytes.
        bytes: usize,
        /// The chain's limit in bytes.
        limit: usize,
    },
    /// An endpoint belongs to another chain.
    #[error("{endpoint} is a node of chain {found:?}, not {expected:?}: correct the endpoint or the chain id")]
    OtherChain {
        /// The endpoint.
        endpoint: String,
        /// Chain id asked for.
        expected: String,
        /// Chain id of the node.
        found: String,
    },
    /// An account's key is not at hand.
    #[error("there is no key to sign for {account}: give the file with its mnemonic or its hex digits")]
    NoKey {
        /// The account.
        account: Addr,
    },
    /// The chain does not know an account.
    #[error("the chain has no account {account}: send it some coins for fees first")]
    NoAccount {
        /// The account.
        account: Addr,
    },
    /// The chain simulated a transaction, and it failed. Nothing was signed.
    #[error("the transaction would fail: {text}")]
    WouldFail {
        /// The chain's words.
        text: String,
    },
    /// A transaction needs more gas than it may have.
    #[error(
        "the transaction needs {needed} gas, the ceiling is {ceiling}: send less at once, or raise max_gas as far as the chain's blocks allow"
    )]
    GasTooHigh {
        /// Gas that its simulation used, or that it is expected to use where its kind has run out at the ceiling.
        needed: u64,
        /// Most gas of one transaction.
        ceiling: u64,
    },
    /// A transaction is in no block, and no block can include it any more.
    #[error("transaction {hash} was in no block up to its timeout height {timeout_height}: sign it again")]
    TimedOut {
        /// Its hash.
        hash: TxHash,
        /// Last height at which it could have been included.
        timeout_height: u64,
    },
    /// A transaction is in no block, and no block can include it: another one has used its sequence.
    #[error(
        "transaction {hash} is in no block: another transaction of {account} has used its sequence {sequence}; sign it again, and give each program its own account"
    )]
    Overtaken {
        /// Its hash.
        hash: TxHash,
        /// The signer.
        account: Addr,
        /// The sequence that both held.
        sequence: u64,
    },
    /// Another program keeps taking the sequences of an account. Nothing was signed.
    #[error("another program signs for {account} at the same time: give each program its own account")]
    Contended {
        /// The account.
        account: Addr,
    },
    /// The chain stands still.
    #[error(
        "no block has followed height {height} for {waited_s} s: the chain stands still, or its nodes have lost each other; wait until it goes on, or ask whoever runs its validators"
    )]
    NoBlock {
        /// Height of the last block.
        height: u64,
        /// Seconds that a block was waited for.
        waited_s: u64,
    },
    /// No node took a transaction.
    #[error("the transaction was not taken: {error}")]
    NotTaken {
        /// The refusal.
        error: Box<BroadcastError>,
    },
    /// The node refused a question that every node answers.
    #[error("the node refused a query ({text}); ask another endpoint, or one of the same version as scripts/node")]
    Refused {
        /// The node's words.
        text: String,
    },
    /// An answer is none that a node gives.
    #[error("the node's answer has no usable {field}; ask another endpoint")]
    Malformed {
        /// What is missing or wrong.
        field: &'static str,
    },
    /// The chain's clock only moves forward.
    #[error("the clock stands at {now} s and cannot go back to {to} s")]
    ClockBackwards {
        /// Unix seconds of the last block.
        now: u64,
        /// Unix seconds asked for.
        to: u64,
    },
    /// Height, sequence or balance would leave its integer.
    #[error("{field} overflows")]
    Overflow {
        /// What overflows.
        field: &'static str,
    },
    /// A call that sets the chain up failed.
    #[error("{step} failed: {text}")]
    Setup {
        /// The call.
        step: &'static str,
        /// Its error.
        text: String,
    },
}

impl ChainError {
    /// Whether a transaction that was waited for is over: no block can include it. After any other error of a wait a
    /// later block may.
    pub const fn ends_transaction(&self) -> bool {
        matches!(
            self,
            Self::TimedOut { .. } | Self::Overtaken { .. } | Self::NotTaken { .. }
        )
    }
}

/// Why the chain did not take a transaction into its mempool.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BroadcastError {
    /// No answer came: the transaction may have arrived. Only the same bytes may be sent again.
    #[error("no answer to the broadcast: {reason}; send the same bytes again")]
    Unreachable {
        /// What the transport reported.
        reason: String,
    },
    /// Another transaction of the account holds this sequence, or one before it is missing.
    #[error("{account} signed with sequence {given}, the chain expects {expected}: give each program its own account")]
    Sequence {
        /// The signer.
        account: Addr,
        /// Sequence that the chain expects.
        expected: u64,
        /// Sequence in the signed bytes.
        given: u64,
    },
    /// The mempool is full: wait, then send the same bytes.
    #[error("the node's mempool is full{}: send the same bytes in a later block", at(*limit))]
    MempoolFull {
        /// Transactions that it holds, where it is told.
        limit: Option<usize>,
    },
    /// The timeout height has passed: these bytes can never be included.
    #[error("the transaction timed out at height {timeout_height}, the chain is at {height}: sign again")]
    Expired {
        /// Timeout height in the signed bytes.
        timeout_height: u64,
        /// Height of the chain.
        height: u64,
    },
    /// The transaction is larger than the chain takes.
    #[error("the transaction has {bytes} bytes, the chain takes {limit}: send fewer messages at once")]
    TooLarge {
        /// Size in bytes.
        bytes: usize,
        /// The chain's limit in bytes.
        limit: usize,
    },
    /// The fee is below what the node asks for.
    #[error("the fee is too low, raise gas_price: {log}")]
    InsufficientFee {
        /// The node's words.
        log: String,
    },
    /// The gas limit is below what the transaction needs.
    #[error("out of gas, sign again with a higher gas limit: {log}")]
    OutOfGas {
        /// The node's words.
        log: String,
    },
    /// The bytes are no transaction of this chain.
    #[error("the bytes are no transaction of this chain: {reason}")]
    Malformed {
        /// What is wrong.
        reason: String,
    },
    /// Any other refusal.
    #[error("refused with code {code} of {codespace}: {log}")]
    Refused {
        /// Module that refused.
        codespace: String,
        /// Its code.
        code: u32,
        /// Its words.
        log: String,
    },
}

fn at(limit: Option<usize>) -> String {
    limit.map_or_else(String::new, |limit| format!(" at {limit} transactions"))
}

impl BroadcastError {
    /// Whether sending the same bytes later can still succeed.
    pub const fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. } | Self::MempoolFull { .. } | Self::Sequence { .. }
        )
    }
}
