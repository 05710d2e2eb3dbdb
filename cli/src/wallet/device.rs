//! `busbar device`: from a reserved number to a meter that counts.
use std::path::PathBuf;

use busbar_api::registry::{self, Client, Device, Endorsement, ExecuteMsg, MAX_LIMIT, Reservation, Reserved};
use busbar_attestation::{DeviceKind, Domain, Enrolment};
use busbar_chain::Message;
use busbar_units::Watt;
use cosmwasm_std::{Addr, Binary, HexBinary, from_json};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::options::{ChainOptions, TxOptions};
use super::send::{self, Plan};
use super::session::{Session, SessionError};
use super::transfer::{self, Accept, Transfer};
use super::{amount, answer, clock, name_of, table};
use crate::exit::{self, BadInput};
use crate::text;

/// Commands of `busbar device`.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Reserve a number for a device
    Reserve(Reserve),
    /// Enrol a device under a reserved number
    Enrol(Enrol),
    /// Confirm an enrolled device, as the grid operator
    Confirm(Confirm),
    /// Show a device, or all of an account
    Show(Show),
    /// Offer a device to another owner, or withdraw the offer
    Transfer(Transfer),
    /// Take over a device that you are offered
    Accept(Accept),
}

/// Options of `busbar device reserve`.
#[derive(Debug, clap::Args)]
#[command(after_help = RESERVE_HELP)]
pub struct Reserve {
    #[command(flatten)]
    chain: ChainOptions,
    #[command(flatten)]
    tx: TxOptions,
}

const RESERVE_HELP: &str = "\
Prints the number. It is yours for 30 days; the device signs for it when it is enrolled.

Exit codes: 0 sent (or printed), 1 the chain refused or failed, 2 the command line cannot be used

Example
  busbar device reserve --from anna";

/// Options of `busbar device enrol`.
#[derive(Debug, clap::Args)]
#[command(after_help = ENROL_HELP)]
pub struct Enrol {
    /// The number that you reserved
    #[arg(value_name = "NUMBER")]
    number: u32,
    /// The manufacturer's endorsement and its signature (JSON)
    #[arg(long, value_name = "FILE.json")]
    endorsement: PathBuf,
    /// Bus of the region's network that the device is connected to
    #[arg(long, value_name = "BUS")]
    bus: u16,
    /// Number of your connection that the device sits behind; none for a connection itself
    #[arg(long, value_name = "NUMBER")]
    behind: Option<u32>,
    /// The device's signature (128 hex digits) over what --message prints
    #[arg(long, value_name = "HEX", required_unless_present = "message")]
    signature: Option<String>,
    /// Print the bytes that the device has to sign (hex), and send nothing
    #[arg(long, conflicts_with_all = ["signature", "dry_run", "generate_only"])]
    message: bool,
    #[command(flatten)]
    chain: ChainOptions,
    #[command(flatten)]
    tx: TxOptions,
}

const ENROL_HELP: &str = "\
The file comes with the device:
  {\"endorsement\": {\"manufacturer\": 58000, \"serial\": \"M-1\", \"kind\": \"connection\",
    \"key\": {\"curve\": \"secp256r1\", \"bytes\": \"BASE64\"}, \"rated_import\": \"5000\",
    \"rated_export\": \"5000\", \"usable\": \"0\", \"efficiency\": \"0\", \"register_modulus\": \"100000000\"},
   \"manufacturer_signature\": \"BASE64\"}
The device signs that it takes this number for your account at this bus; --message prints the bytes.
The grid operator then confirms it.

Exit codes: 0 sent (or printed), 1 the chain refused or failed, 2 the command line cannot be used

Examples
  busbar device enrol 3 --endorsement meter.json --bus 1 --from anna --message
  busbar device enrol 3 --endorsement meter.json --bus 1 --from anna --signature 5f0c...";

/// Options of `busbar device confirm`.
#[derive(Debug, clap::Args)]
#[command(after_help = CONFIRM_HELP)]
pub struct Confirm {
    /// The device
    #[arg(value_name = "NUMBER")]
    number: u32,
    /// Bus at which the device was found; must be the enrolled one
    #[arg(long, value_name = "BUS")]
    bus: u16,
    /// Power that it may draw, with its unit: 5kW; at most the endorsed one
    #[arg(long, value_name = "POWER", value_parser = amount::power)]
    import: Watt,
    /// Power that it may feed, with its unit: 800W; at most the endorsed one
    #[arg(long, value_name = "POWER", value_parser = amount::power)]
    export: Watt,
    #[command(flatten)]
    chain: ChainOptions,
    #[command(flatten)]
    tx: TxOptions,
}

const CONFIRM_HELP: &str = "\
The device's readings count from the next interval on. Only the grid operator's account may.

Exit codes: 0 sent (or printed), 1 the chain refused or failed, 2 the command line cannot be used

Example
  busbar device confirm 3 --bus 1 --import 5kW --export 5kW --from operator";

/// Options of `busbar device show`.
#[derive(Debug, clap::Args)]
#[command(after_help = SHOW_HELP)]
pub struct Show {
    /// The device; by default all of the account of --from, with its reserved numbers
    #[arg(value_name = "NUMBER")]
    number: Option<u32>,
    #[command(flatten)]
    chain: ChainOptions,
}

const SHOW_HELP: &str = "\
Exit codes: 0 shown, 1 the chain failed or has no such device, 2 the command line cannot be used

Examples
  busbar device show 3
  busbar device show --from anna --output json";

/// What a manufacturer hands out with a device.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EndorsementFile {
    endorsement: Endorsement,
    manufacturer_signature: Binary,
}

/// Why a device cannot be enrolled as asked.
#[derive(Debug, Error)]
enum EnrolError {
    /// The file holds no endorsement.
    #[error("{}: {error}; `busbar device enrol --help` shows the form", file.display())]
    File { file: PathBuf, error: serde_json::Error },
    /// The signature is none.
    #[error("signature {value:?} must be {} hex digits, as the device signs what --message prints", 2 * SIGNATURE)]
    Signature { value: String },
    /// The region's id is none that devices sign for.
    #[error("the region calls itself {domain:?}, which no device signs for: check --deployment")]
    Domain { domain: String },
}

/// Bytes of a signature.
const SIGNATURE: usize = 64;

/// Runs the command.
pub fn run(command: &Command) -> anyhow::Result<()> {
    match command {
        Command::Reserve(options) => reserve(options),
        Command::Enrol(options) => enrol(options),
        Command::Confirm(options) => confirm(options),
        Command::Show(options) => show(options),
        Command::Transfer(options) => transfer::transfer(options),
        Command::Accept(options) => transfer::accept(options),
    }
}

fn reserve(options: &Reserve) -> anyhow::Result<()> {
    let (mut session, account) = Session::for_tx(&options.chain, &options.tx)?;
    let plan = Plan {
        what: vec![format!("reserve a device number for {account}")],
        messages: vec![Message::new(
            session.contracts.registry.clone(),
            &ExecuteMsg::Reserve {},
        )?],
    };
    send::send(
        &mut session,
        &account,
        (&options.tx, options.chain.output),
        &plan,
        |included| {
            let data = included.data.first().and_then(Option::as_ref);
            let reserved = data.and_then(|data| from_json::<Reserved>(data).ok());
            let fields = reserved.map(|reserved| {
                [
                    ("number", reserved.number.to_string()),
                    ("lapses", clock::instant(reserved.lapses.seconds())),
                ]
            });
            fields.into_iter().flatten().collect()
        },
    )
}

fn enrol(options: &Enrol) -> anyhow::Result<()> {
    let file: EndorsementFile = {
        let text = text::read(&options.endorsement).map_err(BadInput::of)?;
        serde_json::from_str(&text).map_err(|error| {
            BadInput::of(EnrolError::File {
                file: options.endorsement.clone(),
                error,
            })
        })?
    };
    let Some(signature) = &options.signature else {
        let session = Session::open(&options.chain)?;
        let owner = session.account(&options.chain, None)?;
        let message = message(&session, &owner, options)?;
        return exit::print(&format!("{}\n", HexBinary::from(message)));
    };
    let bytes = HexBinary::from_hex(signature)
        .ok()
        .filter(|bytes| bytes.len() == SIGNATURE);
    let bytes = bytes.ok_or_else(|| {
        BadInput::of(EnrolError::Signature {
            value: signature.clone(),
        })
    })?;
    let (mut session, account) = Session::for_tx(&options.chain, &options.tx)?;
    let behind = options
        .behind
        .map(|behind| format!(" behind device {behind}"))
        .unwrap_or_default();
    let what = format!(
        "enrol {} {} of manufacturer {} as device {} at bus {}{behind}",
        name_of(&file.endorsement.kind),
        file.endorsement.serial,
        file.endorsement.manufacturer,
        options.number,
        options.bus
    );
    let enrol = ExecuteMsg::Enrol {
        number: options.number,
        endorsement: file.endorsement,
        manufacturer_signature: file.manufacturer_signature,
        device_signature: Binary::from(bytes),
        bus: options.bus,
        behind: options.behind,
    };
    let plan = Plan {
        what: vec![what],
        messages: vec![Message::new(session.contracts.registry.clone(), &enrol)?],
    };
    send::send(
        &mut session,
        &account,
        (&options.tx, options.chain.output),
        &plan,
        |_| vec![],
    )
}

fn message(session: &Session, owner: &Addr, options: &Enrol) -> anyhow::Result<Vec<u8>> {
    let domain = &session.region.domain;
    let of = Domain::new(domain).map_err(|_| EnrolError::Domain { domain: domain.clone() })?;
    let enrolment = Enrolment {
        domain: of.id(),
        number: options.number,
        owner: owner.to_string(),
        bus: options.bus,
        behind: options.behind,
    };
    Ok(enrolment.message()?)
}

fn confirm(options: &Confirm) -> anyhow::Result<()> {
    let (mut session, account) = Session::for_tx(&options.chain, &options.tx)?;
    let confirm = ExecuteMsg::Confirm {
        number: options.number,
        bus: options.bus,
        usable_import: options.import,
        usable_export: options.export,
    };
    let what = format!(
        "confirm device {} at bus {}: it may draw {} and feed {}",
        options.number, options.bus, options.import, options.export
    );
    let plan = Plan {
        what: vec![what],
        messages: vec![Message::new(session.contracts.registry.clone(), &confirm)?],
    };
    send::send(
        &mut session,
        &account,
        (&options.tx, options.chain.output),
        &plan,
        |_| vec![],
    )
}

/// What an account has in the registry.
#[derive(Serialize)]
struct Owned {
    devices: Vec<Device>,
    reservations: Vec<Reservation>,
}

fn show(options: &Show) -> anyhow::Result<()> {
    let session = Session::open(&options.chain)?;
    let output = options.chain.output;
    if let Some(number) = options.number {
        let client = Client::new(session.contracts.registry.clone());
        let device = client
            .device(&session.querier().wrap(), number)
            .map_err(SessionError::State)?;
        return answer(output, &device, detail);
    }
    let owner = session.account(&options.chain, None)?;
    let owned = owned(&session, &owner)?;
    answer(output, &owned, list)
}

/// All devices of an owner.
pub fn devices(session: &Session, owner: &Addr) -> Result<Vec<Device>, SessionError> {
    let (client, querier) = (Client::new(session.contracts.registry.clone()), session.querier());
    let mut devices: Vec<Device> = Vec::new();
    loop {
        let after = devices.last().map(|device| device.number);
        let page = client.devices_by_owner(&querier.wrap(), owner.as_str(), after, Some(MAX_LIMIT))?;
        if page.is_empty() {
            return Ok(devices);
        }
        devices.extend(page);
    }
}

fn owned(session: &Session, owner: &Addr) -> Result<Owned, SessionError> {
    let client = Client::new(session.contracts.registry.clone());
    // An account holds at most a page of reservations.
    let limit = Some(registry::RESERVATIONS_PER_OWNER);
    let reservations = client.reservations_by_owner(&session.querier().wrap(), owner.as_str(), None, limit)?;
    Ok(Owned {
        devices: devices(session, owner)?,
        reservations,
    })
}

fn detail(device: &Device) -> String {
    let none = || "none".to_owned();
    let watts = |import: Watt, export: Watt| format!("{import} drawn, {export} fed");
    let mut rows = vec![
        ("device", device.number.to_string()),
        ("owner", device.owner.to_string()),
        ("status", name_of(&device.status)),
        ("kind", name_of(&device.kind)),
        (
            "meter",
            format!("{} of manufacturer {}", device.serial, device.manufacturer),
        ),
        (
            "key",
            format!(
                "{} {}",
                name_of(&device.key.curve),
                HexBinary::from(device.key.bytes.clone())
            ),
        ),
        ("bus", device.bus.to_string()),
        (
            "behind",
            device.behind.map_or_else(none, |behind| format!("device {behind}")),
        ),
        ("trades", if device.settles { "yes" } else { "no" }.to_owned()),
        ("endorsed", watts(device.endorsed_import, device.endorsed_export)),
        ("usable", watts(device.usable_import, device.usable_export)),
        (
            "counts from",
            device.active_from.map_or_else(none, |from| from.to_string()),
        ),
    ];
    rows.extend(transfer::rows(device));
    if device.kind == DeviceKind::Storage {
        let gives_back = format!("{} of what is charged", device.efficiency);
        rows.push(("delivers when full", device.usable.to_string()));
        rows.push(("gives back", gives_back));
    }
    if let Some(suspension) = &device.suspension {
        let reason = serde_json::to_string(suspension).unwrap_or_default();
        rows.push(("suspended", reason));
    }
    table::list(rows)
}

fn list(owned: &Owned) -> String {
    let heads = ["device", "status", "kind", "meter", "bus", "draws W", "feeds W"];
    let devices = owned.devices.iter().map(|device| {
        vec![
            device.number.to_string(),
            name_of(&device.status),
            name_of(&device.kind),
            device.serial.clone(),
            device.bus.to_string(),
            device.usable_import.get().to_string(),
            device.usable_export.get().to_string(),
        ]
    });
    let enrolled = |number| owned.devices.iter().any(|device| device.number == number);
    let reserved = owned
        .reservations
        .iter()
        .filter(|reservation| !enrolled(reservation.number));
    let reserved = reserved.map(|reservation| {
        let until = format!("reserved until {}", clock::instant(reservation.lapses.seconds()));
        let mut cells = vec![reservation.number.to_string(), until];
        cells.resize(heads.len(), String::new());
        cells
    });
    let rows: Vec<_> = devices.chain(reserved).collect();
    if rows.is_empty() {
        return "No devices and no reserved numbers.\n".to_owned();
    }
    table::table(&heads, &[0, 4, 5, 6], rows)
}
