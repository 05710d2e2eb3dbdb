use alloc::vec::Vec;

use busbar_units::{largest_remainder, NetWh, Ppm, Price, Wh};

use super::{Mesh, MeshLine, Proposal, DUAL_SCALE};
use crate::book::Book;
use crate::check::{length, Violation};
use crate::order::validate;
use crate::sums::{add, multiply, negate, subtract, Sums};
use crate::{ClearingError, Line, Order, PriceBounds, Side};

/// What a proposal is judged by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Floor and cap of the prices that are paid.
    pub bounds: PriceBounds,
    /// Largest gap to the optimum, as a share of the proposal's own welfare.
    pub epsilon: Ppm,
}

/// An accepted clearing and how near the optimum it is proven to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// Price that each bus pays: the proposed one to the nearest whole millionth, within floor and cap.
    pub prices: Vec<Price>,
    /// Energy filled of each order; equal orders of a bus share what was filled of them pro rata.
    pub fills: Vec<Wh>,
    /// Flow on each line, positive from its `from` to its `to`.
    pub flows: Vec<NetWh>,
    /// Buses where nothing was filled and whose price is the floor or the cap.
    pub no_trade: Vec<bool>,
    /// Energy bought, which is the energy sold, in Wh.
    pub volume: u128,
    /// What buyers would have paid at most less what sellers would have taken at least, price times Wh.
    pub welfare: i128,
    /// Upper bound of the welfare of any feasible clearing, rounded up.
    pub dual: i128,
    /// `dual - welfare`, at most epsilon of the welfare.
    pub gap: i128,
    /// What buyers pay above what sellers get, never negative.
    pub rent: i128,
}

impl Mesh {
    /// Accepts a proposal if and only if it is feasible and provably within epsilon of the best clearing.
    ///
    /// Any prices and multipliers are feasible for the dual program, whose value
    ///
    /// ```text
    /// D = sum_i Q_i max(0, s_i (p_i - lambda_b(i))) + sum_l (F_l max(0, m_l) + U_l max(0, -m_l))
    ///   + sum_k delta_k |gamma_k| + sum_b (drop_b max(0, nu_b) + rise_b max(0, -nu_b))
    /// m_l = lambda_to - lambda_from - X_l sum_k c_kl gamma_k - k_l (sum of nu beyond l)
    /// ```
    ///
    /// bounds the welfare of every feasible clearing, so wrong multipliers only make the bound worse.
    /// `delta_k` is the [tolerance](super::Cycle::tolerance) of Kirchhoff's law in whole watt-hours.
    ///
    /// # Errors
    /// The first [`Violation`]: bounds of the orders, lengths, fills, limit prices, balance, lines, loops,
    /// voltages, payments below receipts, the gap.
    pub fn verify(&self, orders: &[Order], proposal: &Proposal, terms: Terms) -> Result<Proof, Violation> {
        validate(&self.tree, orders, terms.bounds)?;
        length("fills", proposal.fills.len(), orders.len())?;
        length("prices", proposal.prices.len(), self.buses())?;
        length("chords", proposal.chords.len(), self.cycles.len())?;
        length("kirchhoff", proposal.kirchhoff.len(), self.cycles.len())?;

        let prices = self.settlement_prices(proposal, terms.bounds);
        let mut sums = Sums::new(self.buses());
        let mut volume = 0u128;
        let mut traded = alloc::vec![false; self.buses()];
        for (number, (order, &fill)) in orders.iter().zip(&proposal.fills).enumerate() {
            let dual = i128::from(proposal.prices[order.bus]);
            sums.order(number, order, fill, prices[order.bus], dual, DUAL_SCALE.into())?;
            traded[order.bus] |= !fill.is_zero();
            volume = volume.saturating_add(u128::from(fill.get()));
        }
        let exports: Vec<i128> = sums
            .drawn
            .iter()
            .map(|&drawn| negate(drawn))
            .collect::<Result<_, _>>()?;
        let (flows, left) = self.flows(&exports, &proposal.chords).ok_or(Violation::Overflow)?;
        if left != 0 {
            return Err(Violation::Balance {
                bus: self.root(),
                excess: negate(left)?,
            });
        }
        self.carry(&flows, &mut sums)?;
        self.kirchhoff(&flows)?;
        self.voltages(&flows)?;
        self.bound(orders, proposal, &mut sums)?;

        let dual = rounded_up(sums.dual)?;
        let (welfare, rent) = (sums.welfare, rent(orders, &proposal.fills, &prices)?);
        if rent < 0 {
            return Err(Violation::Deficit { rent });
        }
        let gap = subtract(dual, welfare)?;
        let allowed = multiply(welfare.max(0), terms.epsilon.get().into())?.div_euclid(1_000_000);
        if gap > allowed {
            return Err(Violation::Gap {
                welfare,
                dual,
                gap,
                allowed,
            });
        }
        let formal = |price: Price| price == terms.bounds.floor || price == terms.bounds.cap;
        let no_trade = prices
            .iter()
            .zip(&traded)
            .map(|(&price, &traded)| !traded && formal(price));
        Ok(Proof {
            no_trade: no_trade.collect(),
            fills: even(self.buses(), orders, &proposal.fills).ok_or(Violation::Overflow)?,
            prices,
            flows,
            volume: volume / 2,
            welfare,
            dual,
            gap,
            rent,
        })
    }

    /// The proposed prices to the nearest whole one, within floor and cap: nobody at a bus minds the clamp,
    /// because all limit prices lie within, and it never lowers the rent.
    fn settlement_prices(&self, proposal: &Proposal, bounds: PriceBounds) -> Vec<Price> {
        let nearest = |fine: &i64| Price::new(fine.saturating_add(DUAL_SCALE / 2).div_euclid(DUAL_SCALE));
        let within = |price: Price| price.clamp(bounds.floor, bounds.cap);
        proposal.prices.iter().map(nearest).map(within).collect()
    }

    /// Every flow within its line.
    fn carry(&self, flows: &[NetWh], sums: &mut Sums) -> Result<(), Violation> {
        self.lines
            .iter()
            .zip(flows)
            .enumerate()
            .try_for_each(|(number, (mesh_line, &flow))| sums.line(number, &mesh_line.line, flow))
    }

    /// Every cycle within its tolerance.
    fn kirchhoff(&self, flows: &[NetWh]) -> Result<(), Violation> {
        for (number, cycle) in self.cycles.iter().enumerate() {
            let mut residual = 0i128;
            for &(line, along) in &cycle.lines {
                let drop = multiply(self.lines[line].reactance.into(), flows[line].get().into())?;
                residual = if along {
                    add(residual, drop)?
                } else {
                    subtract(residual, drop)?
                };
            }
            if residual.unsigned_abs() > cycle.tolerance.unsigned_abs() {
                return Err(Violation::Kirchhoff {
                    cycle: number,
                    residual,
                    tolerance: cycle.tolerance,
                });
            }
        }
        Ok(())
    }

    /// Every bus within its limits of voltage.
    fn voltages(&self, flows: &[NetWh]) -> Result<(), Violation> {
        let Some(rows) = &self.voltage else { return Ok(()) };
        let mut fallen = alloc::vec![0i128; self.buses()];
        for &bus in self.tree.top_down() {
            if let Some(up) = self.tree.up(bus) {
                let flow = i128::from(flows[self.members[up.line]].get());
                let away = if up.exports { negate(flow)? } else { flow };
                fallen[bus] = add(fallen[up.parent], multiply(rows.coefficients[up.line], away)?)?;
            }
            let Some((drop, rise)) = rows.slack[bus] else { continue };
            if fallen[bus] > drop || negate(fallen[bus])? > rise {
                return Err(Violation::Voltage {
                    bus,
                    fallen: fallen[bus],
                    drop,
                    rise,
                });
            }
        }
        Ok(())
    }

    /// Adds what lines, cycles and voltage limits are worth at the multipliers to the dual value.
    ///
    /// A capacity counts only as far as any flow can reach: by Kirchhoff's law a line carries no more than everybody
    /// feeds in, beside what the law's tolerance lets circulate.
    fn bound(&self, orders: &[Order], proposal: &Proposal, sums: &mut Sums) -> Result<(), Violation> {
        for (cycle, &multiplier) in self.cycles.iter().zip(&proposal.kirchhoff) {
            let worth = multiply(cycle.tolerance, absolute(multiplier.into())?)?;
            sums.dual = add(sums.dual, worth)?;
        }
        for &(bus, multiplier) in &proposal.voltage {
            let (drop, rise) = self.slack(bus).ok_or(Violation::NoVoltageLimit { bus })?;
            let multiplier = i128::from(multiplier);
            let down = multiply(drop, multiplier.max(0))?;
            let up = multiply(rise, negate(multiplier.min(0))?)?;
            sums.dual = add(add(sums.dual, down)?, up)?;
        }
        let steps = self.price_steps(&proposal.kirchhoff, &proposal.voltage)?;
        let fed = most_traded(orders);
        for ((MeshLine { line, .. }, slack), step) in self.lines.iter().zip(&self.slack).zip(steps) {
            let gain = subtract(proposal.prices[line.to].into(), proposal.prices[line.from].into())?;
            let reach = u64::try_from(fed.saturating_add(*slack)).map_or(Wh::MAX, Wh::new);
            let reached = Line {
                capacity: line.capacity.min(reach),
                capacity_back: line.capacity_back.min(reach),
                ..*line
            };
            sums.capacity(&reached, subtract(gain, step)?)?;
        }
        Ok(())
    }

    fn slack(&self, bus: usize) -> Option<(i128, i128)> {
        self.voltage.as_ref()?.slack.get(bus).copied().flatten()
    }

    /// How far the price at the end of each line is above that at its start while the line is not full:
    /// `X_l sum_k c_kl gamma_k + k_l (sum of nu beyond l)`, in 1 / [`DUAL_SCALE`] of a price.
    ///
    /// # Errors
    /// [`Violation::NoVoltageLimit`] and [`Violation::Overflow`].
    pub fn price_steps(&self, kirchhoff: &[i64], voltage: &[(usize, i64)]) -> Result<Vec<i128>, Violation> {
        let mut steps = alloc::vec![0i128; self.lines.len()];
        for (cycle, &multiplier) in self.cycles.iter().zip(kirchhoff) {
            for &(line, along) in &cycle.lines {
                let part = multiply(self.lines[line].reactance.into(), multiplier.into())?;
                let step = &mut steps[line];
                *step = if along {
                    add(*step, part)?
                } else {
                    subtract(*step, part)?
                };
            }
        }
        let mut beyond = alloc::vec![0i128; self.buses()];
        for &(bus, multiplier) in voltage {
            self.slack(bus).ok_or(Violation::NoVoltageLimit { bus })?;
            beyond[bus] = add(beyond[bus], multiplier.into())?;
        }
        let Some(rows) = &self.voltage else { return Ok(steps) };
        for &bus in self.tree.top_down().iter().rev() {
            let Some(up) = self.tree.up(bus) else { continue };
            beyond[up.parent] = add(beyond[up.parent], beyond[bus])?;
            let part = multiply(rows.coefficients[up.line], beyond[bus])?;
            let step = &mut steps[self.members[up.line]];
            *step = if up.exports {
                subtract(*step, part)?
            } else {
                add(*step, part)?
            };
        }
        Ok(steps)
    }
}

/// Most energy that can change hands: all that is ordered on the smaller side.
fn most_traded(orders: &[Order]) -> u128 {
    let (bought, sold) = orders.iter().fold((0u128, 0u128), |(bought, sold), order| {
        let quantity = order.quantity.get().into();
        match order.side {
            Side::Buy => (bought.saturating_add(quantity), sold),
            Side::Sell => (bought, sold.saturating_add(quantity)),
        }
    });
    bought.min(sold)
}

/// A dual value in whole prices times Wh.
fn rounded_up(dual: i128) -> Result<i128, Violation> {
    negate(negate(dual)?.div_euclid(DUAL_SCALE.into()))
}

fn absolute(value: i128) -> Result<i128, Violation> {
    value.checked_abs().ok_or(Violation::Overflow)
}

/// What buyers pay less what sellers get, at the prices that are paid.
fn rent(orders: &[Order], fills: &[Wh], prices: &[Price]) -> Result<i128, Violation> {
    orders.iter().zip(fills).try_fold(0, |rent, (order, fill)| {
        let value = multiply(prices[order.bus].get().into(), fill.get().into())?;
        match order.side {
            Side::Buy => add(rent, value),
            Side::Sell => subtract(rent, value),
        }
    })
}

/// The same fills, but orders of one bus, side and limit price share theirs in proportion to their
/// quantities, by largest remainder, then lowest number: whoever solved the market cannot prefer one of them.
fn even(buses: usize, orders: &[Order], fills: &[Wh]) -> Option<Vec<Wh>> {
    let book = Book::new(buses, orders);
    let mut shared = fills.to_vec();
    for bus in 0..buses {
        for equal in book.at(bus).chunk_by(|a, b| a.price == b.price) {
            let (mut buys, mut sells) = (Vec::new(), Vec::new());
            for entry in equal {
                match orders[entry.order].side {
                    Side::Buy => buys.push(entry.order),
                    Side::Sell => sells.push(entry.order),
                }
            }
            for numbers in [buys, sells] {
                if numbers.len() < 2 {
                    continue;
                }
                let filled = numbers.iter().map(|&number| u128::from(fills[number].get())).sum();
                let quantities: Vec<u128> = numbers.iter().map(|&n| orders[n].quantity.get().into()).collect();
                for (number, fill) in numbers.into_iter().zip(largest_remainder(filled, &quantities).ok()?) {
                    shared[number] = Wh::new(u64::try_from(fill).ok()?);
                }
            }
        }
    }
    Some(shared)
}

impl From<ClearingError> for Violation {
    fn from(error: ClearingError) -> Self {
        Self::Orders(error)
    }
}
