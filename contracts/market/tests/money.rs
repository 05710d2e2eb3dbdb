//! Deposits, withdrawals and energy tokens in and out of accounts.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]
use busbar_market::ContractError;
use busbar_testing::cosmwasm_std::{coin, to_json_binary, Binary};
use busbar_testing::market::ExecuteMsg;
use busbar_testing::units::{Money, Wh};
use busbar_testing::{cw20, Region, Setup};

#[test]
fn what_was_deposited_can_be_withdrawn() {
    let mut region = Region::new();
    let eve = region.account("eve");
    region.deposit(&eve, 500);
    region.deposit(&eve, 250);
    assert_eq!(region.books(&eve).withdrawable, Money::new(750));
    let before = region.coin(&eve).get();
    region.withdraw(&eve, 750);
    assert_eq!(region.coin(&eve).get(), before + 750);
    assert_eq!(region.books(&eve).balance, Money::ZERO);
    let totals = region.market.totals(&region.q()).unwrap();
    assert_eq!(totals.withdrawn.get(), 750);
}

#[test]
fn a_deposit_is_one_coin_of_the_region() {
    let mut region = Region::new();
    let eve = region.account("eve");
    let deposit = |funds| region.market.execute(&ExecuteMsg::Deposit {}, funds).unwrap();
    let messages = [deposit(vec![]), deposit(vec![coin(0, "ucoin")])];
    for message in messages {
        // A chain refuses zero coins before the contract sees them.
        if let Ok(error) = region.send(&eve, message).unwrap_err().downcast::<ContractError>() {
            assert!(matches!(error, ContractError::WrongCoin { .. }), "{error}");
        }
    }
    let mint = busbar_testing::cw_multi_test::BankSudo::Mint {
        to_address: eve.to_string(),
        amount: vec![coin(9, "uother")],
    };
    region.app.sudo(mint.into()).unwrap();
    let both = vec![coin(9, "ucoin"), coin(9, "uother")];
    for funds in [vec![coin(9, "uother")], both] {
        let message = region.market.execute(&ExecuteMsg::Deposit {}, funds).unwrap();
        let error: ContractError = region.refused(&eve, message);
        assert!(
            matches!(&error, ContractError::WrongCoin { expected, .. } if expected == "ucoin"),
            "{error}"
        );
    }
}

#[test]
fn no_more_than_the_free_balance_leaves() {
    let mut region = Region::new();
    let alice = region.home("alice", 1_000, 1_000);
    let books = region.books(&alice.owner);
    // 250 Wh at 1.00 in five intervals.
    assert_eq!(books.margin, Money::ZERO, "margin is read when the device first trades");
    let interval = region.first_interval();
    region.buy(&alice, interval, 100, 200_000);
    let books = region.books(&alice.owner);
    assert_eq!(books.margin, Money::new(1_250_000));
    assert_eq!(books.locked, Money::new(30_000));
    let free = books.balance.get() - 1_250_000 - 30_000;
    assert_eq!(books.withdrawable.get(), free);
    let withdraw = region.to_market(&ExecuteMsg::Withdraw {
        amount: Money::new(free + 1),
    });
    let error: ContractError = region.refused(&alice.owner, withdraw);
    assert_eq!(
        error,
        ContractError::InsufficientFree {
            asked: Money::new(free + 1),
            free: Money::new(free)
        }
    );
    region.withdraw(&alice.owner, free);
}

#[test]
fn nothing_and_somebody_elses_cannot_be_withdrawn() {
    let mut region = Region::new();
    let (eve, mallory) = (region.account("eve"), region.account("mallory"));
    region.deposit(&eve, 500);
    let message = region.to_market(&ExecuteMsg::Withdraw { amount: Money::ZERO });
    assert_eq!(
        region.refused::<ContractError>(&eve, message),
        ContractError::Zero { field: "amount" }
    );
    let message = region.to_market(&ExecuteMsg::WithdrawEnergy { wh: Wh::ZERO });
    assert_eq!(
        region.refused::<ContractError>(&eve, message),
        ContractError::Zero { field: "wh" }
    );
    let message = region.to_market(&ExecuteMsg::Withdraw { amount: Money::new(1) });
    let free = Money::ZERO;
    assert_eq!(
        region.refused::<ContractError>(&mallory, message),
        ContractError::InsufficientFree {
            asked: Money::new(1),
            free
        }
    );
    let message = region.to_market(&ExecuteMsg::WithdrawEnergy { wh: Wh::new(1) });
    let free = Wh::ZERO;
    assert_eq!(
        region.refused::<ContractError>(&mallory, message),
        ContractError::InsufficientEnergy {
            asked: Wh::new(1),
            free
        }
    );
}

#[test]
fn only_the_energy_token_reports_received_tokens() {
    let mut region = Region::with(Setup::default().with_bank(1_000));
    let mallory = region.account("mallory");
    let forged = cw20::Cw20ReceiveMsg {
        sender: mallory.to_string(),
        amount: 1_000u128.into(),
        msg: to_json_binary(&busbar_testing::market::ReceiveMsg::Deposit {}).unwrap(),
    };
    let message = region.to_market(&ExecuteMsg::Receive(forged));
    let error: ContractError = region.refused(&mallory, message);
    assert!(matches!(error, ContractError::NotTheEnergyToken { .. }), "{error}");
}

#[test]
fn tokens_come_in_by_a_send_and_go_out_again() {
    let (mut region, home) = banked(400);
    region.withdraw_energy(&home.owner, 150);
    assert_eq!(
        region.energy_token.balance(&region.q(), &home.owner).unwrap(),
        Wh::new(150)
    );
    region.deposit_energy(&home.owner, 50);
    assert_eq!(region.books(&home.owner).energy, Wh::new(300));
    let message = region.to_market(&ExecuteMsg::WithdrawEnergy { wh: Wh::new(301) });
    let free = Wh::new(300);
    assert_eq!(
        region.refused::<ContractError>(&home.owner, message),
        ContractError::InsufficientEnergy {
            asked: Wh::new(301),
            free
        }
    );
    // A hook message that the market does not know is refused, and the tokens stay.
    let unknown = region
        .energy_token
        .send(region.market.address(), Wh::new(1), Binary::from(b"{}".to_vec()))
        .unwrap();
    region.send(&home.owner, unknown).unwrap_err();
    assert_eq!(
        region.energy_token.balance(&region.q(), &home.owner).unwrap(),
        Wh::new(100)
    );
}

#[test]
fn coins_on_a_message_that_takes_none_are_refused() {
    let mut region = Region::new();
    let alice = region.home("alice", 1_000, 1_000);
    let interval = region.first_interval();
    let messages = [
        ExecuteMsg::Withdraw { amount: Money::new(1) },
        ExecuteMsg::WithdrawEnergy { wh: Wh::new(1) },
        ExecuteMsg::Place {
            device: alice.number,
            orders: vec![],
        },
        ExecuteMsg::Cancel {
            device: alice.number,
            orders: vec![],
        },
        ExecuteMsg::Clear { interval },
        ExecuteMsg::Skip { interval },
        ExecuteMsg::Settle { interval, limit: None },
        ExecuteMsg::Finalise { limit: None },
        ExecuteMsg::Refresh { device: alice.number },
    ];
    for message in messages {
        let message = region.market.execute(&message, vec![coin(1, "ucoin")]).unwrap();
        assert_eq!(
            region.refused::<ContractError>(&alice.owner, message),
            ContractError::UnexpectedFunds { count: 1 }
        );
    }
}

/// A region in which a home has banked some Wh.
fn banked(wh: u64) -> (Region, busbar_testing::Device) {
    let mut region = Region::with(Setup::default().with_bank(10_000));
    let storage = region.storage("bank", 20_000, 10_000);
    let home = region.home("home", 20_000, 20_000);
    let interval = region.first_interval();
    region.bank(&home, interval, wh);
    region.clear(interval);
    region.deliver(interval, &[(&storage, wh, 0), (&home, 0, wh)]);
    region.settle(interval);
    assert_eq!(region.books(&home.owner).energy, Wh::new(wh));
    (region, home)
}
