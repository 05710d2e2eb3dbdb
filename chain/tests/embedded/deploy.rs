//! The five contracts on the embedded chain.
use crate::support::START_S;
use busbar_chain::{Chain, ChainError, ChainQuerier, Embedded, EmbeddedConfig, Token};
use busbar_testing::grid::{self, Wiring};
use busbar_testing::{Region, household, oracle, registry};
use cosmwasm_std::coin;

fn founding(chain: &Embedded) -> grid::InstantiateMsg {
    grid::InstantiateMsg {
        owner: None,
        domain: "test-embedded".into(),
        denom: "ucoin".into(),
        interval_s: 900,
        energy_interval_s: 900,
        operator: chain.account("operator").into_string(),
        utility: chain.account("utility").into_string(),
        params: household(),
        network: None,
        contracts: None,
    }
}

fn token() -> Token {
    Token {
        name: "Embedded energy".into(),
        symbol: "WATT".into(),
    }
}

#[test]
fn a_deployed_region_is_wired_and_knows_its_clock() {
    let mut chain = Embedded::new(EmbeddedConfig::at(START_S));
    let owner = chain.account("owner");
    let region = chain.deploy(&owner, &founding(&chain), token()).unwrap();
    let querier = ChainQuerier::new(&chain);
    assert_eq!(
        grid::raw::contracts(&querier.wrap(), &region.grid).unwrap(),
        region.contracts
    );
    assert_eq!(
        grid::raw::roles(&querier.wrap(), &region.grid).unwrap().owner,
        Some(owner)
    );
    let client = grid::Client::new(region.grid.clone());
    assert_eq!(client.current_interval(&querier.wrap()).unwrap().get(), START_S / 900);
    let oracle = oracle::Client::new(region.contracts.oracle.clone())
        .config(&querier.wrap())
        .unwrap();
    assert_eq!((oracle.grid, oracle.domain.as_str()), (region.grid, "test-embedded"));
    assert_eq!(
        registry::raw::count(&querier.wrap(), &region.contracts.registry).unwrap(),
        0
    );
}

#[test]
fn a_region_out_of_bounds_is_refused_in_the_contracts_words() {
    let mut chain = Embedded::new(EmbeddedConfig::at(START_S));
    let owner = chain.account("owner");
    let region = grid::InstantiateMsg {
        denom: "u".into(),
        ..founding(&chain)
    };
    let error = chain.deploy(&owner, &region, token()).unwrap_err();
    match error {
        ChainError::Setup {
            step: "instantiating a contract",
            text,
        } => assert!(text.contains("denom \"u\""), "{text}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_region_that_is_wired_already_cannot_be_wired_again() {
    let mut chain = Embedded::new(EmbeddedConfig::at(START_S));
    let owner = chain.account("owner");
    let address = |name| chain.account(name).into_string();
    let contracts = Wiring {
        registry: address("registry"),
        oracle: address("oracle"),
        market: address("market"),
        energy_token: address("token"),
    };
    let region = grid::InstantiateMsg {
        contracts: Some(contracts),
        ..founding(&chain)
    };
    let error = chain.deploy(&owner, &region, token()).unwrap_err();
    assert!(
        matches!(
            error,
            ChainError::Setup {
                step: "wiring the contracts",
                ..
            }
        ),
        "{error:?}"
    );
}

#[test]
fn a_region_of_a_test_suite_can_be_taken_over() {
    let mut region = Region::new();
    let home = region.home("ann", 5_000, 5_000);
    let (height, now_s) = (region.app.block_info().height, region.now_s());
    let (grid, purse) = (region.grid.address().clone(), region.coin(&home.owner));
    let chain = Embedded::over(region.app, EmbeddedConfig::at(0));
    assert_eq!(
        (chain.now().unwrap().height, chain.now().unwrap().unix_s),
        (height, now_s)
    );
    assert_eq!(
        grid::raw::region(&ChainQuerier::new(&chain).wrap(), &grid)
            .unwrap()
            .domain,
        "test-elm-street"
    );
    assert_eq!(chain.balance(&home.owner, "ucoin").unwrap(), coin(purse.get(), "ucoin"));
}
