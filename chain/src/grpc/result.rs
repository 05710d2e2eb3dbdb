//! The result of a transaction as a node reports it.
use crate::{ChainError, Included};
use cosmos_sdk_proto::cosmos::base::abci::v1beta1::{TxMsgData, TxResponse};
use cosmos_sdk_proto::cosmwasm::wasm::v1::MsgExecuteContractResponse;
use cosmos_sdk_proto::traits::{Message as _, Name};
use cosmwasm_std::{Attribute, Binary, Event, HexBinary};

/// What a block says about a transaction.
pub(super) fn included(response: TxResponse) -> Result<Included, ChainError> {
    let malformed = |field| ChainError::Malformed { field };
    let data = HexBinary::from_hex(&response.data).map_err(|_| malformed("data of a transaction"))?;
    let data = TxMsgData::decode(data.as_slice()).map_err(|_| malformed("data of a transaction"))?;
    Ok(Included {
        height: u64::try_from(response.height).map_err(|_| malformed("height of a transaction"))?,
        codespace: response.codespace,
        code: response.code,
        events: response.events.into_iter().map(event).collect(),
        data: data
            .msg_responses
            .iter()
            .map(|any| {
                let is_call = any.type_url.strip_prefix('/') == Some(&MsgExecuteContractResponse::full_name());
                let call = is_call.then(|| MsgExecuteContractResponse::decode(any.value.as_slice()).ok());
                let data = call.flatten().map(|call| call.data).filter(|data| !data.is_empty());
                data.map(Binary::from)
            })
            .collect(),
        log: if response.code == 0 {
            String::new()
        } else {
            response.raw_log
        },
    })
}

fn event(event: cosmos_sdk_proto::tendermint::abci::Event) -> Event {
    // Not by the checked constructor: it refuses the underscore that the chain's own attributes begin with.
    let attributes = event.attributes.into_iter().map(|pair| Attribute {
        key: pair.key,
        value: pair.value,
    });
    Event::new(event.r#type).add_attributes(attributes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grpc::action::any;
    use cosmos_sdk_proto::tendermint::abci::{Event as AbciEvent, EventAttribute};

    #[test]
    fn data_of_each_call_and_events_in_order() {
        let answer = |data: &[u8]| any(&MsgExecuteContractResponse { data: data.to_vec() });
        let data = TxMsgData {
            msg_responses: vec![answer(b"{}"), answer(b"")],
            ..TxMsgData::default()
        };
        let attribute = EventAttribute {
            key: "_contract_address".into(),
            value: "wasm1".into(),
            index: true,
        };
        let response = TxResponse {
            height: 7,
            data: HexBinary::from(data.encode_to_vec()).to_hex().to_uppercase(),
            events: vec![AbciEvent {
                r#type: "execute".into(),
                attributes: vec![attribute],
            }],
            raw_log: "[]".into(),
            ..TxResponse::default()
        };
        let included = included(response).unwrap();
        assert_eq!(included.height, 7);
        assert_eq!(included.data, [Some(Binary::from(b"{}")), None]);
        assert_eq!(included.events[0].attributes[0].key, "_contract_address");
        assert_eq!((included.failure(), included.log.as_str()), (None, ""));
    }

    #[test]
    fn what_is_no_result_is_refused() {
        let response = TxResponse {
            data: "xyz".into(),
            ..TxResponse::default()
        };
        let field = "data of a transaction";
        assert_eq!(included(response), Err(ChainError::Malformed { field }));
    }
}
