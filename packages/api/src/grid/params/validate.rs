use super::error::{clamped, Named};
use super::{bounds, Bank, ParamError, Params};
use crate::grid::Region;

impl Params {
    /// Checks every parameter against [`bounds`] and against the others.
    pub fn validate(&self, region: &Region) -> Result<(), ParamError> {
        let floor = Named("price_floor", self.price_floor.get().into());
        let cap = Named("price_cap", self.price_cap.get().into());
        let lowest = Named("imbalance_min", self.imbalance_min.get().into());
        let highest = Named("imbalance_max", self.imbalance_max.get().into());
        floor.within(&bounds::PRICE)?;
        cap.within(&bounds::PRICE)?;
        lowest.within(&bounds::IMBALANCE_MIN)?;
        highest.within(&bounds::IMBALANCE_MAX)?;
        self.tariff().validate(self)?;
        let import = Named("connection_import", self.connection_import.get().into());
        import.within(&bounds::CONNECTION)?;
        let export = Named("connection_export", self.connection_export.get().into());
        export.within(&bounds::CONNECTION)?;
        self.validate_opening(region)?;
        self.validate_windows(region)?;
        self.validate_auction()?;
        self.validate_fees()?;
        self.validate_head()?;
        self.frequency.validate()?;
        self.bank.as_ref().map_or(Ok(()), Bank::validate)
    }

    /// From the opening to the start of delivery.
    fn validate_opening(&self, region: &Region) -> Result<(), ParamError> {
        let horizon = Named("horizon", self.horizon.into());
        let gate = Named("gate_closure_s", self.gate_closure_s.into());
        let solver = Named("solver_window_s", self.solver_window_s.into());
        let reveal = Named("reveal_s", self.reveal_s.into());
        let standing = Named("no_cancel_s", self.no_cancel_s.into());
        horizon.within(&bounds::HORIZON)?;
        gate.within(&bounds::GATE_CLOSURE_S)?;
        let open = i128::from(region.interval_s).saturating_mul(horizon.1);
        gate.below(Named("horizon in seconds", open))?;
        solver.within(&bounds::SOLVER_WINDOW_S)?;
        solver.below(gate)?;
        reveal.within(&bounds::REVEAL_S)?;
        let left = gate.1.saturating_sub(solver.1);
        reveal.below(Named("gate_closure_s less solver_window_s", left))?;
        standing.within(&bounds::NO_CANCEL_S)?;
        standing.below(Named(
            "seconds from opening to gate closure",
            open.saturating_sub(gate.1),
        ))
    }

    /// From the end of delivery until nothing changes.
    fn validate_windows(&self, region: &Region) -> Result<(), ParamError> {
        let confirmation = Named("confirmation_window", self.confirmation_window.into());
        let dispute = Named("dispute_window", self.dispute_window.into());
        let correction = Named("correction_window", self.correction_window.into());
        let tolerance = Named("clock_tolerance_s", self.clock_tolerance_s.into());
        let missing = Named("missing_limit", self.missing_limit.into());
        confirmation.within(&bounds::CONFIRMATION_WINDOW)?;
        dispute.within(&bounds::DISPUTE_WINDOW)?;
        correction.within(&bounds::CORRECTION_WINDOW)?;
        let settled = confirmation.1.saturating_add(dispute.1);
        correction.at_least(Named("confirmation_window and dispute_window", settled))?;
        tolerance.within(&bounds::CLOCK_TOLERANCE_S)?;
        tolerance.below(Named("interval_s", region.interval_s.into()))?;
        missing.within(&bounds::MISSING_LIMIT)?;
        missing.at_least(confirmation)
    }

    fn validate_auction(&self) -> Result<(), ParamError> {
        let steps = Named("steps_per_device", self.steps_per_device.into());
        let orders = Named("orders_per_interval", self.orders_per_interval.into());
        steps.within(&bounds::STEPS_PER_DEVICE)?;
        orders.within(&bounds::ORDERS)?;
        orders.at_least(steps)?;
        Named("epsilon", self.epsilon.get().into()).within(&bounds::EPSILON)?;
        Named("reference_window", self.reference_window.into()).within(&bounds::REFERENCE_WINDOW)?;
        Named("residual_supply", self.residual_supply.get().into()).within(&bounds::RESIDUAL_SUPPLY)?;
        let count = u32::try_from(self.zones.len()).unwrap_or(u32::MAX);
        Named("count of zones", count.into()).within(&bounds::ZONES)?;
        let mut before = None;
        for bus in &self.zones {
            let zone = Named("zones", (*bus).into());
            zone.within(&bounds::ZONE)?;
            before.map_or(Ok(()), |before| zone.above(Named("the zone before", before)))?;
            before = Some(zone.1);
        }
        Ok(())
    }

    fn validate_fees(&self) -> Result<(), ParamError> {
        let order = Named("order_fee", clamped(self.order_fee.get()));
        let settlement = Named("settlement_fee", clamped(self.settlement_fee.get()));
        let sealed = Named("sealed_lock", clamped(self.sealed_lock.get()));
        order.within(&bounds::FEE)?;
        settlement.within(&bounds::FEE)?;
        sealed.within(&bounds::FEE)?;
        // A bounty above the fee would be paid out of somebody else's money.
        Named("clear_bounty", clamped(self.clear_bounty.get())).at_most(order)?;
        Named("settle_bounty", clamped(self.settle_bounty.get())).at_most(settlement)?;
        Named("solver_bounty", clamped(self.solver_bounty.get())).within(&bounds::FEE)?;
        Named("sealed_fee", clamped(self.sealed_fee.get())).at_most(sealed)
    }

    fn validate_head(&self) -> Result<(), ParamError> {
        Named("head_tolerance", self.head_tolerance.get().into()).within(&bounds::HEAD_TOLERANCE)?;
        Named("head_tolerance_wh", self.head_tolerance_wh.get().into()).within(&bounds::HEAD_TOLERANCE_WH)?;
        Named("losses", self.losses.get().into()).within(&bounds::LOSSES)?;
        let mismatches = Named("head_mismatches", self.head_mismatches.into());
        let derating = Named("head_derating", self.head_derating.get().into());
        mismatches.within(&bounds::HEAD_MISMATCHES)?;
        derating.within(&bounds::HEAD_DERATING)?;
        // Counting towards nothing would only look like a safeguard.
        derating.at_least(Named("1 where head_mismatches is above 0", mismatches.1.min(1)))
    }
}

impl Bank {
    fn validate(&self) -> Result<(), ParamError> {
        Named("bank.usable", self.usable.get().into()).within(&bounds::USABLE)?;
        Named("bank.efficiency", self.efficiency.get().into()).within(&bounds::EFFICIENCY)?;
        Named("bank.fee", self.fee.get().into()).within(&bounds::BANK_FEE)?;
        Named("bank.bond", clamped(self.bond.get())).within(&bounds::BOND)
    }
}
