//! `busbar account show`.
use busbar_api::market::{AccountResponse, Client};

use super::options::ChainOptions;
use super::session::{Session, SessionError};
use super::{amount, answer, table};

/// Commands of `busbar account`.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Show what an account has in the market, and how much of it is free
    Show(Options),
}

/// Options of `busbar account show`.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub struct Options {
    /// Name of a key or an address; by default that of --from
    #[arg(value_name = "NAME|ADDRESS")]
    account: Option<String>,
    #[command(flatten)]
    chain: ChainOptions,
}

const HELP: &str = "\
Exit codes: 0 shown, 1 the chain failed, 2 the command line cannot be used

Examples
  busbar account show anna
  busbar account show wasm10z5saqegn3w6jm60x649wy8w5vdzu3uhc06l6h --output json";

/// Runs the command.
pub fn run(command: &Command) -> anyhow::Result<()> {
    let Command::Show(options) = command;
    let session = Session::open(&options.chain)?;
    let address = session.account(&options.chain, options.account.as_deref())?;
    let market = Client::new(session.contracts.market.clone());
    let account = market.account(&session.querier().wrap(), address.as_str());
    let account = account.map_err(SessionError::State)?;
    answer(options.chain.output, &account, |account| text(&session, account))
}

fn text(session: &Session, account: &AccountResponse) -> String {
    let money = |money| session.coin.money(money);
    let number = account.number.map_or_else(
        || "none yet: it begins with the first deposit".to_owned(),
        |number| number.to_string(),
    );
    table::list([
        ("address", account.address.to_string()),
        ("number", number),
        ("balance", money(account.balance)),
        ("locked by orders", money(account.locked)),
        ("not yet final", money(account.pending)),
        ("margin of devices", money(account.margin)),
        ("can be withdrawn", money(account.withdrawable)),
        ("debt", money(account.debt)),
        ("energy tokens", amount::energy_shown(account.energy)),
        ("locked of them", amount::energy_shown(account.energy_locked)),
    ])
}
