use serde::{Deserialize, Serialize};

/// Most that gas may rise, per cent.
const TOLERANCE: u64 = 2;

/// Gas by action.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// One row per action.
    pub actions: Vec<Row>,
    /// What is added to the names.
    #[serde(skip)]
    suffix: &'static str,
}

/// What the names of actions end in that were measured with pinned codes.
const PINNED: &str = "_pinned";

/// Gas of an action.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Its name.
    pub action: String,
    /// Of a transaction with none of what `slope` is for.
    pub fixed: u64,
    /// Of one more: reading, order, device.
    pub slope: u64,
    /// Of the whole transaction, with as many items as the action stands for.
    pub total: u64,
}

impl Table {
    /// An empty one, of codes that are pinned or not.
    pub fn new(pinned: bool) -> Self {
        Self {
            actions: vec![],
            suffix: if pinned { PINNED } else { "" },
        }
    }

    /// Adds an action of one item.
    pub fn single(&mut self, action: &str, total: u64) {
        self.line(action, (0, total), (0, total));
    }

    /// Adds an action measured with few and with many items.
    pub fn line(&mut self, action: &str, few: (u64, u64), many: (u64, u64)) {
        let slope = many.1.saturating_sub(few.1).checked_div(many.0.saturating_sub(few.0));
        let slope = slope.unwrap_or(0);
        self.add(Row {
            action: format!("{action}{}", self.suffix),
            fixed: few.1.saturating_sub(slope.saturating_mul(few.0)),
            slope,
            total: many.1,
        });
    }

    /// Adds a row, and says it: a run takes minutes.
    fn add(&mut self, row: Row) {
        eprintln!("{:<28}{:>14}", row.action, row.total);
        self.actions.push(row);
    }

    /// For people.
    pub fn text(&self) -> String {
        let mut text = format!("{:<28}{:>12}{:>10}{:>14}\n", "action", "fixed", "slope", "total");
        for row in &self.actions {
            text += &format!(
                "{:<28}{:>12}{:>10}{:>14}\n",
                row.action, row.fixed, row.slope, row.total
            );
        }
        text
    }

    /// Fails where an action's total has risen by more than the tolerance, or is gone. A short run measures not all, and
    /// no run measures both pinned codes and others.
    pub fn compare(&self, before: &Self, short: bool) -> anyhow::Result<()> {
        let mut risen = vec![];
        let pinned = !self.suffix.is_empty();
        for old in before
            .actions
            .iter()
            .filter(|row| row.action.ends_with(PINNED) == pinned)
        {
            match self.actions.iter().find(|row| row.action == old.action) {
                None if short => {}
                None => risen.push(format!("{} was not measured", old.action)),
                Some(new)
                    if new.total.saturating_mul(100) > old.total.saturating_mul(TOLERANCE.saturating_add(100)) =>
                {
                    risen.push(format!("{} took {} gas, takes {}", old.action, old.total, new.total));
                }
                Some(_) => {}
            }
        }
        anyhow::ensure!(
            risen.is_empty(),
            "gas has risen by more than {TOLERANCE} %: {}; explain it in bench/gas.md and keep the new figures",
            risen.join("; ")
        );
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_that_are_pinned_are_compared_with_such() {
        let (mut before, mut pinned) = (table(10_000), Table::new(true));
        pinned.single("clear", 9_000);
        assert_eq!(pinned.actions[0].action, "clear_pinned");
        before.actions.append(&mut pinned.actions);
        assert!(table(10_000).compare(&before, false).is_ok());
        let mut dearer = Table::new(true);
        dearer.single("clear", 9_500);
        let risen = dearer.compare(&before, false).unwrap_err().to_string();
        assert!(risen.contains("clear_pinned took 9000 gas, takes 9500"), "{risen}");
    }

    fn table(total: u64) -> Table {
        let mut table = Table::default();
        table.line("clear", (10, 1_000), (100, total));
        table
    }

    #[test]
    fn slope_and_fixed_part_follow_from_two_sizes() {
        let row = &table(1_900).actions[0];
        assert_eq!((row.fixed, row.slope, row.total), (900, 10, 1_900));
    }

    #[test]
    fn a_rise_of_more_than_two_per_cent_fails_and_so_does_a_missing_action() {
        let before = table(10_000);
        assert!(table(10_200).compare(&before, false).is_ok());
        assert!(table(5_000).compare(&before, false).is_ok());
        let risen = table(10_201).compare(&before, true).unwrap_err().to_string();
        assert!(risen.contains("clear took 10000 gas, takes 10201"), "{risen}");
        assert!(Table::default().compare(&before, true).is_ok());
        let missing = Table::default().compare(&before, false).unwrap_err().to_string();
        assert!(missing.contains("clear was not measured"), "{missing}");
    }
}
