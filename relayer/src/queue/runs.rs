/// Row ids with what becomes of them, as spans of consecutive ids that share it: readings come and go together, so
/// that a whole transaction is a statement or two.
pub(super) fn runs<T: PartialEq>(rows: impl IntoIterator<Item = (i64, T)>) -> Vec<(i64, i64, T)> {
    let mut runs: Vec<(i64, i64, T)> = Vec::new();
    for (id, fate) in rows {
        match runs.last_mut() {
            Some((_, last, same)) if last.checked_add(1) == Some(id) && *same == fate => *last = id,
            _ => runs.push((id, id, fate)),
        }
    }
    runs
}
