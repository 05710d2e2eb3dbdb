//! Round trips and refusals of the packed storage codec.
use busbar_api::codec::{CodecError, Reader, Writer};
use cosmwasm_std::StdError;
use proptest::prelude::*;

proptest! {
    #[test]
    fn what_was_written_is_read(a in any::<u8>(), b in any::<u16>(), c in any::<u32>(), d in any::<u64>(), e in 0u64..1 << 48, f in any::<u128>(), g in any::<i128>(), h in any::<i64>()) {
        let bytes = Writer::new().u8(a).u16(b).u32(c).u64(d).u48("e", e).unwrap().varint(f).zigzag(g).zigzag(h.into()).varint(d.into()).varint(c.into()).finish();
        let mut reader = Reader::new(&bytes);
        prop_assert_eq!(reader.u8("a").unwrap(), a);
        prop_assert_eq!(reader.u16("b").unwrap(), b);
        prop_assert_eq!(reader.u32("c").unwrap(), c);
        prop_assert_eq!(reader.u64("d").unwrap(), d);
        prop_assert_eq!(reader.u48("e").unwrap(), e);
        prop_assert_eq!(reader.varint("f").unwrap(), f);
        prop_assert_eq!(reader.zigzag("g").unwrap(), g);
        prop_assert_eq!(reader.zigzag_i64("h").unwrap(), h);
        prop_assert_eq!(reader.varint_u64("d").unwrap(), d);
        prop_assert!(!reader.is_empty());
        prop_assert_eq!(reader.varint_u32("c").unwrap(), c);
        prop_assert!(reader.is_empty());
        prop_assert!(reader.finish().is_ok());
    }

    #[test]
    fn small_amounts_are_short(value in 0u128..1 << 14) {
        let length = Writer::new().varint(value).finish().len();
        prop_assert_eq!(length, if value < 128 { 1 } else { 2 });
    }

    #[test]
    fn any_bytes_end_in_a_value_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..24)) {
        let mut reader = Reader::new(&bytes);
        if let Ok(value) = reader.varint("x") {
            prop_assert!(bytes.starts_with(&Writer::new().varint(value).finish()));
        }
    }
}

#[test]
fn refusals_name_the_field() {
    assert_eq!(
        Reader::new(&[1]).u16("b"),
        Err(CodecError::Short {
            field: "b",
            needed: 2,
            left: 1
        })
    );
    assert!(Writer::new().u48("e", 1 << 48).is_err());
    assert_eq!(
        Reader::new(&[0x80, 0]).varint("f"),
        Err(CodecError::Range { field: "f" })
    );
    assert_eq!(
        Reader::new(&[0xff; 19]).varint("f"),
        Err(CodecError::Range { field: "f" })
    );
    let wide = Writer::new().varint(1 << 64).finish();
    assert_eq!(
        Reader::new(&wide).varint_u64("g"),
        Err(CodecError::Range { field: "g" })
    );
    assert_eq!(
        Reader::new(&wide).varint_u32("g"),
        Err(CodecError::Range { field: "g" })
    );
    assert_eq!(Reader::new(&[1, 2]).finish(), Err(CodecError::Trailing { left: 2 }));
}

#[test]
fn varints_have_one_form_each() {
    for (value, bytes) in [(0, vec![0]), (1, vec![1]), (128, vec![0x80, 1]), (300, vec![0xac, 2])] {
        assert_eq!(Writer::new().varint(value).finish(), bytes);
        assert_eq!(Reader::new(&bytes).varint("f"), Ok(value));
    }
    // Numbers near zero of either sign are short.
    for (value, byte) in [(0, 0), (-1, 1), (1, 2), (-2, 3), (63, 126), (-64, 127)] {
        assert_eq!(Writer::new().zigzag(value).finish(), [byte]);
        assert_eq!(Reader::new(&[byte]).zigzag("g"), Ok(value));
    }
    let largest = [&[0xff; 18][..], &[3]].concat();
    assert_eq!(Reader::new(&largest).varint("f"), Ok(u128::MAX));
    assert_eq!(Writer::new().zigzag(i128::MIN).finish(), largest);
    let beyond = [&[0xff; 18][..], &[4]].concat();
    assert_eq!(Reader::new(&beyond).varint("f"), Err(CodecError::Range { field: "f" }));
}

#[test]
fn a_contract_reports_torn_bytes_as_a_parse_error() {
    let torn = CodecError::Trailing { left: 2 };
    let reported = StdError::from(torn.clone());
    assert_eq!(reported, StdError::parse_err("packed bytes", torn));
}
