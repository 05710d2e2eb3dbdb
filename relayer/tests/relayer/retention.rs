//! The file stays small, and nothing that is on its way is ever deleted.
use crate::fake::FIRST;
use crate::site::{Site, quick, reading};
use busbar_relayer::{RelayerConfig, State};

const HOURS: u64 = 400;

#[test]
fn old_confirmed_readings_are_deleted_and_the_file_stops_growing() {
    let mut site = Site::with(
        10,
        RelayerConfig {
            retain_intervals: Some(16),
            ..quick()
        },
    );
    let mut sizes = Vec::new();
    for hour in 0..HOURS {
        site.chain.end_of(FIRST + hour);
        let sent: Vec<_> = (0..10).map(|device| reading(device, FIRST + hour, hour)).collect();
        site.relayer().ingest(&sent).unwrap();
        site.drain();
        if hour % 100 == 99 {
            site.reopen();
            sizes.push(std::fs::metadata(site.file()).unwrap().len());
        }
    }
    let kept = site.count(State::Confirmed);
    assert!((160..=200).contains(&kept), "{kept} kept");
    assert_eq!(site.chain.delivered.len() as u64, 10 * HOURS);
    // A page or two come and go.
    assert!(sizes[3] <= sizes[0] + 2 * 4_096, "{sizes:?}");
}

#[test]
fn open_readings_are_never_deleted() {
    let mut site = Site::with(
        2,
        RelayerConfig {
            retain_intervals: Some(1),
            ..quick()
        },
    );
    site.chain.poison = Some(1);
    site.relayer()
        .ingest(&[reading(0, FIRST, 1), reading(1, FIRST, 1)])
        .unwrap();
    for hour in 1..40 {
        site.chain.end_of(FIRST + hour);
        site.step();
    }
    assert_eq!((site.count(State::Confirmed), site.relayer().open_readings()), (0, 1));
    site.chain.poison = None;
    site.drain();
    assert_eq!(site.chain.register(1, FIRST), Some(1));
}

#[test]
fn without_a_bound_everything_is_kept() {
    let mut site = Site::new(1);
    site.relayer().ingest(&[reading(0, FIRST, 1)]).unwrap();
    site.drain();
    site.chain.end_of(FIRST + 100_000);
    site.step();
    assert_eq!(site.count(State::Confirmed), 1);
}
