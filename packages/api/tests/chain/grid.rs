use busbar_api::grid::{
    Client, Contracts, ExecuteMsg, Network, Params, QueryMsg, Region, Roles, Tariff, Times, Version, Wiring,
};
use busbar_units::Price;
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
    };
    asks(QueryMsg::Roles {}, roles, |q| grid.roles(q));
    asks(QueryMsg::Params { interval }, params(), |q| grid.params(q, interval));
    asks(QueryMsg::Tariff { interval }, tariff(), |q| grid.tariff(q, interval));
    let times = Times::of(&region(), &params(), interval).unwrap();
    asks(QueryMsg::Times { interval }, times, |q| grid.times(q, interval));
    asks(QueryMsg::CurrentInterval {}, interval, |q| grid.current_interval(q));
    let network = Network::of(&region(), &params()).unwrap();
    asks(QueryMsg::Network { interval }, network, |q| grid.network(q, interval));
    let (start_after, limit) = (Some(interval), Some(2));
    let versions = vec![Version {
        from: at(4),
        params: params(),
    }];
    let question = QueryMsg::Versions { start_after, limit };
    asks(question, versions, |q| grid.versions(q, start_after, limit));
}
