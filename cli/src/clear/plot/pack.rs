//! Rows of a tree that runs from left to right, packed by contour (after Reingold and Tilford, Tidier Drawings of Trees,
//! IEEE Trans. Software Engineering SE-7(2), 1981), without recursion and in time that grows with the number of buses.
use super::layout::Tree;

/// The row of each bus, from 0, and how many there are.
pub struct Rows {
    pub of: Vec<usize>,
    pub count: usize,
}

/// Lowest and highest row that a branch has in each of its columns, relative to the row of its first bus, the last
/// column first.
type Contour = Vec<(i64, i64)>;

impl Rows {
    /// Packs the branches of every bus around the deepest of them.
    pub fn pack(tree: &Tree) -> Self {
        // Each bus' row relative to its parent's.
        let mut shift = vec![0i64; tree.depth.len()];
        let mut contours: Vec<Contour> = vec![Vec::new(); tree.depth.len()];
        let up = tree.down.iter().rev().map(|&(bus, _)| bus).chain([tree.root]);
        for bus in up {
            let mut branches = tree.children[bus].clone();
            branches.sort_by_key(|&child| (tree.below[child], tree.ends[child], std::cmp::Reverse(child)));
            let mut contour = match branches.pop() {
                Some(trunk) => std::mem::take(&mut contours[trunk]),
                None => Contour::new(),
            };
            for branch in branches {
                let outline = std::mem::take(&mut contours[branch]);
                shift[branch] = place(&mut contour, &outline);
            }
            contour.push((0, 0));
            contours[bus] = contour;
        }
        for &(bus, parent) in &tree.down {
            shift[bus] = shift[bus].saturating_add(shift[parent]);
        }
        let top = shift.iter().copied().min().unwrap_or(0);
        let row = |line: &i64| usize::try_from(line.abs_diff(top)).unwrap_or(usize::MAX);
        let of: Vec<usize> = shift.iter().map(row).collect();
        let count = of.iter().copied().max().unwrap_or(0).saturating_add(1);
        Self { of, count }
    }
}

/// Puts a branch beside what is there, on the side where it comes nearer, and returns its row. Both begin in the same
/// column, and the branch has no more columns.
fn place(contour: &mut Contour, branch: &[(i64, i64)]) -> i64 {
    let columns = || branch.iter().rev().zip(contour.iter().rev());
    // A column without the branch after its end, so that nothing seems to go on there.
    let after = contour.iter().rev().nth(branch.len());
    let tail = branch.first().zip(after);
    let all = || columns().chain(tail);
    let below = all().map(|(own, there)| there.1.saturating_sub(own.0)).max();
    let above = all().map(|(own, there)| there.0.saturating_sub(own.1)).min();
    let below = below.unwrap_or(0).saturating_add(1);
    let above = above.unwrap_or(0).saturating_sub(1);
    let row = if above.unsigned_abs() <= below.unsigned_abs() {
        above
    } else {
        below
    };
    for (own, there) in branch.iter().rev().zip(contour.iter_mut().rev()) {
        there.0 = there.0.min(own.0.saturating_add(row));
        there.1 = there.1.max(own.1.saturating_add(row));
    }
    row
}
