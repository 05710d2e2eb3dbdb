//! `busbar deposit` and `busbar withdraw`: coin and energy tokens between a wallet and its account in the market.
use busbar_api::market::{ExecuteMsg, ReceiveMsg};
use busbar_chain::Message;
use busbar_units::{Money, Wh};
use cosmwasm_std::{coins, to_json_binary};
use cw20::Cw20ExecuteMsg;

use super::amount::{self, AmountError, Coin};
use super::options::{ChainOptions, TxOptions};
use super::send::{self, Plan};
use super::session::{Session, SessionError};
use crate::exit::BadInput;

/// Options of `busbar deposit`.
#[derive(Debug, clap::Args)]
#[command(after_help = DEPOSIT_HELP)]
pub struct Deposit {
    /// Coin (12.5, 12500000ucoin) or energy tokens (1.5kWh)
    #[arg(value_name = "AMOUNT")]
    amount: String,
    #[command(flatten)]
    chain: ChainOptions,
    #[command(flatten)]
    tx: TxOptions,
}

const DEPOSIT_HELP: &str = "\
Adds what your wallet holds to your account in the market: collateral for orders. Coin pays a debt
off first.

Exit codes: 0 sent (or printed), 1 the chain refused or failed, 2 the command line cannot be used

Examples
  busbar deposit 12.5 --from anna
  busbar deposit 12500000ucoin --from anna --dry-run
  busbar deposit 1.5kWh --from anna -y";

/// Options of `busbar withdraw`.
#[derive(Debug, clap::Args)]
#[command(after_help = WITHDRAW_HELP)]
pub struct Withdraw {
    /// Coin (12.5, 12500000ucoin), energy tokens (1.5kWh), or all: all coin that is free
    #[arg(value_name = "AMOUNT|all")]
    amount: String,
    #[command(flatten)]
    chain: ChainOptions,
    #[command(flatten)]
    tx: TxOptions,
}

const WITHDRAW_HELP: &str = "\
Pays out of your account in the market what no order, no margin and no interval that is still open
holds: `busbar account show` names that amount.

Exit codes: 0 sent (or printed), 1 the chain refused or failed, 2 the command line cannot be used

Examples
  busbar withdraw 5 --from anna
  busbar withdraw all --from anna -y
  busbar withdraw 500Wh --from anna";

/// What is moved.
#[derive(Debug, PartialEq, Eq)]
enum Amount {
    Coin(Money),
    Energy(Wh),
}

/// Energy where the text ends in a unit of energy, else coin.
fn read(coin: &Coin, text: &str) -> Result<Amount, AmountError> {
    if text.trim().to_ascii_lowercase().ends_with("wh") {
        return amount::energy(text).map(Amount::Energy);
    }
    coin.amount(text).map(Amount::Coin)
}

/// Nothing is free.
#[derive(Debug, thiserror::Error)]
#[error("nothing can be withdrawn now: {balance} is all there is, and orders, margin and open intervals hold it")]
struct NothingFree {
    balance: String,
}

/// Runs `busbar deposit`.
pub fn deposit(options: &Deposit) -> anyhow::Result<()> {
    let (mut session, account) = Session::for_tx(&options.chain, &options.tx)?;
    let amount = read(&session.coin, &options.amount).map_err(BadInput::of)?;
    let market = session.contracts.market.clone();
    let (what, message) = match amount {
        Amount::Coin(money) => (
            session.coin.money(money),
            Message::new(market, &ExecuteMsg::Deposit {})?.with_funds(coins(money.get(), &session.coin.denom)),
        ),
        Amount::Energy(wh) => {
            let send = Cw20ExecuteMsg::Send {
                contract: market.into_string(),
                amount: u128::from(wh.get()).into(),
                msg: to_json_binary(&ReceiveMsg::Deposit {})?,
            };
            (
                amount::energy_shown(wh),
                Message::new(session.contracts.energy_token.clone(), &send)?,
            )
        }
    };
    let plan = Plan {
        what: vec![format!("deposit {what}")],
        messages: vec![message],
    };
    send::send(
        &mut session,
        &account,
        (&options.tx, options.chain.output),
        &plan,
        |_| vec![],
    )
}

/// Runs `busbar withdraw`.
pub fn withdraw(options: &Withdraw) -> anyhow::Result<()> {
    let (mut session, account) = Session::for_tx(&options.chain, &options.tx)?;
    let amount = match options.amount.as_str() {
        "all" => {
            let market = busbar_api::market::Client::new(session.contracts.market.clone());
            let state = market
                .account(&session.querier().wrap(), account.as_str())
                .map_err(SessionError::State)?;
            if state.withdrawable.is_zero() {
                let balance = session.coin.money(state.balance);
                return Err(BadInput::of(NothingFree { balance }).into());
            }
            Amount::Coin(state.withdrawable)
        }
        amount => read(&session.coin, amount).map_err(BadInput::of)?,
    };
    let (what, msg) = match amount {
        Amount::Coin(amount) => (session.coin.money(amount), ExecuteMsg::Withdraw { amount }),
        Amount::Energy(wh) => (amount::energy_shown(wh), ExecuteMsg::WithdrawEnergy { wh }),
    };
    let plan = Plan {
        what: vec![format!("withdraw {what}")],
        messages: vec![Message::new(session.contracts.market.clone(), &msg)?],
    };
    send::send(
        &mut session,
        &account,
        (&options.tx, options.chain.output),
        &plan,
        |_| vec![],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn energy_and_coin_are_told_apart_by_their_unit() {
        let coin = Coin {
            denom: "ucoin".to_owned(),
            symbol: "COIN".to_owned(),
        };
        assert_eq!(read(&coin, "12.5"), Ok(Amount::Coin(Money::new(12_500_000))));
        assert_eq!(read(&coin, "1.5 kWh"), Ok(Amount::Energy(Wh::new(1_500))));
        assert!(matches!(
            read(&coin, "5kW"),
            Err(AmountError::Unit { field: "amount", .. })
        ));
        assert!(matches!(
            read(&coin, "5xWh"),
            Err(AmountError::Unit { field: "energy", .. })
        ));
    }
}
