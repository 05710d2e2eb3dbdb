//! The path of a line: straight in the tree, and around the other buses where it closes a loop.
use super::layout::{Layout, Place};

/// How far chords swing out, as shares of their length, best first.
const SWINGS: [f64; 6] = [0.14, -0.14, 0.07, -0.07, 0.22, -0.22];
/// Room beside a chord that is enough, pixels.
const ROOM: f64 = 30.0;
/// Points of a chord whose room is measured.
const SAMPLES: u32 = 12;

/// A quadratic curve from `a` to `b`, with its control point.
#[derive(Clone, Copy, Debug)]
pub struct Curve {
    pub a: Place,
    pub b: Place,
    control: Place,
}

impl Curve {
    pub fn straight(a: Place, b: Place) -> Self {
        Self::swung(a, b, 0.0)
    }

    fn swung(a: Place, b: Place, swing: f64) -> Self {
        let (dx, dy) = (b.x - a.x, b.y - a.y);
        let control = Place {
            x: a.x + dx / 2.0 - 2.0 * swing * dy,
            y: a.y + dy / 2.0 + 2.0 * swing * dx,
        };
        Self { a, b, control }
    }

    /// A curve that stays within `margin` of the drawing and passes none of the `buses` closely, if there is one.
    pub fn chord(a: Place, b: Place, layout: &Layout, buses: &[Place], margin: f64) -> Self {
        let length = (b.x - a.x).hypot(b.y - a.y).max(1.0);
        // However long a chord is, this one stays on the page.
        let near = (margin / length).min(SWINGS[0]);
        let mut best = (f64::NEG_INFINITY, Self::swung(a, b, near));
        for swing in SWINGS.into_iter().chain([near, -near]) {
            let curve = Self::swung(a, b, swing);
            if curve.is_within(layout, margin) {
                let room = curve.room(buses);
                if room > best.0 {
                    best = (room, curve);
                }
            }
        }
        best.1
    }

    fn is_within(&self, layout: &Layout, margin: f64) -> bool {
        let Place { x, y } = self.middle();
        (-margin..=layout.width + margin).contains(&x) && (-margin..=layout.height + margin).contains(&y)
    }

    /// How far the nearest other bus is, pixels, at most [`ROOM`].
    fn room(&self, buses: &[Place]) -> f64 {
        let points = (1..SAMPLES).map(|step| self.at(f64::from(step) / f64::from(SAMPLES)));
        let distances = points.flat_map(|point| {
            let others = buses.iter().filter(|bus| **bus != self.a && **bus != self.b);
            others.map(move |bus| (bus.x - point.x).hypot(bus.y - point.y))
        });
        distances.fold(ROOM, f64::min)
    }

    /// The place at a share of the way.
    fn at(&self, share: f64) -> Place {
        let rest = 1.0 - share;
        let mix = |a: f64, control: f64, b: f64| rest * rest * a + 2.0 * rest * share * control + share * share * b;
        Place {
            x: mix(self.a.x, self.control.x, self.b.x),
            y: mix(self.a.y, self.control.y, self.b.y),
        }
    }

    pub fn middle(&self) -> Place {
        self.at(0.5)
    }

    /// The `d` of an SVG path.
    pub fn path(&self) -> String {
        let Self { a, b, control } = self;
        format!(
            "M{:.1} {:.1}Q{:.1} {:.1} {:.1} {:.1}",
            a.x, a.y, control.x, control.y, b.x, b.y
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(x: f64, y: f64) -> Place {
        Place { x, y }
    }

    #[test]
    fn a_chord_leaves_the_buses_between_its_ends_alone() {
        let row: Vec<Place> = (0..5).map(|column| place(f64::from(column) * 100.0, 0.0)).collect();
        let layout = Layout {
            places: row.clone(),
            width: 400.0,
            height: 0.0,
            spacing: 100.0,
        };
        let chord = Curve::chord(row[0], row[4], &layout, &row, 35.0);
        assert!(chord.room(&row) >= 15.0, "{chord:?}");
        assert!(chord.middle().y.abs() <= 35.0, "{chord:?}");
        assert!(Curve::straight(row[0], row[4]).room(&row) < 1.0);
    }
}
