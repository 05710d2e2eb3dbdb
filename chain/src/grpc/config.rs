use super::GasAdjustment;
use cosmwasm_std::{Coin, Decimal, Uint128};
use serde::{Deserialize, Serialize};
use std::str::FromStr;
use thiserror::Error;

/// How to reach a chain and what to pay there. An unknown key is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GrpcConfig {
    /// Chain id. A node of another chain is not asked.
    pub chain_id: String,
    /// gRPC endpoints, `http://` or `https://`, in order of preference: the next is asked where one does not
    /// answer, fetches blocks, is behind the others or of another chain.
    pub grpc: Vec<String>,
    /// Prefix of the chain's addresses.
    pub bech32_prefix: String,
    /// What a unit of gas costs.
    pub gas_price: GasPrice,
    /// Gas of a transaction per gas of its simulation, until its kind was seen to need more: "0.1" to "10",
    /// default "1.3".
    #[serde(default)]
    pub gas_adjustment: GasAdjustment,
    /// Most gas of one transaction: at most what a block takes. Default 50,000,000.
    #[serde(default = "max_gas")]
    pub max_gas: u64,
    /// Blocks after which a transaction that is in none can no longer be included: 1 to 10,000, default 60.
    #[serde(default = "timeout_blocks")]
    pub timeout_blocks: u64,
    /// Bytes of a transaction at most, as the nodes are configured. Default 1,048,576.
    #[serde(default = "tx_bytes")]
    pub tx_bytes: usize,
    /// Seconds that an endpoint has to answer: 1 to 600, default 10.
    #[serde(default = "answer_s")]
    pub answer_s: u64,
}

fn max_gas() -> u64 {
    50_000_000
}

fn timeout_blocks() -> u64 {
    60
}

fn tx_bytes() -> usize {
    1 << 20
}

fn answer_s() -> u64 {
    10
}

/// A key of the configuration cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum GrpcConfigError {
    /// A list or a text is empty.
    #[error("{key} is empty")]
    Empty {
        /// The key.
        key: &'static str,
    },
    /// A number is out of its bounds.
    #[error("{key} is {value}, must be from {min} to {max}")]
    Bound {
        /// The key.
        key: &'static str,
        /// The value given.
        value: u64,
        /// Least value.
        min: u64,
        /// Greatest value.
        max: u64,
    },
    /// An endpoint is no address of the web.
    #[error("grpc has {url:?}, which must begin with http:// or https://")]
    Endpoint {
        /// The text given.
        url: String,
    },
}

impl GrpcConfig {
    /// A chain with the defaults of everything else.
    pub fn new(chain_id: String, grpc: Vec<String>, bech32_prefix: String, gas_price: GasPrice) -> Self {
        Self {
            chain_id,
            grpc,
            bech32_prefix,
            gas_price,
            gas_adjustment: GasAdjustment::default(),
            max_gas: max_gas(),
            timeout_blocks: timeout_blocks(),
            tx_bytes: tx_bytes(),
            answer_s: answer_s(),
        }
    }

    /// Checks every bound.
    pub fn validate(&self) -> Result<(), GrpcConfigError> {
        for (key, empty) in [
            ("chain_id", self.chain_id.is_empty()),
            ("grpc", self.grpc.is_empty()),
            ("bech32_prefix", self.bech32_prefix.is_empty()),
        ] {
            if empty {
                return Err(GrpcConfigError::Empty { key });
            }
        }
        if let Some(url) = self
            .grpc
            .iter()
            .find(|url| !url.starts_with("http://") && !url.starts_with("https://"))
        {
            return Err(GrpcConfigError::Endpoint { url: url.clone() });
        }
        let tx_bytes = u64::try_from(self.tx_bytes).unwrap_or(u64::MAX);
        for (key, value, min, max) in [
            ("max_gas", self.max_gas, 100_000, u64::MAX),
            ("timeout_blocks", self.timeout_blocks, 1, 10_000),
            ("tx_bytes", tx_bytes, 1_024, 1 << 30),
            ("answer_s", self.answer_s, 1, 600),
        ] {
            if !(min..=max).contains(&value) {
                return Err(GrpcConfigError::Bound { key, value, min, max });
            }
        }
        Ok(())
    }
}

/// Price of a unit of gas, as `0.001ustake`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct GasPrice {
    amount: Decimal,
    denom: String,
}

/// A text is no price of gas.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{text:?} is no gas price; write the amount and the denomination, like 0.025uatom")]
pub struct GasPriceError {
    /// The text.
    pub text: String,
}

impl GasPrice {
    /// Denomination that gas is paid in.
    pub fn denom(&self) -> &str {
        &self.denom
    }

    /// Price of one unit.
    pub fn amount(&self) -> Decimal {
        self.amount
    }

    /// The fee for an amount of gas, rounded up; none where it exceeds what a coin holds.
    pub fn fee(&self, gas: u64) -> Option<Coin> {
        // Decimals have 18 places; 128 bits of them and 64 of gas fit what the product is taken in.
        let amount = Uint128::from(gas).checked_mul_ceil(self.amount).ok()?;
        Some(Coin::new(amount, &self.denom))
    }
}

impl FromStr for GasPrice {
    type Err = GasPriceError;

    fn from_str(text: &str) -> Result<Self, GasPriceError> {
        let error = || GasPriceError { text: text.to_owned() };
        let at = text.find(|c: char| c.is_ascii_alphabetic()).ok_or_else(error)?;
        let (amount, denom) = text.split_at(at);
        let amount = Decimal::from_str(amount).map_err(|_| error())?;
        let denom = denom.to_owned();
        let ends_well = denom.chars().all(|c| c.is_ascii_alphanumeric() || "/:._-".contains(c));
        if !ends_well || !(3..=128).contains(&denom.len()) {
            return Err(error());
        }
        Ok(Self { amount, denom })
    }
}

impl TryFrom<String> for GasPrice {
    type Error = GasPriceError;

    fn try_from(text: String) -> Result<Self, GasPriceError> {
        text.parse()
    }
}

impl From<GasPrice> for String {
    fn from(price: GasPrice) -> Self {
        format!("{}{}", price.amount, price.denom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> GrpcConfig {
        GrpcConfig::new(
            "busbar-1".into(),
            vec!["http://127.0.0.1:9090".into()],
            "wasm".into(),
            "0.001ustake".parse().unwrap(),
        )
    }

    #[test]
    fn each_key_has_its_bounds() {
        assert_eq!(config().validate(), Ok(()));
        type Change = fn(&mut GrpcConfig);
        let empty: [(&str, Change); 3] = [
            ("chain_id", |c| c.chain_id.clear()),
            ("grpc", |c| c.grpc.clear()),
            ("bech32_prefix", |c| c.bech32_prefix.clear()),
        ];
        for (key, change) in empty {
            let mut changed = config();
            change(&mut changed);
            assert_eq!(changed.validate(), Err(GrpcConfigError::Empty { key }));
        }
        let beyond: [(&str, Change); 8] = [
            ("max_gas", |c| c.max_gas = 99_999),
            ("timeout_blocks", |c| c.timeout_blocks = 0),
            ("timeout_blocks", |c| c.timeout_blocks = 10_001),
            ("tx_bytes", |c| c.tx_bytes = 1_023),
            ("tx_bytes", |c| c.tx_bytes = (1 << 30) + 1),
            ("answer_s", |c| c.answer_s = 0),
            ("answer_s", |c| c.answer_s = 601),
            ("answer_s", |c| c.answer_s = u64::MAX),
        ];
        for (named, change) in beyond {
            let mut changed = config();
            change(&mut changed);
            let refused = changed.validate();
            assert!(
                matches!(refused, Err(GrpcConfigError::Bound { key, .. }) if key == named),
                "{named}"
            );
        }
        let mut changed = config();
        changed.grpc.push("127.0.0.1:9090".into());
        let url = "127.0.0.1:9090".into();
        assert_eq!(changed.validate(), Err(GrpcConfigError::Endpoint { url }));
    }

    #[test]
    fn a_fee_is_the_price_of_the_gas_rounded_up() {
        let price: GasPrice = "0.0025uatom".parse().unwrap();
        assert_eq!(price.fee(100_001), Some(Coin::new(251u128, "uatom")));
        assert_eq!(price.fee(0), Some(Coin::new(0u128, "uatom")));
        assert_eq!(String::from(price), "0.0025uatom");
        let ibc: GasPrice = "1ibc/27394FB092D2ECCD56123C74F36E4C1F".parse().unwrap();
        assert_eq!(ibc.denom(), "ibc/27394FB092D2ECCD56123C74F36E4C1F");
        let dear: GasPrice = "340282366920938463463ustake".parse().unwrap();
        assert_eq!(dear.fee(u64::MAX), None);
    }

    #[test]
    fn other_texts_are_no_price() {
        for text in [
            "",
            "0.001",
            "ustake",
            "-1ustake",
            "0.001us",
            "1 ustake",
            "1ustake,2uatom",
        ] {
            let error = GasPriceError { text: text.into() };
            assert_eq!(text.parse::<GasPrice>(), Err(error));
        }
    }
}
