//! The energy token: a CW20 of which one unit is one watt-hour held in the bank's storage.
//!
//! Messages and answers are those of the CW20 standard, so every wallet works. What differs: the market
//! alone mints and burns, supply never exceeds the usable energy of the bank's storage, nobody burns for
//! somebody else, and an allowance that expired does not come back to life.
use busbar_units::Wh;
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{from_json, to_json_binary, Addr, Binary, QuerierWrapper, StdError, StdResult, Uint128, WasmMsg};
use cw20_base::state::{BALANCES, TOKEN_INFO};

pub use cw20::Cw20ExecuteMsg as ExecuteMsg;
pub use cw20_base::msg::{InstantiateMarketingInfo, QueryMsg};

/// Decimals of the token: 1000 units (Wh) are one token (1 kWh).
pub const DECIMALS: u8 = 3;

/// Genesis of the token, with no supply. Its minter is the market that the grid contract names.
#[cw_serde]
pub struct InstantiateMsg {
    /// The region's grid contract.
    pub grid: String,
    /// Name, 3 to 50 bytes.
    pub name: String,
    /// Ticker, 3 to 12 letters or `-`.
    pub symbol: String,
    /// What a wallet shows about the token.
    pub marketing: Option<InstantiateMarketingInfo>,
}

/// What other contracts may read from the token's storage.
pub mod raw {
    use super::{from_json, wh, Addr, QuerierWrapper, StdError, StdResult, Uint128, Wh, BALANCES, TOKEN_INFO};

    /// What is read of the token's record: the rest of it is its name and its minter.
    #[derive(serde::Deserialize)]
    struct Supply {
        total_supply: Uint128,
    }

    /// Key of the grid contract's address.
    pub const GRID: &str = "grid";

    /// Energy that an account holds.
    pub fn balance(q: &QuerierWrapper<'_>, token: &Addr, account: &Addr) -> StdResult<Wh> {
        wh(BALANCES.query(q, token.clone(), account)?.unwrap_or_default().u128())
    }

    /// Energy that all accounts hold together.
    pub fn supply(q: &QuerierWrapper<'_>, token: &Addr) -> StdResult<Wh> {
        let record = q
            .query_wasm_raw(token, TOKEN_INFO.as_slice())?
            .ok_or_else(|| StdError::not_found("token info"))?;
        wh(from_json::<Supply>(record)?.total_supply.u128())
    }
}

/// Supply is bounded by 64-bit energy, so every balance fits.
fn wh(units: u128) -> StdResult<Wh> {
    u64::try_from(units)
        .map(Wh::new)
        .map_err(|error| cosmwasm_std::StdError::parse_err("Wh", error))
}

/// Builds messages to an energy token and asks it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client(Addr);

impl Client {
    /// A client of the token at this address.
    pub fn new(address: Addr) -> Self {
        Self(address)
    }

    /// The token's address.
    pub fn address(&self) -> &Addr {
        &self.0
    }

    /// Any message.
    pub fn execute(&self, msg: &ExecuteMsg) -> StdResult<WasmMsg> {
        Ok(WasmMsg::Execute {
            contract_addr: self.0.to_string(),
            msg: to_json_binary(msg)?,
            funds: vec![],
        })
    }

    /// Mints energy that was metered into the storage. Market only.
    pub fn mint(&self, recipient: impl Into<String>, amount: Wh) -> StdResult<WasmMsg> {
        self.execute(&ExecuteMsg::Mint {
            recipient: recipient.into(),
            amount: amount.get().into(),
        })
    }

    /// Burns energy of the sender that was metered out of the storage. Market only.
    pub fn burn(&self, amount: Wh) -> StdResult<WasmMsg> {
        self.execute(&ExecuteMsg::Burn {
            amount: amount.get().into(),
        })
    }

    /// Moves energy of the sender.
    pub fn transfer(&self, recipient: impl Into<String>, amount: Wh) -> StdResult<WasmMsg> {
        self.execute(&ExecuteMsg::Transfer {
            recipient: recipient.into(),
            amount: amount.get().into(),
        })
    }

    /// Moves energy of the sender to a contract and calls it.
    pub fn send(&self, contract: impl Into<String>, amount: Wh, msg: Binary) -> StdResult<WasmMsg> {
        self.execute(&ExecuteMsg::Send {
            contract: contract.into(),
            amount: amount.get().into(),
            msg,
        })
    }

    /// Energy that an account holds.
    pub fn balance(&self, q: &QuerierWrapper<'_>, account: impl Into<String>) -> StdResult<Wh> {
        let query = QueryMsg::Balance {
            address: account.into(),
        };
        wh(q.query_wasm_smart::<cw20::BalanceResponse>(&self.0, &query)?
            .balance
            .u128())
    }

    /// Energy that all accounts hold together.
    pub fn supply(&self, q: &QuerierWrapper<'_>) -> StdResult<Wh> {
        let info: cw20::TokenInfoResponse = q.query_wasm_smart(&self.0, &QueryMsg::TokenInfo {})?;
        wh(info.total_supply.u128())
    }

    /// The market, and the most energy that may be in supply at the block time.
    pub fn minter(&self, q: &QuerierWrapper<'_>) -> StdResult<cw20::MinterResponse> {
        q.query_wasm_smart(&self.0, &QueryMsg::Minter {})
    }
}
