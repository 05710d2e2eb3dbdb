use busbar_api::oracle::{
    raw, Anchor, Batch, Client, ConfigResponse, DeviceReading, Energy, ExecuteMsg, Feeder, IntervalState, PruneCursor,
    QueryMsg, ReadingPage, ReadingsResponse, Registers, SlotReading, VerifyRecordResponse,
};
use busbar_attestation::{decode_batch, Reading, SignedReading, WireError};
use busbar_units::{Interval, NetWh, Wh};
use cosmwasm_std::{Binary, QuerierWrapper};
use proptest::prelude::*;

use super::{apart, asks, at, calls, contract, storing};

const STATE: IntervalState = IntervalState {
    net: NetWh::new(-5),
    drawn: Wh::new(8),
    measured: 2,
    estimated: 1,
    awaited: 3,
    confirmed: true,
    disputed: Some(Interval::new(7)),
    unexplained: Some(NetWh::new(-9)),
};

const REGISTERS: Registers = Registers {
    import: Wh::new(300),
    export: Wh::new(4),
};

fn cursor() -> PruneCursor {
    PruneCursor {
        interval: at(9),
        page: 1,
    }
}

const FEEDER: Feeder = Feeder {
    bus: 4,
    interval: Interval::new(9),
    unexplained: NetWh::new(-700),
    mismatches: 2,
    strikes: 1,
    struck: Interval::new(6),
};

fn anchor() -> Anchor {
    Anchor {
        interval: at(8),
        registers: REGISTERS,
    }
}

#[test]
fn each_builder_sends_its_message() {
    let oracle = Client::new(contract());
    assert_eq!(oracle.address(), &contract());
    let batches = vec![Batch {
        interval: at(3),
        page: 1,
        readings: Binary::from([7; 78]),
    }];
    let msg = ExecuteMsg::Submit {
        batches: batches.clone(),
    };
    calls(oracle.submit(batches), msg, &[]);
    let interval = at(3);
    calls(oracle.confirm(interval), ExecuteMsg::Confirm { interval }, &[]);
    calls(oracle.prune(interval), ExecuteMsg::Prune { interval }, &[]);
    let msg = ExecuteMsg::ReportMissing { device: 7 };
    calls(oracle.report_missing(7), msg, &[]);
    let net = NetWh::new(-3);
    let msg = ExecuteMsg::DeclareUnmetered { bus: 4, net };
    calls(oracle.declare_unmetered(4, net), msg, &[]);
}

#[test]
fn each_question_gets_its_answer() {
    let oracle = Client::new(contract());
    let (interval, page, device) = (at(3), 1, 7);
    let config = ConfigResponse {
        grid: contract(),
        domain: "elm".into(),
    };
    asks(QueryMsg::Config {}, config, |q| oracle.config(q));
    let question = QueryMsg::Interval { interval };
    asks(question, Some(STATE), |q| oracle.interval(q, interval));
    let readings = ReadingsResponse {
        hash: Some("00ff".into()),
        pruned: false,
        readings: vec![DeviceReading {
            device,
            revision: 0,
            registers: REGISTERS,
            reset: None,
            counted: true,
            estimated: true,
            late: false,
            frozen: Some(Energy::ZERO),
        }],
    };
    let question = QueryMsg::Readings { interval, page };
    asks(question, readings, |q| oracle.readings(q, interval, page));
    asks(QueryMsg::Anchor { device }, Some(anchor()), |q| {
        oracle.anchor(q, device)
    });
    asks(QueryMsg::Feeder { bus: 4 }, Some(FEEDER), |q| oracle.feeder(q, 4));
    asks(QueryMsg::Unmetered { interval }, NetWh::new(-3), |q| {
        oracle.unmetered(q, interval)
    });
    asks(QueryMsg::PruneCursor {}, cursor(), |q| oracle.prune_cursor(q));
    let records = vec![Binary::from(b"record")];
    let question = QueryMsg::VerifyRecord {
        interval,
        page,
        records: records.clone(),
    };
    let verdict = VerifyRecordResponse {
        verified: true,
        hash: Some("00ff".into()),
        supplied: "00ff".into(),
    };
    asks(question, verdict, |q| {
        oracle.verify_record(q, interval, page, records.clone())
    });
}

#[test]
fn a_batch_packs_readings_of_its_interval_and_page() {
    let signed = |device, byte| SignedReading {
        reading: Reading::new(device, at(3), 0, Wh::new(5), Wh::new(6)).unwrap(),
        signature: [byte; 64],
    };
    let readings = [signed(64, 1), signed(127, 2)];
    let batch = Batch::new(at(3), 1, &readings).unwrap();
    assert_eq!((batch.interval, batch.page), (at(3), 1));
    let unpacked: Result<Vec<_>, _> = decode_batch(at(3), 1, &batch.readings).unwrap().collect();
    assert_eq!(unpacked.unwrap(), readings);
    assert_eq!(
        Batch::new(at(3), 0, &readings),
        Err(WireError::Foreign { position: 0 }),
        "another page"
    );
}

#[test]
fn what_is_stored_is_read() {
    let mut page = ReadingPage::default();
    page.hash = [7; 32];
    let reading = SlotReading {
        counted: true,
        registers: REGISTERS,
        ..SlotReading::default()
    };
    page.set(5, reading);
    let chain = storing([
        (&raw::interval_key(at(3)), &STATE.encode()),
        (&raw::page_key(at(3), 1), &page.encode().unwrap()),
        (&raw::page_key(at(2), 1), &[9; 32]),
        (&raw::anchor_key(7), &anchor().encode().unwrap()),
        (&raw::feeder_key(4), &FEEDER.encode()),
        (raw::PRUNE_CURSOR.as_bytes(), &cursor().encode()),
    ]);
    let (q, oracle) = (QuerierWrapper::new(&chain), contract());
    assert_eq!(raw::interval(&q, &oracle, at(3)).unwrap(), Some(STATE));
    assert_eq!(raw::interval(&q, &oracle, at(4)).unwrap(), None);
    assert_eq!(raw::anchor(&q, &oracle, 7).unwrap(), Some(anchor()));
    assert_eq!(raw::anchor(&q, &oracle, 8).unwrap(), None);
    assert_eq!(raw::feeder(&q, &oracle, 4).unwrap(), Some(FEEDER));
    assert_eq!(raw::feeder(&q, &oracle, 5).unwrap(), None);
    assert_eq!(raw::prune_cursor(&q, &oracle).unwrap(), Some(cursor()));
    // Kept, pruned and never written.
    for (interval, kept, hash) in [
        (3, Some(page), Some([7; 32])),
        (2, None, Some([9; 32])),
        (1, None, None),
    ] {
        assert_eq!(raw::page(&q, &oracle, at(interval), 1).unwrap(), kept);
        assert_eq!(raw::page_hash(&q, &oracle, at(interval), 1).unwrap(), hash);
    }
    let empty = storing([]);
    assert_eq!(raw::prune_cursor(&QuerierWrapper::new(&empty), &oracle).unwrap(), None);
}

#[test]
fn torn_storage_is_an_error() {
    let chain = storing([
        (&raw::interval_key(at(3)), &[1]),
        (&raw::page_key(at(3), 1), &[7; 33]),
        (&raw::page_key(at(2), 1), &[7; 31]),
        (&raw::anchor_key(7), &[1]),
        (&raw::feeder_key(7), &[1]),
        (raw::PRUNE_CURSOR.as_bytes(), &[1]),
    ]);
    let (q, oracle) = (QuerierWrapper::new(&chain), contract());
    assert!(raw::interval(&q, &oracle, at(3)).is_err());
    assert!(raw::page(&q, &oracle, at(3), 1).is_err());
    assert!(raw::page_hash(&q, &oracle, at(2), 1).is_err());
    assert!(raw::anchor(&q, &oracle, 7).is_err());
    assert!(raw::feeder(&q, &oracle, 7).is_err());
    assert!(raw::prune_cursor(&q, &oracle).is_err());
}

proptest! {
    #[test]
    fn keys_stay_apart(intervals in prop::collection::btree_set(any::<u64>(), 1..4), numbers in prop::collection::btree_set(any::<u32>(), 1..4)) {
        let mut keys = vec![raw::PRUNE_CURSOR.into(), raw::FEEDER_SUMS.into(), raw::UNMETERED_BUSES.into(), raw::feeder_key(4), b"ownership".to_vec(), b"contract_info".to_vec()];
        for interval in intervals {
            keys.extend([raw::interval_key(at(interval)), raw::unmetered_key(4, at(interval))]);
            keys.extend(numbers.iter().map(|page| raw::page_key(at(interval), *page)));
        }
        for number in numbers {
            keys.extend([raw::anchor_key(number), raw::newest_key(number)]);
        }
        apart(&keys);
    }
}
