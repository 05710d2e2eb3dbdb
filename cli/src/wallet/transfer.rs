//! `busbar device transfer` and `accept`: a connection passes to another owner.
use busbar_api::registry::{Device, ExecuteMsg};
use busbar_chain::Message;

use super::attributes;
use super::options::{ChainOptions, TxOptions};
use super::send::{self, Plan};
use super::session::Session;

/// Options of `busbar device transfer`.
#[derive(Debug, clap::Args)]
#[command(after_help = TRANSFER_HELP)]
pub struct Transfer {
    /// The device: a connection of yours
    #[arg(value_name = "NUMBER")]
    number: u32,
    /// Who may take it over: the address of an account, or the name of a key
    #[arg(long, value_name = "ACCOUNT", required_unless_present = "withdraw")]
    to: Option<String>,
    /// Withdraw the offer
    #[arg(long, conflicts_with = "to")]
    withdraw: bool,
    #[command(flatten)]
    chain: ChainOptions,
    #[command(flatten)]
    tx: TxOptions,
}

const TRANSFER_HELP: &str = "\
Offers the device, with all that sits behind it. The other account accepts it with `busbar device accept`; until then the
offer can be withdrawn, or made to another. It is then theirs from the first interval for which nobody can have placed
orders yet. What comes before stays yours: orders, receipts, debts, corrections, and the device's margin until the last of
your intervals is final. Take standing orders back first.

Exit codes: 0 sent (or printed), 1 the chain refused or failed, 2 the command line cannot be used

Examples
  busbar device transfer 3 --to wasm1... --from anna
  busbar device transfer 3 --withdraw --from anna";

/// Options of `busbar device accept`.
#[derive(Debug, clap::Args)]
#[command(after_help = ACCEPT_HELP)]
pub struct Accept {
    /// The device that you are offered
    #[arg(value_name = "NUMBER")]
    number: u32,
    #[command(flatten)]
    chain: ChainOptions,
    #[command(flatten)]
    tx: TxOptions,
}

const ACCEPT_HELP: &str = "\
From the interval that is printed on you trade with the device, pay and are paid for it. Its margin is locked on your account
at once: deposit it first. `busbar account show` tells what is free.

Exit codes: 0 sent (or printed), 1 the chain refused or failed, 2 the command line cannot be used

Example
  busbar device accept 3 --from ben";

/// Runs `busbar device transfer`.
pub fn transfer(options: &Transfer) -> anyhow::Result<()> {
    let (mut session, account) = Session::for_tx(&options.chain, &options.tx)?;
    let number = options.number;
    let (what, msg) = match &options.to {
        Some(to) => {
            let to = session.account(&options.chain, Some(to))?.into_string();
            (
                format!("offer device {number} to {to}"),
                ExecuteMsg::OfferDevice { number, to },
            )
        }
        None => (
            format!("withdraw the offer of device {number}"),
            ExecuteMsg::WithdrawOffer { number },
        ),
    };
    let plan = Plan {
        what: vec![what],
        messages: vec![Message::new(session.contracts.registry.clone(), &msg)?],
    };
    let shown = (&options.tx, options.chain.output);
    send::send(&mut session, &account, shown, &plan, |_| vec![])
}

/// Runs `busbar device accept`.
pub fn accept(options: &Accept) -> anyhow::Result<()> {
    let (mut session, account) = Session::for_tx(&options.chain, &options.tx)?;
    let number = options.number;
    let plan = Plan {
        what: vec![format!("take over device {number} for {account}")],
        messages: vec![Message::new(
            session.contracts.registry.clone(),
            &ExecuteMsg::AcceptDevice { number },
        )?],
    };
    let shown = (&options.tx, options.chain.output);
    send::send(&mut session, &account, shown, &plan, |included| {
        let from = attributes(included, "registry_passed", "from");
        from.first()
            .map(|from| ("owned_from", (*from).to_owned()))
            .into_iter()
            .collect()
    })
}

/// What a device's owner before, and who may take it over, add to what is shown of it.
pub fn rows(device: &Device) -> Vec<(&'static str, String)> {
    let mut rows = vec![];
    if let (Some(from), Some(former)) = (device.owned_from, &device.former_owner) {
        rows.push(("owner since", format!("interval {}, before: {former}", from.get())));
    }
    if let Some(to) = &device.offered_to {
        rows.push(("offered to", to.to_string()));
    }
    rows
}

#[cfg(test)]
pub mod tests {
    use busbar_api::registry::{Key, Status};
    use busbar_attestation::{Curve, DeviceKind};
    use busbar_units::{Interval, Ppm, Watt, Wh};
    use cosmwasm_std::{Addr, Binary};

    use super::*;

    /// Ben's device.
    pub fn device() -> Device {
        Device {
            number: 3,
            owner: Addr::unchecked("ben"),
            owned_from: None,
            former_owner: None,
            offered_to: None,
            status: Status::Active,
            suspension: None,
            kind: DeviceKind::Connection,
            manufacturer: 1,
            serial: "M-1".into(),
            key: Key {
                curve: Curve::Ed25519,
                bytes: Binary::default(),
            },
            pending_key: None,
            bus: 1,
            behind: None,
            settles: true,
            endorsed_import: Watt::ZERO,
            endorsed_export: Watt::ZERO,
            usable_import: Watt::ZERO,
            usable_export: Watt::ZERO,
            usable: Wh::ZERO,
            efficiency: Ppm::ZERO,
            register_modulus: Wh::ZERO,
            active_from: None,
        }
    }

    #[test]
    fn a_transfer_shows_from_the_offer_on() {
        let device = device();
        assert!(rows(&device).is_empty());
        let passed = Device {
            owned_from: Some(Interval::new(70)),
            former_owner: Some(Addr::unchecked("anna")),
            offered_to: Some(Addr::unchecked("cleo")),
            ..device
        };
        let expected = [("owner since", "interval 70, before: anna"), ("offered to", "cleo")];
        assert_eq!(rows(&passed), expected.map(|(name, value)| (name, value.to_owned())));
    }
}
