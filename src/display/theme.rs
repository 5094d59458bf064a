//! Colours on a light page and on a dark one.
//!
//! Each colour is a pair, written `light-dark(…, …)`: the browser takes the one
//! that suits the `color-scheme` of the page. A reader that does not know the
//! function (an old browser, an office program) finds the light one before it.
//!
//! A page of `cargo tp html` says its scheme itself, as does an SVG file opened
//! alone; JupyterLab only marks its body, which [`SCHEME`] translates for all that
//! stands in an element of the class [`CLASS`]. Pages that say nothing are light.

/// The class of what follows the theme.
pub(crate) const CLASS: &str = "tp-theme";

/// The rules that tell elements of [`CLASS`] the theme of their page; within each
/// of them, so that it needs nothing else of the page.
pub(crate) const SCHEME: &str = concat!(
    "<style>svg.tp-theme:root{color-scheme:light dark}",
    r#"[data-jp-theme-light="true"] .tp-theme{color-scheme:light}"#,
    r#"[data-jp-theme-light="false"] .tp-theme,.vscode-dark .tp-theme{color-scheme:dark}</style>"#
);

/// Red, green, blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rgb(pub u8, pub u8, pub u8);

impl Rgb {
    const fn new(hex: u32) -> Self {
        Self((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
    }

    /// As SVG and CSS write it.
    pub fn hex(self) -> String {
        format!("#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }

    fn mix(self, other: Self, t: f64) -> Self {
        let blend = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * t).round() as u8;
        Self(blend(self.0, other.0), blend(self.1, other.1), blend(self.2, other.2))
    }

    /// The contrast of WCAG 2, from 1 to 21.
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    fn luminance(self) -> f64 {
        let linear = |v: u8| match f64::from(v) / 255.0 {
            v if v <= 0.04045 => v / 12.92,
            v => ((v + 0.055) / 1.055).powf(2.4),
        };
        0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2)
    }

    fn ink(self) -> Self {
        let (black, white) = (Self(0, 0, 0), Self(255, 255, 255));
        if self.contrast(black) > self.contrast(white) { black } else { white }
    }
}

/// An opaque colour: one for light pages, one for dark ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Color {
    pub light: Rgb,
    pub dark: Rgb,
}

impl Color {
    /// From `0xrrggbb`.
    pub const fn new(light: u32, dark: u32) -> Self {
        Self { light: Rgb::new(light), dark: Rgb::new(dark) }
    }

    /// The CSS declaration that gives `property` this colour.
    pub fn css(self, property: &str) -> String {
        let (light, dark) = (self.light.hex(), self.dark.hex());
        format!("{property}:{light};{property}:light-dark({light},{dark})")
    }

    /// The attributes that give an SVG element this `fill` or `stroke`.
    pub fn svg(self, property: &str) -> String {
        let (light, dark) = (self.light.hex(), self.dark.hex());
        format!(r#"{property}="{light}" style="{property}:light-dark({light},{dark})""#)
    }

    /// The mixture `(1 − t)·self + t·other`, with `t` brought into `0..=1`.
    pub fn mix(self, other: Color, t: f64) -> Color {
        let t = if t.is_finite() { t.clamp(0.0, 1.0) } else { 0.0 };
        Color { light: self.light.mix(other.light, t), dark: self.dark.mix(other.dark, t) }
    }

    /// Black or white, whichever reads better on this colour: at least 4.5.
    pub fn ink(self) -> Color {
        Color { light: self.light.ink(), dark: self.dark.ink() }
    }
}

/// The panel behind figures and verdicts.
pub(crate) const PAPER: Color = Color::new(0xffffff, 0x17191c);
/// A part of it set apart: code, the head of a table.
pub(crate) const SHADE: Color = Color::new(0xeeeeea, 0x2b2f34);
/// Text and axes.
pub(crate) const INK: Color = Color::new(0x202124, 0xe8eaed);
/// Secondary text.
pub(crate) const GREY: Color = Color::new(0x5f6368, 0xa3a9b0);
/// Grid lines and frames, which carry no meaning.
pub(crate) const RULE: Color = Color::new(0xdadce0, 0x3c4046);
/// Borders that carry one.
pub(crate) const EDGE: Color = Color::new(0x85898e, 0x80868d);
/// Blue: what is right in a figure, the training set, progress.
pub(crate) const BLUE: Color = Color::new(0x0072b2, 0x5ab4f0);
/// Vermilion: what is wrong, the validation set.
pub(crate) const VERMILION: Color = Color::new(0xc04a00, 0xff9350);
/// Green: an answer that is right.
pub(crate) const GREEN: Color = Color::new(0x00795c, 0x5fd0ac);

#[cfg(test)]
mod tests {
    use super::*;

    fn contrasts(a: Color, b: Color) -> [f64; 2] {
        [a.light.contrast(b.light), a.dark.contrast(b.dark)]
    }

    #[test]
    fn text_and_marks_stand_out_in_both_themes() {
        for text in [INK, GREY, BLUE, VERMILION, GREEN] {
            assert!(contrasts(text, PAPER).iter().all(|c| *c >= 4.5), "{text:?}");
        }
        assert!(contrasts(INK, SHADE).iter().all(|c| *c >= 4.5));
        assert!(contrasts(EDGE, PAPER).iter().all(|c| *c >= 3.0));
        let black_and_white = Color::new(0, 0xffffff);
        let opposite = Color::new(0xffffff, 0);
        assert_eq!(contrasts(black_and_white, opposite).map(f64::round), [21.0, 21.0]);
    }

    #[test]
    fn ink_reads_on_every_shade() {
        for end in [BLUE, VERMILION, GREEN, GREY, INK] {
            for share in 0..=100 {
                let shade = PAPER.mix(end, f64::from(share) / 100.0);
                assert!(contrasts(shade, shade.ink()).iter().all(|c| *c >= 4.5), "{shade:?}");
            }
        }
        assert_eq!(PAPER.mix(INK, f64::NAN), PAPER);
    }

    #[test]
    fn the_light_colour_stands_before_the_function() {
        let css = RULE.css("color");
        assert_eq!(css, "color:#dadce0;color:light-dark(#dadce0,#3c4046)");
        let svg = RULE.svg("fill");
        assert_eq!(svg, r##"fill="#dadce0" style="fill:light-dark(#dadce0,#3c4046)""##);
        assert!(SCHEME.contains(CLASS));
    }
}
