use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::feeder::FeederOptions;
use super::venue::NodeOptions;

/// What to run, and where to write what came out.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct Options {
    /// Folder with Building_<n>.csv (load in kWh, solar in W per kW installed) and assets.json
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(super) homes: PathBuf,

    /// Import tariff per hour: a CSV with the column electricity_pricing in coin per kWh, one row per hour of
    /// the homes' files. Without it: 0.30 coin per kWh in every hour
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) pricing: Option<PathBuf>,

    /// Export tariff as a share of the import tariff: at least 0, below 1
    #[arg(long, value_name = "X", default_value = "0.3")]
    pub(super) export_share: String,

    /// First hour: row of the homes' files, counted from 0; by default 0, on a real chain 38
    #[arg(long, value_name = "HOUR")]
    pub(super) from: Option<usize>,

    /// Number of hours; by default all that follow, on a real chain 6
    #[arg(long, value_name = "N")]
    pub(super) hours: Option<usize>,

    /// Homes know what their meters measured in the 24 hours before the first, and order from the first hour on; always
    /// on a real chain, where the files have those hours
    #[arg(long)]
    pub(super) day_before: bool,

    /// Makes the keys and the homes' price preferences
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub(super) seed: u64,

    /// Write the numbers as JSON; - is stdout, and the table then goes to stderr
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) json: Option<PathBuf>,

    /// Write a page with charts, one HTML file that needs nothing else
    #[arg(long, value_name = "FILE.html", value_hint = ValueHint::FilePath)]
    pub(super) report: Option<PathBuf>,

    /// Issue certificates and write what proves one of them, for `busbar certificate verify`: the largest of the last
    /// hour in which a home fed the grid
    #[arg(long, value_name = "FILE.json", value_hint = ValueHint::FilePath)]
    pub(super) evidence: Option<PathBuf>,

    #[command(flatten)]
    pub(super) feeder: FeederOptions,

    #[command(flatten)]
    pub(super) node: NodeOptions,
}

const AFTER_HELP: &str = "\
Each home has a meter with a secp256r1 key; together they own a battery, one home's battery of assets.json times \
the number of homes. For each hour a home orders what its own meter measured in the same hour of the day before; \
the first 24 hours have no orders, except with --day-before. Every reading is signed, relayed, verified, and every hour \
cleared, settled and made final by the contracts on a chain inside this process. At the end all sums are read back from \
the contracts and checked to the watt-hour and to the millionth of a coin; a difference ends the run with exit code 1.

With --chain the same happens on a real chain, in a region of its own that --region names. Each home has an account, \
derived from the key's mnemonic and given coin by it, and signs its own transactions. The clock is compressed: an hour of \
energy takes --interval-s of the chain's time, and whatever has to happen in it happens before its gate closure, its \
delivery, its end. What comes too late is not done: the hour is told and listed as LATE, goes on without it, and the sums \
still have to add up. Without late hours every sum is that of the embedded chain with --day-before, --from and --hours; \
only the numbers of intervals are others, and with them the line of who supplied whom, which begins elsewhere.

JSON: energy (*_wh), counts and milliseconds are numbers; money (coin_*, bill, fees) is a decimal string in \
millionths of a coin, and so is a price, per kWh. generation_wh and consumption_wh are what the homes' meters fed and \
drew, gross_* what roofs made and homes used; traded_wh is between homes; utility_*_wh are the region's net per hour, \
summed. network is null without --network; congested_hours are those in which a full line parted prices, \
delivered_overloads what lines carried beyond their capacity when homes did other than they had traded and the battery \
took its part. chain is null on the embedded chain; late_hours are positions in per_hour. signature_check_ms is the time \
that one thread needs to verify the same signatures with the chain's own function.

Exit codes: 0 done, 1 failed, 2 the command line or the input cannot be used.";

impl Options {
    /// Row of the first hour.
    pub(super) fn from(&self) -> usize {
        self.from.unwrap_or_else(|| self.node.from())
    }
}
