//! Tables and lists for people.
use comfy_table::{CellAlignment, LineStyle, Table, TableStyle};

/// A table; the columns named in `right` are numbers.
pub fn table(heads: &[&str], right: &[usize], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    let rule = LineStyle::none().fill('─').junction('─');
    table
        .load_style(TableStyle::new().header_separator(rule))
        .set_header(heads);
    for column in right {
        if let Some(column) = table.column_mut(*column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    for row in rows {
        table.add_row(row);
    }
    format!("{table}\n")
}

/// Lines of `name  value`.
pub fn list<'a>(rows: impl IntoIterator<Item = (&'a str, String)>) -> String {
    let rows: Vec<_> = rows.into_iter().collect();
    let width = rows
        .iter()
        .map(|(name, _)| name.len())
        .max()
        .unwrap_or(0)
        .saturating_add(2);
    rows.iter()
        .map(|(name, value)| format!("{name:<width$}{value}\n"))
        .collect()
}
