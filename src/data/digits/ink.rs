//! How much ink each pixel holds, whatever the light and the paper.
//!
//! `ink = 1 − grey / background`
//!
//! A shadow multiplies the light of paper and ink alike: the ratio of the two
//! does not see it. The background is what remains of the picture once
//! everything narrower than a quarter of it has been filled from its
//! surroundings (a *closing*: largest value over a window, then smallest).

use super::plane::{Plane, quantile};

/// Which of paper and strokes is darker.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Polarity {
    /// Found from the picture: strokes are the minority.
    #[default]
    Auto,
    /// Pen on paper.
    DarkOnLight,
    /// Chalk on a board.
    LightOnDark,
}

/// Side of the reduced picture on which the background is looked for.
const GRID: usize = 96;
/// Half of the window: wider than any stroke, narrower than a page.
const RADIUS: usize = GRID / 8;
/// What a stroke reaches at its darkest; the lines of a copybook do not.
pub(super) const MIN_CONTRAST: f32 = 0.18;
/// Ink below this is never a stroke.
const FLOOR: f32 = 0.12;

/// The amount of ink per pixel and how it was found.
pub(super) struct Ink {
    /// Background of the picture (after inversion of a dark board).
    pub background: Plane,
    /// Ink in `[0, 1]`, 0 for paper.
    pub ink: Plane,
    /// The same, smoothed when the picture is large enough to be noisy.
    pub smooth: Plane,
    /// Ink above this belongs to a stroke.
    pub threshold: f32,
    /// Ink below this is the grain of the paper.
    pub floor: f32,
    /// The strongest contrast met.
    pub contrast: f32,
}

/// Whether strokes are darker or lighter than what surrounds them.
///
/// Strokes are the minority: the differences to the mean of the neighbourhood
/// are many and small on the side of the paper, few and large on theirs.
pub(super) fn polarity(grey: &Plane) -> Polarity {
    let small = if grey.side() > 400 { grey.scaled_to(400) } else { grey.clone() };
    let around = small.box_mean(small.side() / 4);
    let skew: f64 =
        small.zip(&around, |v, mean| (v - mean).powi(3)).values.iter().map(|&v| f64::from(v)).sum();
    if skew > 0.0 { Polarity::LightOnDark } else { Polarity::DarkOnLight }
}

/// The ink of a picture with dark strokes (a dark board must be inverted first).
///
/// The closing is right up to the fall of light near the borders, where it has
/// no neighbour to follow; the strokes it shows are right already. So the
/// background is taken a second time, as the mean of the paper around each
/// pixel, strokes excepted.
pub(super) fn extract(grey: &Plane) -> Ink {
    let small = if grey.side() > GRID { grey.scaled_to(GRID) } else { grey.clone() };
    let closed = small.dilated(RADIUS).eroded(RADIUS).box_mean(1).resized(grey.width, grey.height);
    let first = Ink::over(grey, closed);
    let paper = first.smooth.dilated(2).map(|value| f32::from(value < first.threshold));
    let radius = (grey.side() / 40).max(3);
    let (light, share) = (grey.zip(&paper, |v, p| v * p).box_mean(radius), paper.box_mean(radius));
    let mean = light.zip(&share, |light, share| if share > 0.2 { light / share } else { -1.0 });
    let second = mean.zip(&first.background, |mean, closed| if mean < 0.0 { closed } else { mean });
    Ink::over(grey, second)
}

impl Ink {
    /// The ink of `grey` over a known background.
    fn over(grey: &Plane, background: Plane) -> Self {
        let raw = grey.zip(&background, |value, paper| 1.0 - value / paper.max(0.05));
        // The background may follow the brightest paper: the median is paper too.
        let paper = raw.quantile(0.5);
        let ink = raw.map(|value| ((value - paper) / (1.0 - paper).max(0.05)).clamp(0.0, 1.0));
        let smooth = if grey.side() > 400 { ink.box_mean(1) } else { ink.clone() };
        let floor = (6.0 * noise(&raw, paper)).max(FLOOR);
        let (contrast, threshold) = levels(&smooth, floor);
        Self { background, ink, smooth, threshold, floor, contrast }
    }

    /// Forgets the ink that is no longer in `smooth`.
    pub fn keep_only(&mut self, smooth: Plane) {
        self.ink = self.ink.zip(&smooth, |ink, kept| if kept > 0.0 { ink } else { 0.0 });
        (self.contrast, self.threshold) = levels(&smooth, self.floor);
        self.smooth = smooth;
    }
}

/// The strongest contrast, and the threshold that follows from it.
fn levels(smooth: &Plane, floor: f32) -> (f32, f32) {
    let strong: Vec<f32> = smooth.values.iter().copied().filter(|&v| v > floor).collect();
    let contrast = match strong.len() {
        0..12 => smooth.quantile(0.999).min(floor),
        _ => quantile(strong, 0.95),
    };
    (contrast, floor.max(0.35 * contrast))
}

/// Standard deviation of the paper's grain, from the half of the pixels that
/// lie under the median (ink is all above it).
fn noise(raw: &Plane, median: f32) -> f32 {
    1.4826
        * quantile(raw.values.iter().filter(|&&v| v <= median).map(|&v| median - v).collect(), 0.5)
}
