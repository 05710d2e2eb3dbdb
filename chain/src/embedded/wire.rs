//! Bytes of an embedded transaction. The embedded chain trusts its process, so they carry no signature; everything
//! that a signature would cover is in them, so that equal hashes mean equal transactions.
use crate::Message;
use busbar_api::codec::{CodecError, Reader, Writer};
use cosmwasm_std::{Addr, Binary, Coin, Uint128};

pub(super) struct Tx {
    pub(super) chain_id: String,
    pub(super) account: Addr,
    pub(super) sequence: u64,
    pub(super) timeout_height: u64,
    pub(super) messages: Vec<Message>,
}

pub(super) fn encode(
    chain_id: &str,
    account: &Addr,
    sequence: u64,
    timeout_height: u64,
    messages: &[Message],
) -> Vec<u8> {
    let head = string(string(Writer::new(), chain_id.as_bytes()), account.as_bytes())
        .varint(sequence.into())
        .varint(timeout_height.into());
    let written = messages.iter().fold(count(head, messages.len()), |writer, message| {
        let writer = string(string(writer, message.contract.as_bytes()), &message.msg);
        message
            .funds
            .iter()
            .fold(count(writer, message.funds.len()), |writer, coin| {
                string(writer, coin.denom.as_bytes()).varint(coin.amount.u128())
            })
    });
    written.finish()
}

pub(super) fn decode(bytes: &[u8]) -> Result<Tx, CodecError> {
    let mut reader = Reader::new(bytes);
    let chain_id = text(&mut reader, "chain id")?;
    let account = Addr::unchecked(text(&mut reader, "account")?);
    let sequence = reader.varint_u64("sequence")?;
    let timeout_height = reader.varint_u64("timeout height")?;
    let mut messages = Vec::new();
    for _ in 0..reader.varint_u32("messages")? {
        let contract = Addr::unchecked(text(&mut reader, "contract")?);
        let msg = Binary::from(take(&mut reader, "message")?);
        let mut funds = Vec::new();
        for _ in 0..reader.varint_u32("funds")? {
            let denom = text(&mut reader, "denom")?;
            funds.push(Coin {
                denom,
                amount: Uint128::new(reader.varint("amount")?),
            });
        }
        messages.push(Message { contract, msg, funds });
    }
    reader.finish()?;
    Ok(Tx {
        chain_id,
        account,
        sequence,
        timeout_height,
        messages,
    })
}

fn count(writer: Writer, count: usize) -> Writer {
    // A usize has at most 64 bits on every supported machine.
    writer.varint(u128::try_from(count).unwrap_or(u128::MAX))
}

fn string(writer: Writer, bytes: &[u8]) -> Writer {
    count(writer, bytes.len()).bytes(bytes)
}

fn take<'a>(reader: &mut Reader<'a>, field: &'static str) -> Result<&'a [u8], CodecError> {
    let length = reader.varint_u32(field)?;
    reader.bytes(field, usize::try_from(length).map_err(|_| CodecError::Range { field })?)
}

fn text(reader: &mut Reader<'_>, field: &'static str) -> Result<String, CodecError> {
    String::from_utf8(take(reader, field)?.to_vec()).map_err(|_| CodecError::Range { field })
}
