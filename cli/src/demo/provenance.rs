//! Who supplied whom in one interval: stretches laid side by side on two lines of equal length.

use busbar_units::{Interval, UnitsError, Wh};

/// What one home's meter saw in an interval and what its account traded for it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HomeFlow {
    /// Fed into the grid, metered.
    pub exported: Wh,
    /// Drawn from the grid, metered.
    pub imported: Wh,
    /// Sold in the interval's auction.
    pub sold: Wh,
    /// Bought in the interval's auction.
    pub bought: Wh,
}

/// Where energy comes from or goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Party {
    /// The home with this position.
    Home(usize),
    /// The community battery.
    Bank,
    /// The utility beyond the connection.
    Utility,
}

/// The Wh of one source that one sink used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Supply {
    /// The source.
    pub from: Party,
    /// The sink.
    pub to: Party,
    /// How much, above zero.
    pub energy: Wh,
}

/// Draws both lines of the interval and returns the overlaps.
///
/// Sources in this order: what homes delivered of what they sold, battery discharge, the rest of what
/// homes delivered, utility import. Sinks: what homes used of what they bought, battery charge, the rest
/// of what homes used, utility export. Within each group the homes stand in the order of their numbers,
/// starting at interval mod their count. The utility is the balance, so both lines are equally long and
/// each Wh has exactly one source and one sink. The line is contractual, not electrical.
pub fn provenance(
    interval: Interval,
    homes: &[HomeFlow],
    charge: Wh,
    discharge: Wh,
) -> Result<Vec<Supply>, UnitsError> {
    let first = interval
        .get()
        .checked_rem(u64::try_from(homes.len()).unwrap_or(u64::MAX))
        .unwrap_or(0);
    let first = usize::try_from(first).unwrap_or(0);
    let mut sources = line(homes, first, discharge, |home| (home.exported, home.sold))?;
    let mut sinks = line(homes, first, charge, |home| (home.imported, home.bought))?;
    let supplied = Wh::sum(sources.iter().map(|(_, energy)| *energy))?;
    let used = Wh::sum(sinks.iter().map(|(_, energy)| *energy))?;
    sources.push((Party::Utility, used.sub(supplied).unwrap_or(Wh::ZERO)));
    sinks.push((Party::Utility, supplied.sub(used).unwrap_or(Wh::ZERO)));
    overlaps(&sources, &sinks)
}

/// One line without the utility: traded energy, the battery, the rest.
fn line(
    homes: &[HomeFlow],
    first: usize,
    battery: Wh,
    metered_and_traded: impl Fn(&HomeFlow) -> (Wh, Wh),
) -> Result<Vec<(Party, Wh)>, UnitsError> {
    let order = || homes.iter().enumerate().cycle().skip(first).take(homes.len());
    let traded = |home| {
        let (metered, traded) = metered_and_traded(home);
        metered.min(traded)
    };
    let mut stretches: Vec<_> = order()
        .map(|(number, home)| (Party::Home(number), traded(home)))
        .collect();
    stretches.push((Party::Bank, battery));
    for (number, home) in order() {
        stretches.push((Party::Home(number), metered_and_traded(home).0.sub(traded(home))?));
    }
    Ok(stretches)
}

fn overlaps(sources: &[(Party, Wh)], sinks: &[(Party, Wh)]) -> Result<Vec<Supply>, UnitsError> {
    let mut supplies = Vec::new();
    let mut sinks = sinks.iter().copied();
    let (mut to, mut room) = (Party::Utility, Wh::ZERO);
    for (from, energy) in sources.iter().copied() {
        let mut left = energy;
        while !left.is_zero() {
            while room.is_zero() {
                match sinks.next() {
                    Some(next) => (to, room) = next,
                    None => return Ok(supplies),
                }
            }
            let energy = left.min(room);
            left = left.sub(energy)?;
            room = room.sub(energy)?;
            supplies.push(Supply { from, to, energy });
        }
    }
    Ok(supplies)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn home(exported: u64, imported: u64, sold: u64, bought: u64) -> HomeFlow {
        let wh = Wh::new;
        HomeFlow {
            exported: wh(exported),
            imported: wh(imported),
            sold: wh(sold),
            bought: wh(bought),
        }
    }

    fn drawn(interval: u64, homes: &[HomeFlow], charge: u64, discharge: u64) -> Vec<(Party, Party, u64)> {
        let supplies = provenance(Interval::new(interval), homes, Wh::new(charge), Wh::new(discharge)).unwrap();
        supplies
            .into_iter()
            .map(|supply| (supply.from, supply.to, supply.energy.get()))
            .collect()
    }

    /// The worked interval: A sells B 1,000 Wh but delivers 800, B uses 1,300, C exports 500 unsold.
    #[test]
    fn worked_interval_balances_without_the_utility() {
        use Party::Home;
        let homes = [home(800, 0, 1000, 0), home(0, 1300, 0, 1000), home(500, 0, 0, 0)];
        assert_eq!(
            drawn(0, &homes, 0, 0),
            [
                (Home(0), Home(1), 800),
                (Home(2), Home(1), 200),
                (Home(2), Home(1), 300)
            ]
        );
        // With C banking its 500 Wh the battery is a sink, and the utility supplies what is short.
        assert_eq!(
            drawn(0, &homes, 500, 0),
            [
                (Home(0), Home(1), 800),
                (Home(2), Home(1), 200),
                (Home(2), Party::Bank, 300),
                (Party::Utility, Party::Bank, 200),
                (Party::Utility, Home(1), 300),
            ]
        );
    }

    #[test]
    fn the_line_starts_at_interval_mod_count() {
        let homes = [home(100, 0, 100, 0), home(100, 0, 100, 0), home(0, 150, 0, 150)];
        let first = |interval| drawn(interval, &homes, 0, 0)[0];
        assert_eq!(first(3), (Party::Home(0), Party::Home(2), 100));
        assert_eq!(first(4), (Party::Home(1), Party::Home(2), 100));
        assert_eq!(first(5), (Party::Home(0), Party::Home(2), 100));
        assert_eq!(drawn(4, &homes, 0, 0)[2], (Party::Home(0), Party::Utility, 50));
        assert_eq!(drawn(7, &[], 0, 30), [(Party::Bank, Party::Utility, 30)]);
    }

    fn flow() -> impl Strategy<Value = HomeFlow> {
        let wh = 0u64..3000;
        (wh.clone(), any::<bool>(), wh.clone(), wh).prop_map(|(net, exports, sold, bought)| {
            if exports {
                home(net, 0, sold, 0)
            } else {
                home(0, net, 0, bought)
            }
        })
    }

    proptest! {
        /// Each metered Wh has one source and one sink: every stretch is used up exactly.
        #[test]
        fn both_lines_are_used_up(
            interval in 0u64..1000,
            homes in prop::collection::vec(flow(), 0..8),
            charge in 0u64..4000,
            discharge in 0u64..4000,
        ) {
            let supplies = drawn(interval, &homes, charge, discharge);
            let total = |pick: &dyn Fn(&(Party, Party, u64)) -> bool| -> u64 {
                supplies.iter().filter(|supply| pick(supply)).map(|supply| supply.2).sum()
            };
            for (number, flow) in homes.iter().enumerate() {
                prop_assert_eq!(total(&|supply| supply.0 == Party::Home(number)), flow.exported.get());
                prop_assert_eq!(total(&|supply| supply.1 == Party::Home(number)), flow.imported.get());
            }
            prop_assert_eq!(total(&|supply| supply.0 == Party::Bank), discharge);
            prop_assert_eq!(total(&|supply| supply.1 == Party::Bank), charge);
            // The utility balances one way only.
            let (imported, exported) =
                (total(&|supply| supply.0 == Party::Utility), total(&|supply| supply.1 == Party::Utility));
            prop_assert!(imported == 0 || exported == 0);
            prop_assert!(supplies.iter().all(|supply| supply.2 > 0));
        }
    }
}
