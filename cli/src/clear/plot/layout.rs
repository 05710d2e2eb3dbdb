//! Where buses stand: a tidy drawing of the spanning tree in which no two of its lines cross.
//!
//! The tree runs from left to right, a column for each level, and each bus stands in line with its deepest branch, so
//! that a feeder looks like its one-line diagram. The other branches are packed above and below as near as they fit. A
//! tree that is much wider than deep has rings around the root instead, where a branch has an angle by its number of
//! ends.
use std::f64::consts::TAU;

use busbar_clearing::mesh::Mesh;

use super::pack::Rows;
use super::real;

/// Trees of more rows than this, and than this many times their columns, are drawn as rings.
const ROWS: usize = 60;
const ROWS_BY_COLUMN: usize = 4;
/// Room of a drawing from left to right, pixels, and from top to bottom.
const WIDTH: f64 = 1120.0;
const HEIGHT: f64 = 900.0;
/// Most between two columns and between two rows, pixels; rows may be somewhat wider apart than columns.
const COLUMN: f64 = 150.0;
const ROW: f64 = 110.0;

/// A place on the drawing, pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Place {
    pub x: f64,
    pub y: f64,
}

/// Places of all buses, the leftmost at x = 0 and the highest at y = 0.
#[derive(Debug)]
pub struct Layout {
    pub places: Vec<Place>,
    pub width: f64,
    pub height: f64,
    /// About how far neighbours are apart, pixels.
    pub spacing: f64,
}

/// The spanning tree by bus.
pub struct Tree {
    pub root: usize,
    /// Each bus but the root and its parent, from the root down.
    pub down: Vec<(usize, usize)>,
    pub children: Vec<Vec<usize>>,
    pub depth: Vec<usize>,
    /// Levels below each bus.
    pub below: Vec<usize>,
    /// Buses at or below each bus that have none below them.
    pub ends: Vec<usize>,
}

/// Places the buses of a network.
pub fn layout(mesh: &Mesh) -> Layout {
    let tree = Tree::new(mesh);
    let rows = Rows::pack(&tree);
    let columns = tree.below[tree.root].max(1);
    if rows.count > ROWS && rows.count > columns.saturating_mul(ROWS_BY_COLUMN) {
        tree.rings(real(columns))
    } else {
        tree.columns(&rows, real(columns))
    }
}

impl Tree {
    pub fn new(mesh: &Mesh) -> Self {
        let buses = mesh.buses();
        let mut tree = Self {
            root: mesh.root(),
            down: mesh.descent().map(|(bus, parent, ..)| (bus, parent)).collect(),
            children: vec![Vec::new(); buses],
            depth: vec![0; buses],
            below: vec![0; buses],
            ends: vec![0; buses],
        };
        for &(bus, parent) in &tree.down {
            tree.depth[bus] = tree.depth[parent].saturating_add(1);
            tree.children[parent].push(bus);
        }
        for &(bus, parent) in tree.down.iter().rev() {
            tree.ends[bus] = tree.ends[bus].max(1);
            tree.ends[parent] = tree.ends[parent].saturating_add(tree.ends[bus]);
            tree.below[parent] = tree.below[parent].max(tree.below[bus].saturating_add(1));
        }
        tree.ends[tree.root] = tree.ends[tree.root].max(1);
        tree
    }

    /// The root on the left, each level a column.
    fn columns(&self, rows: &Rows, columns: f64) -> Layout {
        let column = (WIDTH / columns).min(COLUMN);
        let row = (HEIGHT / real(rows.count)).min(ROW).min(column.max(16.0) * 1.2);
        let places = self.depth.iter().zip(&rows.of).map(|(&depth, &line)| Place {
            x: real(depth) * column,
            y: real(line) * row,
        });
        Layout::around(places.collect(), column.min(row))
    }

    /// The root in the middle, each level a ring.
    fn rings(&self, columns: f64) -> Layout {
        let (radius, ends) = (HEIGHT / 2.0, real(self.ends[self.root]));
        let ring = radius / columns;
        let mut first = vec![0usize; self.depth.len()];
        let mut places = vec![Place::default(); self.depth.len()];
        for bus in std::iter::once(self.root).chain(self.down.iter().map(|&(bus, _)| bus)) {
            let middle = real(first[bus]) + real(self.ends[bus]) / 2.0;
            let (sine, cosine) = (TAU * middle / ends).sin_cos();
            let out = real(self.depth[bus]) * ring;
            places[bus] = Place {
                x: out * sine,
                y: -out * cosine,
            };
            let mut next = first[bus];
            for &child in &self.children[bus] {
                first[child] = next;
                next = next.saturating_add(self.ends[child]);
            }
        }
        Layout::around(places, ring.min(TAU * radius / ends))
    }
}

impl Layout {
    /// The same places, moved to (0, 0).
    fn around(mut places: Vec<Place>, spacing: f64) -> Self {
        let least = |of: fn(&Place) -> f64| places.iter().map(of).fold(f64::INFINITY, f64::min);
        let (left, top) = (least(|place| place.x), least(|place| place.y));
        let (mut width, mut height) = (0.0f64, 0.0f64);
        for place in &mut places {
            place.x -= left;
            place.y -= top;
            (width, height) = (width.max(place.x), height.max(place.y));
        }
        Self {
            places,
            width,
            height,
            spacing,
        }
    }
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    reason = "a test stops at the first surprise; rows are multiples of one number"
)]
mod tests {
    use busbar_clearing::Line;
    use busbar_clearing::mesh::MeshLine;
    use busbar_units::Wh;
    use proptest::prelude::*;

    use super::*;

    /// The tree in which bus `i + 1` hangs from `parents[i]`.
    fn tree(parents: &[usize]) -> Mesh {
        let line = |(bus, &parent): (usize, &usize)| MeshLine {
            line: Line {
                from: parent,
                to: bus.saturating_add(1),
                capacity: Wh::new(1),
                capacity_back: Wh::new(1),
            },
            reactance: 0,
            resistance: 0,
        };
        let lines = parents.iter().enumerate().map(line).collect();
        Mesh::new(parents.len().saturating_add(1), 0, lines, None).unwrap()
    }

    #[test]
    fn a_feeder_runs_straight_on() {
        let places = layout(&tree(&[0, 1, 2, 1])).places;
        let trunk: Vec<f64> = places[..4].iter().map(|place| place.y).collect();
        assert!(trunk.windows(2).all(|pair| pair[0] == pair[1]), "{trunk:?}");
        assert_ne!(places[4].y, trunk[0]);
    }

    #[test]
    fn branches_that_do_not_meet_share_a_row() {
        // A trunk 0-1-2-3-4-5 with one bus beside 1 and one beside 4.
        let places = layout(&tree(&[0, 1, 2, 3, 4, 1, 4])).places;
        let rows: std::collections::BTreeSet<u64> = places.iter().map(|place| place.y.to_bits()).collect();
        assert_eq!(rows.len(), 2);
    }

    #[test]
    fn one_bus_and_a_wide_star_have_their_places() {
        let alone = layout(&tree(&[]));
        assert_eq!((alone.places.len(), alone.width, alone.height), (1, 0.0, 0.0));
        let star = layout(&tree(&[0; 100]));
        let root = star.places[0];
        let out = |place: &Place| (place.x - root.x).hypot(place.y - root.y);
        assert!(star.places[1..].iter().all(|place| (out(place) - 450.0).abs() < 1e-6));
    }

    proptest! {
        /// Levels are columns, so lines of two levels cannot meet; those of one keep the order of their starts.
        #[test]
        fn lines_of_a_tree_never_cross(picks in prop::collection::vec(any::<prop::sample::Index>(), 1..150)) {
            let parents: Vec<usize> = picks.iter().enumerate()
                .map(|(bus, pick)| pick.index(bus.saturating_add(1)))
                .collect();
            let tree = Tree::new(&tree(&parents));
            let places = tree.columns(&Rows::pack(&tree), 30.0).places;
            let lines: Vec<(Place, Place)> = tree.down.iter().map(|&(bus, parent)| (places[parent], places[bus])).collect();
            for (number, one) in lines.iter().enumerate() {
                for other in &lines[..number] {
                    prop_assert!(one.1 != other.1, "two buses at {:?}", one.1);
                    if one.0.x == other.0.x {
                        prop_assert!((one.0.y - other.0.y) * (one.1.y - other.1.y) >= 0.0, "{one:?} and {other:?}");
                    }
                }
            }
        }
    }
}
