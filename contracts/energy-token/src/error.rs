//! Why the energy token refuses.
use busbar_units::UnitsError;
use cosmwasm_std::{Addr, StdError, Uint128};
use thiserror::Error;

/// Why the energy token refuses; nothing has changed then.
#[derive(Debug, PartialEq, Error)]
pub enum ContractError {
    /// What plain CW20 refuses: overdrawn balances and allowances, expiry, marketing.
    #[error(transparent)]
    Cw20(#[from] cw20_base::ContractError),
    /// Storage, address or JSON.
    #[error(transparent)]
    Std(#[from] StdError),
    /// An integer would overflow.
    #[error(transparent)]
    Units(#[from] UnitsError),
    /// Coins are attached where none belong.
    #[error("{count} coins are attached to a message that takes none")]
    Funds {
        /// Denominations attached.
        count: usize,
    },
    /// The market alone mints and burns.
    #[error("{sender} is not the market")]
    NotMarket {
        /// Who tried.
        sender: Addr,
    },
    /// Supply would exceed what the bank's storage can hold.
    #[error("supply {supply} Wh and {amount} Wh more exceed the {usable} Wh that the storage can hold")]
    AboveUsable {
        /// Supply before, in Wh.
        supply: Uint128,
        /// Energy to mint, in Wh.
        amount: Uint128,
        /// Usable energy of the storage in the current interval, in Wh.
        usable: Uint128,
    },
    /// Energy leaves the supply by the market's metered redemption only.
    #[error("energy cannot be burned from another account")]
    BurnFromRefused,
    /// The minter is the market that the grid contract names.
    #[error("the minter is fixed")]
    MinterFixed,
    /// An allowance would exceed the integers.
    #[error("allowance {allowance} and {amount} more overflow")]
    AllowanceOverflow {
        /// Allowance before.
        allowance: Uint128,
        /// Increase.
        amount: Uint128,
    },
}
