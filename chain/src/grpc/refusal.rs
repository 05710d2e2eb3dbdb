//! What a node's refusal of a transaction means, by the code that it gives.
use crate::tx::code;
use crate::{BroadcastError, SignedTx};

/// What `BroadcastTx` answered.
pub(super) struct Answer {
    pub(super) codespace: String,
    pub(super) code: u32,
    pub(super) log: String,
}

/// The error of an answer; none where the chain has the bytes.
pub(super) fn refusal(answer: Answer, tx: &SignedTx, height: u64, tx_bytes: usize) -> Option<BroadcastError> {
    let Answer { codespace, code, log } = answer;
    if code == 0 {
        return None;
    }
    if codespace != "sdk" {
        return Some(BroadcastError::Refused { codespace, code, log });
    }
    Some(match code {
        code::SDK_TX_DECODE => BroadcastError::Malformed { reason: log },
        code::SDK_OUT_OF_GAS => BroadcastError::OutOfGas { log },
        code::SDK_INSUFFICIENT_FEE => BroadcastError::InsufficientFee { log },
        // The node has had these bytes before.
        code::SDK_TX_IN_MEMPOOL => return None,
        code::SDK_MEMPOOL_FULL => BroadcastError::MempoolFull {
            limit: number_after(&log, "number of txs "),
        },
        code::SDK_TX_TOO_LARGE => BroadcastError::TooLarge {
            bytes: tx.bytes.len(),
            limit: number_after(&log, "Max size is ").unwrap_or(tx_bytes),
        },
        code::SDK_TIMEOUT_HEIGHT => BroadcastError::Expired {
            timeout_height: tx.timeout_height,
            height,
        },
        code::SDK_WRONG_SEQUENCE => match expected_sequence(&log) {
            Some(expected) => BroadcastError::Sequence {
                account: tx.account.clone(),
                expected,
                given: tx.sequence,
            },
            None => BroadcastError::Refused { codespace, code, log },
        },
        _ => BroadcastError::Refused { codespace, code, log },
    })
}

/// The sequence that the chain's words about a wrong one ask for.
pub(super) fn expected_sequence(log: &str) -> Option<u64> {
    number_after(log, "account sequence mismatch, expected ")
}

fn number_after<T: std::str::FromStr>(log: &str, words: &str) -> Option<T> {
    let (_, after) = log.split_once(words)?;
    let end = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
    after.get(..end)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TxHash;
    use cosmwasm_std::Addr;

    fn refused(codespace: &str, code: u32, log: &str) -> Option<BroadcastError> {
        let tx = SignedTx {
            bytes: vec![0; 70],
            hash: TxHash::of(&[0; 70]),
            account: Addr::unchecked("ann"),
            sequence: 6,
            timeout_height: 90,
        };
        let answer = Answer {
            codespace: codespace.into(),
            code,
            log: log.into(),
        };
        refusal(answer, &tx, 100, 60)
    }

    #[test]
    fn each_code_has_its_meaning() {
        let text = |text: &str| text.to_owned();
        let table = [
            (
                11,
                "out of gas in location: txSize; gasWanted: 1, gasUsed: 9: out of gas",
                Some(BroadcastError::OutOfGas {
                    log: text("out of gas in location: txSize; gasWanted: 1, gasUsed: 9: out of gas"),
                }),
            ),
            (
                13,
                "insufficient fees; got: 1ustake required: 9ustake: insufficient fee",
                Some(BroadcastError::InsufficientFee {
                    log: text("insufficient fees; got: 1ustake required: 9ustake: insufficient fee"),
                }),
            ),
            (19, "tx already exists in cache", None),
            (
                20,
                "mempool is full: number of txs 5000 (max: 5000)",
                Some(BroadcastError::MempoolFull { limit: Some(5_000) }),
            ),
            // What nodes say of it: nothing.
            (20, "", Some(BroadcastError::MempoolFull { limit: None })),
            (
                21,
                "Tx too large. Max size is 65, but got 70",
                Some(BroadcastError::TooLarge { bytes: 70, limit: 65 }),
            ),
            (
                30,
                "block height: 100, timeout height: 90: tx timeout height",
                Some(BroadcastError::Expired {
                    timeout_height: 90,
                    height: 100,
                }),
            ),
            (
                32,
                "account sequence mismatch, expected 8, got 6: incorrect account sequence",
                Some(BroadcastError::Sequence {
                    account: Addr::unchecked("ann"),
                    expected: 8,
                    given: 6,
                }),
            ),
            (2, "EOF", Some(BroadcastError::Malformed { reason: text("EOF") })),
        ];
        for (code, log, expected) in table {
            assert_eq!(refused("sdk", code, log), expected, "code {code}");
        }
        assert_eq!(refused("", 0, ""), None);
    }

    #[test]
    fn every_other_refusal_is_passed_on_in_the_nodes_words() {
        for (codespace, code, log) in [
            ("sdk", 4, "signature verification failed"),
            ("wasm", 11, "?"),
            ("sdk", 32, "?"),
        ] {
            let refusal = BroadcastError::Refused {
                codespace: codespace.into(),
                code,
                log: log.into(),
            };
            assert_eq!(refused(codespace, code, log), Some(refusal));
        }
    }

    #[test]
    fn a_refusal_says_what_to_do() {
        for (code, advice) in [
            (11, "gas"),
            (13, "gas_price"),
            (20, "same bytes"),
            (21, "fewer"),
            (30, "sign again"),
            (32, "its own account"),
        ] {
            let text = refused("sdk", code, "account sequence mismatch, expected 8, got 6")
                .unwrap()
                .to_string();
            assert!(text.contains(advice), "{code}: {text}");
        }
    }
}
