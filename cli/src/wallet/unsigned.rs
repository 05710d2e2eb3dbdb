//! A transaction without signatures, as `wasmd tx --generate-only` prints it.
use busbar_chain::Message;
use busbar_chain::grpc::Estimate;
use cosmwasm_std::{Addr, Coin};
use serde::Serialize;
use serde_json::value::RawValue;

/// The whole document; wasmd's own field names and order.
#[derive(Serialize)]
pub struct Unsigned {
    body: Body,
    auth_info: AuthInfo,
    signatures: [&'static str; 0],
}

#[derive(Serialize)]
struct Body {
    messages: Vec<Execute>,
    memo: String,
    timeout_height: &'static str,
    unordered: bool,
    timeout_timestamp: Option<&'static str>,
    extension_options: [&'static str; 0],
    non_critical_extension_options: [&'static str; 0],
}

#[derive(Serialize)]
struct Execute {
    #[serde(rename = "@type")]
    kind: &'static str,
    sender: String,
    contract: String,
    msg: Box<RawValue>,
    funds: Vec<Coin>,
}

#[derive(Serialize)]
struct AuthInfo {
    signer_infos: [&'static str; 0],
    fee: Fee,
    tip: Option<&'static str>,
}

#[derive(Serialize)]
struct Fee {
    amount: Vec<Coin>,
    gas_limit: String,
    payer: &'static str,
    granter: &'static str,
}

impl Unsigned {
    /// Calls of one sender, with a note for whoever reads them.
    pub fn new(
        sender: &Addr,
        messages: &[Message],
        note: &str,
        estimate: &Estimate,
    ) -> Result<Self, serde_json::Error> {
        let execute = |message: &Message| {
            Ok(Execute {
                kind: "/cosmwasm.wasm.v1.MsgExecuteContract",
                sender: sender.to_string(),
                contract: message.contract.to_string(),
                msg: serde_json::from_slice(&message.msg)?,
                funds: message.funds.clone(),
            })
        };
        let messages = messages.iter().map(execute).collect::<Result<_, serde_json::Error>>()?;
        let fee = Fee {
            amount: coins(&estimate.fee),
            gas_limit: estimate.gas_limit.to_string(),
            payer: "",
            granter: "",
        };
        Ok(Self {
            body: Body {
                messages,
                memo: note.to_owned(),
                timeout_height: "0",
                unordered: false,
                timeout_timestamp: None,
                extension_options: [],
                non_critical_extension_options: [],
            },
            auth_info: AuthInfo {
                signer_infos: [],
                fee,
                tip: None,
            },
            signatures: [],
        })
    }
}

/// A coin as a list: a fee of nothing is none.
pub fn coins(coin: &Coin) -> Vec<Coin> {
    (!coin.amount.is_zero()).then(|| coin.clone()).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use busbar_api::market::ExecuteMsg;

    #[test]
    fn it_is_what_wasmd_prints_to_the_byte() {
        // `wasmd tx wasm execute CONTRACT '{"deposit":{}}' --amount 5ucoin --from home1 --gas 200000 --fees 200ustake
        // --generate-only` of wasmd 0.61.14.
        let printed = r#"{"body":{"messages":[{"@type":"/cosmwasm.wasm.v1.MsgExecuteContract","sender":"wasm10z5saqegn3w6jm60x649wy8w5vdzu3uhc06l6h","contract":"wasm1jrkmdcwgq94uaamx6zax2luewlhf7u4kkyhylf","msg":{"deposit":{}},"funds":[{"denom":"ucoin","amount":"5"}]}],"memo":"","timeout_height":"0","unordered":false,"timeout_timestamp":null,"extension_options":[],"non_critical_extension_options":[]},"auth_info":{"signer_infos":[],"fee":{"amount":[{"denom":"ustake","amount":"200"}],"gas_limit":"200000","payer":"","granter":""},"tip":null},"signatures":[]}"#;
        let market = Addr::unchecked("wasm1jrkmdcwgq94uaamx6zax2luewlhf7u4kkyhylf");
        let message = Message::new(market, &ExecuteMsg::Deposit {}).unwrap();
        let message = message.with_funds(vec![Coin::new(5u128, "ucoin")]);
        let sender = Addr::unchecked("wasm10z5saqegn3w6jm60x649wy8w5vdzu3uhc06l6h");
        let mut estimate = Estimate {
            simulated: 150_000,
            gas_limit: 200_000,
            fee: Coin::new(200u128, "ustake"),
        };
        let unsigned = Unsigned::new(&sender, std::slice::from_ref(&message), "", &estimate).unwrap();
        assert_eq!(serde_json::to_string(&unsigned).unwrap(), printed);
        estimate.fee.amount = cosmwasm_std::Uint128::zero();
        let free =
            serde_json::to_string(&Unsigned::new(&sender, &[message], "for \"May\"", &estimate).unwrap()).unwrap();
        assert!(free.contains(r#""fee":{"amount":[],"#), "{free}");
        assert!(free.contains(r#""memo":"for \"May\"","#), "{free}");
    }
}
