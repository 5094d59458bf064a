//! Small pictures in a line of text, for those without a font of emojis.

use super::theme::{BLUE, Color, GREEN, GREY, VERMILION};
use crate::protocol;

/// A picture as high as the letters around it, and its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Icon {
    /// The answer is right.
    Right,
    /// It is wrong.
    Wrong,
    /// There is none yet.
    Blank,
    /// A hint.
    Hint,
}

impl Icon {
    /// Its word, for those who do not see it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Right => "juste",
            Self::Wrong => "à revoir",
            Self::Blank => protocol::TO_COMPLETE,
            Self::Hint => "indice",
        }
    }

    /// A character that every font has, for plain text.
    pub fn plain(self) -> char {
        match self {
            Self::Right => '✓',
            Self::Wrong => '✗',
            Self::Blank => '·',
            Self::Hint => '→',
        }
    }

    /// Its colour, that of the verdict.
    pub fn color(self) -> Color {
        match self {
            Self::Right => GREEN,
            Self::Wrong => VERMILION,
            Self::Blank => GREY,
            Self::Hint => BLUE,
        }
    }

    /// The picture as HTML.
    pub fn html(self) -> String {
        // Filled shapes, white parts cut out of them: any background will do.
        let path = match self {
            Self::Right => {
                "M8 0a8 8 0 1 0 0 16A8 8 0 1 0 8 0zM6.8 12 3.2 8.4l1.5-1.5 2.1 2.1 4.7-4.7 1.5 1.5z"
            }
            Self::Wrong => {
                "M8 0a8 8 0 1 0 0 16A8 8 0 1 0 8 0zM4.9 3.5 8 6.6l3.1-3.1 1.4 1.4L9.4 8l3.1 3.1-1.4 1.4L8 9.4l-3.1 3.1-1.4-1.4L6.6 8 3.5 4.9z"
            }
            Self::Blank => protocol::PENCIL,
            Self::Hint => {
                "M8 0a5.4 5.4 0 0 0-2.9 9.9c.5.4.8.9.8 1.6h4.2c0-.7.3-1.2.8-1.6A5.4 5.4 0 0 0 8 0zM5.9 12.3h4.2v1.2H5.9zM6.5 14.3h3v.5a1.5 1.5 0 0 1-3 0z"
            }
        };
        protocol::icon(self.word(), path, &self.color().svg("fill"))
    }
}
