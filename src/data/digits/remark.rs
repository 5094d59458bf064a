//! What a reader of digits found out of the ordinary, for whoever looks at them.

use std::fmt;

/// Something that makes a reading less sure, or that was put right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Remark {
    /// The picture was in MNIST's form already: its pixels are untouched.
    AsMnist,
    /// A frame around the digits, or boxes, were removed.
    FrameRemoved,
    /// The lines of squared paper were removed.
    GridRemoved,
    /// Ruled lines were removed.
    LinesRemoved,
    /// Ink of a digit touches the picture's border.
    InkOnBorder,
    /// Something as large as a digit, on the border, was left out.
    LeftOutOnBorder,
    /// Two digits touched each other; they were cut apart.
    TouchingSplit,
    /// How many digits there are is doubtful.
    DoubtfulCount,
}

impl Remark {
    /// A few words, in French.
    pub fn label(self) -> &'static str {
        match self {
            Self::AsMnist => "déjà au format de MNIST",
            Self::FrameRemoved => "cadre retiré",
            Self::GridRemoved => "quadrillage retiré",
            Self::LinesRemoved => "lignes retirées",
            Self::InkOnBorder => "encre au bord de l’image",
            Self::LeftOutOnBorder => "trace au bord laissée de côté",
            Self::TouchingSplit => "chiffres qui se touchent",
            Self::DoubtfulCount => "nombre de chiffres incertain",
        }
    }

    /// Whether the digits may be wrong because of it.
    pub fn is_doubt(self) -> bool {
        self != Self::AsMnist
    }
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AsMnist => "l’image est déjà au format de MNIST, elle est prise telle quelle",
            Self::FrameRemoved => {
                "un cadre imprimé a été retiré\u{a0}; si un trait de chiffre en faisait partie, il \
                 manque"
            }
            Self::GridRemoved => {
                "un quadrillage a été retiré\u{a0}; un trait tracé le long d’une ligne peut \
                 manquer (une feuille blanche est plus sûre)"
            }
            Self::LinesRemoved => {
                "des lignes droites ont été retirées\u{a0}; un trait tracé le long de l’une \
                 d’elles peut manquer"
            }
            Self::InkOnBorder => {
                "de l’encre touche le bord de l’image\u{a0}: un chiffre est peut-être coupé \
                 (laissez une marge autour)"
            }
            Self::LeftOutOnBorder => {
                "une trace au bord de l’image a été laissée de côté\u{a0}: si c’est un chiffre, \
                 laissez une marge autour"
            }
            Self::TouchingSplit => {
                "deux chiffres qui se touchent ont été séparés\u{a0}: vérifiez la coupure"
            }
            Self::DoubtfulCount => {
                "le nombre de chiffres est incertain (traits séparés ou trop proches)\u{a0}: \
                 comptez-les"
            }
        })
    }
}
