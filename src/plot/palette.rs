//! Colours that colour-blind readers tell apart (Okabe and Ito, 2008), in an
//! order that keeps neighbours distinct, and the greys of the frame.

/// An opaque colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Color(pub u8, pub u8, pub u8);

impl Color {
    /// The colour as SVG writes it.
    pub fn hex(self) -> String {
        format!("#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }

    /// The mixture `(1 − t)·self + t·other`, with `t` brought into `0..=1`.
    pub fn mix(self, other: Color, t: f64) -> Color {
        let t = if t.is_finite() { t.clamp(0.0, 1.0) } else { 0.0 };
        let blend = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * t).round() as u8;
        Color(blend(self.0, other.0), blend(self.1, other.1), blend(self.2, other.2))
    }

    /// Black or white, whichever reads better on this colour.
    pub fn ink(self) -> Color {
        let light =
            0.299 * f64::from(self.0) + 0.587 * f64::from(self.1) + 0.114 * f64::from(self.2);
        if light > 140.0 { INK } else { PAPER }
    }
}

/// The panel behind every figure.
pub(crate) const PAPER: Color = Color(255, 255, 255);
/// Text and axes.
pub(crate) const INK: Color = Color(32, 33, 36);
/// Secondary text.
pub(crate) const GREY: Color = Color(95, 99, 104);
/// Grid lines and frames.
pub(crate) const RULE: Color = Color(218, 220, 224);

/// Blue: what is right, the training set.
pub(crate) const BLUE: Color = Color(0, 114, 178);
/// Vermilion: what is wrong, the validation set.
pub(crate) const VERMILION: Color = Color(213, 94, 0);

/// The colours of successive curves.
pub(crate) const CURVES: [Color; 7] = [
    BLUE,
    VERMILION,
    Color(0, 158, 115),
    Color(204, 121, 167),
    Color(86, 180, 233),
    Color(230, 159, 0),
    Color(0, 0, 0),
];

/// The colour of curve `i`; they repeat after the seventh.
pub(crate) fn curve(i: usize) -> Color {
    CURVES[i % CURVES.len()]
}

/// Blue through white to vermilion for `value` in `−1..=1`: signed weights.
pub(crate) fn diverging(value: f64) -> Color {
    PAPER.mix(if value < 0.0 { BLUE } else { VERMILION }, value.abs())
}
