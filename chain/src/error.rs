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

/// Why the chain did not take a transaction into its mempool.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BroadcastError {
    /// No answer came: the transaction may have arrived. Only the same bytes may be sent again.
    #[error("no answer to the broadcast: {reason}")]
    Unreachable {
        /// What the transport reported.
        reason: String,
    },
    /// Another transaction of the account holds this sequence, or one before it is missing.
    #[error("{account} signed with sequence {given}, the chain expects {expected}")]
    Sequence {
        /// The signer.
        account: Addr,
        /// Sequence that the chain expects.
        expected: u64,
        /// Sequence in the signed bytes.
        given: u64,
    },
    /// The mempool is full: wait, then send the same bytes.
    #[error("the mempool is full at {limit} transactions")]
    MempoolFull {
        /// Transactions that it holds.
        limit: usize,
    },
    /// The timeout height has passed: these bytes can never be included.
    #[error("the transaction timed out at height {timeout_height}, the chain is at {height}")]
    Expired {
        /// Timeout height in the signed bytes.
        timeout_height: u64,
        /// Height of the chain.
        height: u64,
    },
    /// The transaction is larger than the chain takes.
    #[error("the transaction has {bytes} bytes, the chain takes {limit}")]
    TooLarge {
        /// Size in bytes.
        bytes: usize,
        /// The chain's limit in bytes.
        limit: usize,
    },
    /// The fee is below what the node asks for.
    #[error("the fee is too low: {log}")]
    InsufficientFee {
        /// The node's words.
        log: String,
    },
    /// The gas limit is below what the transaction needs.
    #[error("out of gas: {log}")]
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

impl BroadcastError {
    /// Whether sending the same bytes later can still succeed.
    pub const fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. } | Self::MempoolFull { .. } | Self::Sequence { .. }
        )
    }
}
