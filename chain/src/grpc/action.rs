use crate::Message;
use cosmos_sdk_proto::Any;
use cosmos_sdk_proto::cosmos::bank::v1beta1::MsgSend;
use cosmos_sdk_proto::cosmos::base::v1beta1::Coin;
use cosmos_sdk_proto::cosmwasm::wasm::v1::{MsgExecuteContract, MsgInstantiateContract2, MsgStoreCode};
use cosmos_sdk_proto::traits::Name;
use cosmwasm_std::{Addr, Binary, Coin as Amount};

/// What one message of a transaction does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Calls a contract.
    Execute(Message),
    /// Sends coins.
    Send {
        /// To whom.
        to: Addr,
        /// How much; each denomination once, in the order of their names.
        coins: Vec<Amount>,
    },
    /// Uploads a contract's Wasm.
    Store {
        /// The Wasm.
        wasm: Vec<u8>,
    },
    /// Founds a contract at the address that its code's checksum, the sender and the salt give.
    Instantiate {
        /// Who may migrate it; nobody where absent.
        admin: Option<Addr>,
        /// Code on the chain.
        code_id: u64,
        /// Name that explorers show.
        label: String,
        /// The JSON of its instantiate message.
        msg: Binary,
        /// 1 to 64 bytes.
        salt: Vec<u8>,
    },
}

impl Action {
    /// What needs about the same gas each time: the kind of transaction, and for a call the name of its message.
    pub(super) fn kind(&self) -> String {
        match self {
            Self::Execute(message) => variant(&message.msg).to_owned(),
            Self::Send { .. } => "(send)".to_owned(),
            Self::Store { .. } => "(store)".to_owned(),
            Self::Instantiate { label, .. } => format!("(instantiate {label})"),
        }
    }

    pub(super) fn to_any(&self, sender: &Addr) -> Any {
        let sender = sender.to_string();
        match self {
            Self::Execute(message) => any(&MsgExecuteContract {
                sender,
                contract: message.contract.to_string(),
                msg: message.msg.to_vec(),
                funds: amounts(&message.funds),
            }),
            Self::Send { to, coins } => any(&MsgSend {
                from_address: sender,
                to_address: to.to_string(),
                amount: amounts(coins),
            }),
            Self::Store { wasm } => any(&MsgStoreCode {
                sender,
                wasm_byte_code: wasm.clone(),
                instantiate_permission: None,
            }),
            Self::Instantiate {
                admin,
                code_id,
                label,
                msg,
                salt,
            } => any(&MsgInstantiateContract2 {
                sender,
                admin: admin.as_ref().map(ToString::to_string).unwrap_or_default(),
                code_id: *code_id,
                label: label.clone(),
                msg: msg.to_vec(),
                funds: Vec::new(),
                salt: salt.clone(),
                fix_msg: false,
            }),
        }
    }
}

fn amounts(coins: &[Amount]) -> Vec<Coin> {
    let amount = |coin: &Amount| Coin {
        denom: coin.denom.clone(),
        amount: coin.amount.to_string(),
    };
    coins.iter().map(amount).collect()
}

/// A message with its type, as transactions hold them.
pub(super) fn any<M: Name>(message: &M) -> Any {
    Any {
        type_url: format!("/{}", M::full_name()),
        value: message.encode_to_vec(),
    }
}

/// The name of a contract's message: the first key of its JSON, or the text that it is.
fn variant(json: &[u8]) -> &str {
    let text = std::str::from_utf8(json).unwrap_or_default();
    text.split('"').nth(1).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_known_by_its_message() {
        let call = |json: &str| {
            let message = Message {
                contract: Addr::unchecked("oracle"),
                msg: Binary::from(json.as_bytes()),
                funds: Vec::new(),
            };
            Action::Execute(message).kind()
        };
        assert_eq!(call(r#"{"submit":{"batches":[]}}"#), "submit");
        assert_eq!(call(r#""deposit""#), "deposit");
        assert_eq!(call("{}"), "");
        assert_eq!(Action::Store { wasm: vec![0] }.kind(), "(store)");
    }

    #[test]
    fn coins_go_from_the_sender_as_they_are_listed() {
        let send = Action::Send {
            to: Addr::unchecked("home"),
            coins: vec![Amount::new(7u128, "ucoin"), Amount::new(5u128, "ustake")],
        };
        assert_eq!(send.kind(), "(send)");
        let any = send.to_any(&Addr::unchecked("owner"));
        assert_eq!(any.type_url, "/cosmos.bank.v1beta1.MsgSend");
        let sent: MsgSend = any.to_msg().unwrap();
        assert_eq!(
            (sent.from_address.as_str(), sent.to_address.as_str()),
            ("owner", "home")
        );
        let amounts: Vec<_> = sent
            .amount
            .iter()
            .map(|coin| (coin.denom.as_str(), coin.amount.as_str()))
            .collect();
        assert_eq!(amounts, [("ucoin", "7"), ("ustake", "5")]);
    }
}
