//! Laws of the unit arithmetic.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]
use busbar_units::{largest_remainder, Interval, Money, NetMoney, NetWh, Ppm, Price, UnitsError, Watt, Wh};
use proptest::prelude::*;

proptest! {
    #[test]
    fn a_charge_is_the_exact_product_rounded_up(price in any::<i32>(), net in any::<i32>()) {
        let charge = Price::new(price.into()).charge(NetWh::new(net.into())).unwrap().get();
        let exact = i128::from(price) * i128::from(net);
        prop_assert!(charge * 1000 >= exact);
        prop_assert!(charge * 1000 - exact < 1000);
    }

    #[test]
    fn buyer_pays_at_least_what_seller_gets(price in any::<i64>(), wh in 0u64..1 << 48) {
        let buyer = Price::new(price).charge(Wh::new(wh).drawn().unwrap()).unwrap().get();
        let seller = Price::new(price).charge(Wh::new(wh).fed().unwrap()).unwrap().get();
        prop_assert!(buyer + seller == 0 || buyer + seller == 1);
    }

    #[test]
    fn a_midpoint_lies_between_and_is_floored(a in any::<i64>(), b in any::<i64>()) {
        let mid = i128::from(Price::midpoint(Price::new(a), Price::new(b)).get());
        let sum = i128::from(a) + i128::from(b);
        prop_assert!(mid * 2 == sum || mid * 2 == sum - 1);
    }

    #[test]
    fn parts_make_the_net(drawn in 0u64..1 << 62, fed in 0u64..1 << 62) {
        let net = NetWh::of(Wh::new(drawn), Wh::new(fed)).unwrap();
        prop_assert_eq!(i128::from(net.positive().get()) - i128::from(net.negative().get()), i128::from(drawn) - i128::from(fed));
        prop_assert!(net.positive().is_zero() || net.negative().is_zero());
        prop_assert_eq!(net.negate().unwrap().get(), -net.get());
    }

    #[test]
    fn shares_are_fair_and_complete(total in 0u128..1 << 60, weights in prop::collection::vec(0u128..1 << 48, 0..12)) {
        let shares = largest_remainder(total, &weights).unwrap();
        let sum: u128 = weights.iter().sum();
        prop_assert_eq!(shares.iter().sum::<u128>(), total.min(sum));
        for (share, weight) in shares.iter().zip(&weights) {
            prop_assert!(share <= weight);
            if total < sum {
                let exact = total * weight;
                prop_assert!(share * sum < exact + sum && (share + 1) * sum > exact);
            }
        }
    }

    #[test]
    fn json_is_a_decimal_string(value in any::<i64>(), money in any::<u128>()) {
        let json = serde_json::to_string(&Price::new(value)).unwrap();
        prop_assert_eq!(&json, &format!("\"{value}\""));
        prop_assert_eq!(serde_json::from_str::<Price>(&json).unwrap(), Price::new(value));
        let json = serde_json::to_string(&Money::new(money)).unwrap();
        prop_assert_eq!(serde_json::from_str::<Money>(&json).unwrap(), Money::new(money));
    }

    #[test]
    fn instants_fall_into_their_interval(at in 0u64..1 << 50, length in 1u64..100_000) {
        let interval = Interval::containing(at, length).unwrap();
        prop_assert!(interval.start_s(length).unwrap() <= at && at < interval.end_s(length).unwrap());
    }

    #[test]
    fn power_over_time_is_floored(watt in any::<u32>(), seconds in 0u64..1_000_000) {
        let wh = u128::from(Watt::new(watt.into()).over_seconds(seconds).unwrap().get());
        let exact = u128::from(watt) * u128::from(seconds);
        prop_assert!(wh * 3600 <= exact && exact < (wh + 1) * 3600);
    }

    #[test]
    fn the_largest_energy_within_a_limit_is_the_largest(ppm in 1i64..2_000_000, limit in 0u64..1 << 40) {
        let ppm = Ppm::new(ppm);
        let largest = ppm.largest_within(Wh::new(limit));
        prop_assert!(ppm.of(largest).unwrap().get() <= limit);
        prop_assert!(ppm.of(largest.add(Wh::new(1)).unwrap()).unwrap().get() > limit);
    }

    #[test]
    fn a_share_of_energy_is_floored(ppm in 0i64..2_000_000, wh in 0u64..1 << 40) {
        let part = u128::from(Ppm::new(ppm).of(Wh::new(wh)).unwrap().get());
        let exact = u128::try_from(ppm).unwrap() * u128::from(wh);
        prop_assert!(part * 1_000_000 <= exact && exact < (part + 1) * 1_000_000);
    }
}

#[test]
fn equal_remainders_go_by_position() {
    assert_eq!(largest_remainder(2, &[5, 5, 5]).unwrap(), [1, 1, 0]);
    assert_eq!(largest_remainder(5, &[1, 2, 3]).unwrap(), [1, 2, 2]);
    assert_eq!(largest_remainder(9, &[1, 2, 3]).unwrap(), [1, 2, 3]);
    assert_eq!(largest_remainder(6, &[1, 2, 3]).unwrap(), [1, 2, 3]);
    assert_eq!(largest_remainder(0, &[0, 0]).unwrap(), [0, 0]);
}

#[test]
fn overflow_is_an_error_and_names_the_unit() {
    assert_eq!(
        Wh::MAX.add(Wh::new(1)),
        Err(UnitsError::Overflow {
            unit: "Wh",
            operation: "addition"
        })
    );
    assert_eq!(
        Wh::ZERO.sub(Wh::new(1)),
        Err(UnitsError::Overflow {
            unit: "Wh",
            operation: "subtraction"
        })
    );
    assert!(Wh::new(1 << 63).drawn().is_err());
    assert!(NetWh::MIN.negate().is_err());
    assert!(Price::MIN.negate().is_err());
    assert!(NetMoney::MIN.negate().is_err());
    assert!(Money::MAX.paid().is_err());
    assert!(Money::MAX.times(2).is_err());
    assert!(Watt::MAX.over_seconds(7200).is_err());
    assert!(Interval::MAX.end_s(900).is_err());
    assert!(largest_remainder(u128::MAX - 1, &[u128::MAX]).is_err());
    assert_eq!(Interval::containing(5, 0), Err(UnitsError::ZeroLength));
    assert_eq!(
        UnitsError::ZeroLength.to_string(),
        "the interval length must be at least 1 second"
    );
}

#[test]
fn signs_and_parts() {
    assert_eq!(Money::new(7).paid().unwrap(), NetMoney::new(7));
    assert_eq!(Money::new(7).received().unwrap(), NetMoney::new(-7));
    assert_eq!(Money::new(7).times(3).unwrap(), Money::new(21));
    assert_eq!(NetMoney::new(-7).negative(), Money::new(7));
    assert_eq!(NetMoney::new(-7).positive(), Money::ZERO);
    assert_eq!(NetMoney::new(7).positive(), Money::new(7));
    assert_eq!(NetMoney::new(7).negative(), Money::ZERO);
    assert_eq!(NetMoney::new(7).negate().unwrap(), NetMoney::new(-7));
    assert_eq!(Price::new(-7).positive(), Price::ZERO);
    assert_eq!(Price::new(7).positive(), Price::new(7));
    assert_eq!(Price::new(7).negate().unwrap(), Price::new(-7));
    assert_eq!(Wh::new(3).fed().unwrap(), NetWh::new(-3));
    assert_eq!(Wh::new(2).add(Wh::new(3)).unwrap(), Wh::new(5));
    assert_eq!(Wh::new(5).sub(Wh::new(3)).unwrap(), Wh::new(2));
    assert_eq!(Wh::sum([Wh::new(1), Wh::new(2), Wh::new(4)]).unwrap(), Wh::new(7));
    assert!(Wh::ZERO.is_zero() && !Wh::new(1).is_zero());
    assert_eq!(Interval::new(9).plus(2).unwrap(), Interval::new(11));
    assert_eq!(Interval::new(9).minus(2), Some(Interval::new(7)));
    assert_eq!(Interval::new(1).minus(2), None);
    assert_eq!(Ppm::new(-5).of(Wh::new(1000)).unwrap(), Wh::ZERO);
    assert_eq!(Ppm::ZERO.largest_within(Wh::new(1)), Wh::MAX);
    assert_eq!(Ppm::ONE.of(Wh::new(1000)).unwrap(), Wh::new(1000));
}

#[test]
fn only_the_canonical_text_is_read() {
    for text in ["", "+1", "01", " 1", "1 ", "-0", "1.0", "0x1", "99999999999999999999"] {
        assert!(text.parse::<Price>().is_err(), "{text:?}");
        assert!(serde_json::from_str::<Price>(&format!("{text:?}")).is_err(), "{text:?}");
    }
    assert!(serde_json::from_str::<Price>("1").is_err());
    assert_eq!("-12".parse::<Price>().unwrap(), Price::new(-12));
    assert_eq!(Price::new(-12).to_string(), "-12 millionths per kWh");
    assert_eq!(Interval::new(12).to_string(), "interval 12");
}

#[test]
fn the_schema_is_a_described_string() {
    let schema = serde_json::to_value(schemars::schema_for!(Wh)).unwrap();
    assert_eq!(schema["type"], "string");
    assert_eq!(schema["title"], "Wh");
    assert!(schema["description"].as_str().unwrap().ends_with("Wh"));
}
