//! The configuration: defaults, bounds, unknown keys.
use crate::site::Site;
use busbar_relayer::{ConfigError, Durability, Relayer, RelayerConfig, RelayerError};

fn parse(json: &str) -> Result<RelayerConfig, serde_json::Error> {
    serde_json::from_str(json)
}

#[test]
fn an_empty_configuration_is_the_default() {
    let config = parse("{}").unwrap();
    assert_eq!(config, RelayerConfig::default());
    assert_eq!(config.durability, Durability::Full);
    config.validate().unwrap();
}

#[test]
fn every_key_can_be_given() {
    let config = parse(
        r#"{"durability":"process","queue_readings":7,"batch_readings":8,"batch_bytes":800,"batch_age_s":9,
            "threads":3,"future_s":11,"retry_s":12,"retain_intervals":13}"#,
    );
    let expected = RelayerConfig {
        durability: Durability::Process,
        queue_readings: 7,
        batch_readings: 8,
        batch_bytes: 800,
        batch_age_s: 9,
        threads: 3,
        future_s: 11,
        retry_s: 12,
        retain_intervals: Some(13),
    };
    assert_eq!(config.unwrap(), expected);
}

#[test]
fn an_unknown_key_is_refused_by_name() {
    let error = parse(r#"{"batch_reading":8}"#).unwrap_err().to_string();
    assert!(error.contains("unknown field `batch_reading`"), "{error}");
}

#[test]
fn each_bound_is_inclusive_and_one_beyond_is_refused() {
    type Set = fn(&mut RelayerConfig, u64);
    let keys: [(&str, Set, u64, u64); 8] = [
        (
            "queue_readings",
            |config, value| config.queue_readings = value as usize,
            1,
            10_000_000,
        ),
        (
            "batch_readings",
            |config, value| config.batch_readings = value as usize,
            1,
            512,
        ),
        (
            "batch_bytes",
            |config, value| config.batch_bytes = value as usize,
            78,
            1_048_576,
        ),
        ("batch_age_s", |config, value| config.batch_age_s = value, 0, 3_600),
        ("threads", |config, value| config.threads = value as usize, 1, 64),
        ("future_s", |config, value| config.future_s = value, 0, 31_622_400),
        ("retry_s", |config, value| config.retry_s = value, 1, 3_600),
        (
            "retain_intervals",
            |config, value| config.retain_intervals = Some(value),
            1,
            u64::MAX,
        ),
    ];
    for (key, set, min, max) in keys {
        let check = |value| {
            let mut config = RelayerConfig::default();
            set(&mut config, value);
            config.validate()
        };
        assert_eq!((check(min), check(max)), (Ok(()), Ok(())), "{key}");
        for beyond in [min.checked_sub(1), max.checked_add(1)].into_iter().flatten() {
            assert_eq!(
                check(beyond),
                Err(ConfigError {
                    key,
                    value: beyond,
                    min,
                    max
                })
            );
        }
    }
}

#[test]
fn a_relayer_is_not_opened_with_a_bad_configuration() {
    let mut site = Site::new(1);
    site.close();
    let config = RelayerConfig {
        threads: 0,
        ..site.config.clone()
    };
    let opened = Relayer::open(
        &site.file(),
        config,
        &site.chain,
        &crate::fake::grid(),
        crate::fake::account(),
    )
    .err();
    assert!(matches!(
        opened,
        Some(RelayerError::Config(ConfigError {
            key: "threads",
            value: 0,
            ..
        }))
    ));
}
