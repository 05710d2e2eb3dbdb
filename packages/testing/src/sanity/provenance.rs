use std::collections::BTreeMap;

use busbar_api::market::provenance::{Source, Use};
use busbar_api::market::raw;
use busbar_units::Interval;

use super::interval::parts;
use crate::Region;

/// The line of a final interval is drawn without a gap, and every device of which something is known is on it with
/// what its readings tell at last.
pub(super) fn check(region: &Region, interval: Interval) {
    let line = raw::provenance(&region.q(), region.market.address(), interval).expect("a record");
    let line = line.unwrap_or_else(|| panic!("{interval} is final and has no line"));
    let (mut fed, mut used, mut end) = (BTreeMap::<u32, u64>::new(), 0, 0);
    for piece in line.pieces(interval).expect("a line whose sides add up") {
        assert_eq!(piece.at.get(), end, "{interval}: pieces lie end to end");
        let wh = piece.supply.wh.get();
        end += wh;
        if let Source::Device { device } | Source::Bank { device } = piece.supply.source {
            *fed.entry(device).or_default() += wh;
        }
        if piece.demand.used != Use::Export {
            used += wh;
        }
    }
    let mut drawn = 0;
    for part in parts(region, interval) {
        let Some(energy) = part.latest.or(part.counted) else {
            continue;
        };
        let on_the_line = fed.get(&part.number).copied().unwrap_or(0);
        assert_eq!(
            on_the_line,
            energy.export.get(),
            "{interval}: what device {} fed",
            part.number
        );
        drawn += energy.import.get();
    }
    // Who never reported counts as having drawn what he bought.
    assert!(
        used >= drawn,
        "{interval}: {used} Wh used on the line, {drawn} measured"
    );
}
