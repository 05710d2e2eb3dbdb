use busbar_api::grid::{
    Client, Contracts, ExecuteMsg, LineLimit, MarketState, Network, Params, QueryMsg, Region, Roles, Tariff, Times,
    Version, Wiring,
};
use busbar_units::{Millihertz, Price, Wh};
use cosmwasm_std::{from_json, Addr};

use super::{asks, at, calls, contract};

fn params() -> Params {
    from_json(include_str!("../grid_params.json")).unwrap()
}

fn tariff() -> Tariff {
    Tariff {
        import: Price::new(2),
        export: Price::new(-1),
    }
}

fn region() -> Region {
    Region {
        domain: "elm".into(),
        denom: "ucoin".into(),
        interval_s: 900,
        energy_interval_s: 900,
        operator: Addr::unchecked("olga"),
        utility: Addr::unchecked("ursula"),
    }
}

#[test]
fn each_builder_sends_its_message() {
    let grid = Client::new(contract());
    assert_eq!(grid.address(), &contract());
    let wiring = Wiring {
        registry: "registry".into(),
        oracle: "oracle".into(),
        market: "market".into(),
        energy_token: "token".into(),
    };
    calls(grid.wire(wiring.clone()), ExecuteMsg::Wire(wiring), &[]);
    calls(grid.update(params()), ExecuteMsg::Update { params: params() }, &[]);
    let (from, tariffs) = (at(3), vec![tariff()]);
    let msg = ExecuteMsg::PostTariffs {
        from,
        tariffs: tariffs.clone(),
    };
    calls(grid.post_tariffs(from, tariffs), msg, &[]);
    let network = Network::default();
    let msg = ExecuteMsg::SetNetwork {
        network: network.clone(),
    };
    calls(grid.set_network(network), msg, &[]);
    let limit = LineLimit {
        line: 1,
        capacity: Wh::new(9),
        capacity_back: Wh::new(8),
    };
    let headroom = vec![vec![limit], vec![]];
    let msg = ExecuteMsg::PostHeadroom {
        from,
        headroom: headroom.clone(),
    };
    calls(grid.post_headroom(from, headroom), msg, &[]);
    let (to, limits) = (at(5), vec![limit]);
    let msg = ExecuteMsg::Tighten {
        from,
        to,
        limits: limits.clone(),
    };
    calls(grid.tighten(from, to, limits), msg, &[]);
    let (state, only) = (MarketState::Halted, Some(from));
    calls(grid.set_state(state, only), ExecuteMsg::SetState { state, only }, &[]);
    let (interval, frequency) = (from, Millihertz::new(49_990));
    let msg = ExecuteMsg::PostFrequency { interval, frequency };
    calls(grid.post_frequency(interval, frequency), msg, &[]);
    let tariffs = Some(vec![tariff()]);
    let msg = ExecuteMsg::SetWeek {
        tariffs: tariffs.clone(),
    };
    calls(grid.set_week(tariffs), msg, &[]);
    let guardian = Some("gina".to_owned());
    let msg = ExecuteMsg::SetGuardian {
        guardian: guardian.clone(),
    };
    calls(grid.set_guardian(guardian), msg, &[]);
    let msg = ExecuteMsg::SetReporter { reporter: None };
    calls(grid.set_reporter(None), msg, &[]);
    let operator = "olga".to_owned();
    calls(grid.set_operator("olga"), ExecuteMsg::SetOperator { operator }, &[]);
    let utility = "ursula".to_owned();
    calls(grid.set_utility("ursula"), ExecuteMsg::SetUtility { utility }, &[]);
}

#[test]
fn each_question_gets_its_answer() {
    let grid = Client::new(contract());
    let interval = at(3);
    asks(QueryMsg::Region {}, region(), |q| grid.region(q));
    let contracts = Contracts {
        registry: Addr::unchecked("registry"),
        oracle: Addr::unchecked("oracle"),
        market: Addr::unchecked("market"),
        energy_token: Addr::unchecked("token"),
    };
    asks(QueryMsg::Contracts {}, contracts, |q| grid.contracts(q));
    let roles = Roles {
        owner: None,
        operator: Addr::unchecked("olga"),
        utility: Addr::unchecked("ursula"),
        guardian: Some(Addr::unchecked("gina")),
        reporter: None,
    };
    asks(QueryMsg::Roles {}, roles, |q| grid.roles(q));
    asks(QueryMsg::Params { interval }, params(), |q| grid.params(q, interval));
    asks(QueryMsg::Tariff { interval }, tariff(), |q| grid.tariff(q, interval));
    asks(QueryMsg::Week { interval }, Some(vec![tariff()]), |q| {
        grid.week(q, interval)
    });
    asks(QueryMsg::State { interval }, MarketState::Restricted, |q| {
        grid.state(q, interval)
    });
    let frequency = Some(Millihertz::new(50_010));
    asks(QueryMsg::Frequency { interval }, frequency, |q| {
        grid.frequency(q, interval)
    });
    let times = Times::of(&region(), &params(), interval).unwrap();
    asks(QueryMsg::Times { interval }, times, |q| grid.times(q, interval));
    asks(QueryMsg::CurrentInterval {}, interval, |q| grid.current_interval(q));
    let network = Network::default();
    asks(QueryMsg::Network { interval }, network, |q| grid.network(q, interval));
    let (start_after, limit) = (Some(interval), Some(2));
    let versions = vec![Version {
        from: at(4),
        params: params(),
    }];
    let question = QueryMsg::Versions { start_after, limit };
    asks(question, versions, |q| grid.versions(q, start_after, limit));
}
