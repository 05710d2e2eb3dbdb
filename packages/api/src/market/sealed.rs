//! Orders that nobody can read before gate closure.
use busbar_units::{Interval, Money, Price, Wh};
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Binary};
use sha2::{Digest, Sha256};

use super::{OrderKey, Side, Terms};
use crate::codec::Writer;

/// What every sealed order's bytes start with, so that no other hash of anything is one.
pub const SEALED_TAG: &[u8] = b"busbar/sealed-order/1";
/// Bytes of a salt: drawn at random for every order, or the order can be guessed.
pub const SALT_LENGTH: usize = 32;

/// An order under seal, as its owner keeps it until he reveals it.
#[cw_serde]
pub struct SealedOrder {
    /// Buy or sell.
    pub side: Side,
    /// Highest price to pay, or lowest price to accept.
    pub limit: Price,
    /// Quantity in Wh.
    pub quantity: Wh,
    /// [`SALT_LENGTH`] random bytes.
    pub salt: Binary,
}

/// A sealed order that nobody has revealed.
#[cw_serde]
pub struct SealResponse {
    /// Its identity in the interval.
    pub key: OrderKey,
    /// Its hash.
    pub hash: Binary,
    /// Coin that it locks.
    pub lock: Money,
}

impl SealedOrder {
    /// SHA-256 over the order's canonical bytes: [`SEALED_TAG`]; region domain, market address and owner address, each
    /// as its length (2 bytes) and its text; device (4), interval (8), side (1: 0 buy, 1 sell), limit (8, two's
    /// complement), quantity (8), salt. All numbers big-endian.
    ///
    /// The owner is part of it: a hash copied by somebody else opens nothing for him.
    pub fn hash(&self, domain: &str, market: &Addr, owner: &Addr, device: u32, interval: Interval) -> [u8; 32] {
        let texts = [domain, market.as_str(), owner.as_str()];
        let writer = texts.iter().fold(Writer::new().bytes(SEALED_TAG), |writer, text| {
            // Texts beyond 64 KiB are no addresses.
            let length = u16::try_from(text.len()).unwrap_or(u16::MAX);
            writer.u16(length).bytes(text.as_bytes())
        });
        let bytes = writer
            .u32(device)
            .u64(interval.get())
            .u8(self.side.code())
            .bytes(&self.limit.get().to_be_bytes())
            .u64(self.quantity.get())
            .bytes(&self.salt)
            .finish();
        Sha256::digest(bytes).into()
    }

    /// What the order asks for once it is in the book.
    pub fn terms(&self) -> Terms {
        self.side.terms(self.limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order() -> SealedOrder {
        SealedOrder {
            side: Side::Sell,
            limit: Price::new(-2),
            quantity: Wh::new(500),
            salt: Binary::from([7; SALT_LENGTH]),
        }
    }

    fn hash(order: &SealedOrder, texts: [&str; 3], device: u32, interval: u64) -> [u8; 32] {
        let [domain, market, owner] = texts;
        let (market, owner) = (Addr::unchecked(market), Addr::unchecked(owner));
        order.hash(domain, &market, &owner, device, Interval::new(interval))
    }

    #[test]
    fn the_bytes_are_those_of_the_documentation() {
        let by_hand = [
            b"busbar/sealed-order/1".as_slice(),
            b"\0\x04elm1\0\x06market\0\x05alice",
            &[0, 0, 0, 3],
            &[0, 0, 0, 0, 0, 0, 0, 9],
            &[1],
            &[255, 255, 255, 255, 255, 255, 255, 254],
            &[0, 0, 0, 0, 0, 0, 1, 244],
            &[7; 32],
        ]
        .concat();
        let expected: [u8; 32] = Sha256::digest(by_hand).into();
        assert_eq!(hash(&order(), ["elm1", "market", "alice"], 3, 9), expected);
    }

    #[test]
    fn every_field_is_in_the_hash() {
        let texts = ["elm1", "market", "alice"];
        let mut all = vec![hash(&order(), texts, 3, 9)];
        for other in [
            ["elm2", "market", "alice"],
            ["elm1", "marke", "talice"],
            ["elm1", "market", "mallory"],
        ] {
            all.push(hash(&order(), other, 3, 9));
        }
        all.push(hash(&order(), texts, 4, 9));
        all.push(hash(&order(), texts, 3, 8));
        let changes: [fn(&mut SealedOrder); 4] = [
            |order| order.side = Side::Buy,
            |order| order.limit = Price::new(2),
            |order| order.quantity = Wh::new(501),
            |order| order.salt = Binary::from([8; SALT_LENGTH]),
        ];
        for change in changes {
            let mut other = order();
            change(&mut other);
            all.push(hash(&other, texts, 3, 9));
        }
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
