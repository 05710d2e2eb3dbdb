//! Lists that contracts answer page by page.

/// Every entry of a list: asks for the page after the last entry's key, from the start on, until a page is empty.
///
/// An error of a page is the error of the whole.
///
/// ```
/// # use busbar_api::pages;
/// let page = |after: Option<u32>| Ok::<_, ()>((after.map_or(0, |after| after + 1)..5).take(2).collect());
/// assert_eq!(pages::all(|entry| *entry, page), Ok(vec![0, 1, 2, 3, 4]));
/// ```
pub fn all<T, K, E>(key: impl Fn(&T) -> K, mut page: impl FnMut(Option<K>) -> Result<Vec<T>, E>) -> Result<Vec<T>, E> {
    let mut all: Vec<T> = vec![];
    loop {
        let next = page(all.last().map(&key))?;
        if next.is_empty() {
            return Ok(all);
        }
        all.extend(next);
    }
}
