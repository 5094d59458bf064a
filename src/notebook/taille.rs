//! The sizes of a notebook's experiments: the full ones, or small ones that
//! only show that everything runs.
//!
//! A long practical takes all its numbers from one [`Taille`]:
//!
//! ```
//! use mnist_tp::prelude::*;
//! let taille: Taille = Taille::du_tp();
//! let epochs = taille.epochs; // 10, or 2 when MNIST_TP_QUICK is set
//! let width = taille.choisir(512, 32); // for a number that has no field
//! # assert!(epochs == 10 || width == 32);
//! ```

use std::fmt;

use crate::display::{Bundle, display, escape};
use crate::french::{count, plural, typography};
use crate::protocol::{self, QUICK};

/// How large the experiments of a notebook are.
///
/// Left as the last expression of a cell it says what it holds, and warns when
/// the figures to come are not those that the text quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taille {
    /// Whether this is the quick size.
    pub quick: bool,
    /// Training images (of MNIST's 60,000).
    pub train_images: usize,
    /// Test images (of MNIST's 10,000).
    pub test_images: usize,
    /// Epochs of a training.
    pub epochs: usize,
    /// Training images of an experiment that is repeated many times.
    pub trial_images: usize,
    /// Epochs of an experiment that is repeated many times.
    pub trial_epochs: usize,
    /// Trials of a search.
    pub trials: usize,
    /// Seeds over which a mean is taken.
    pub seeds: usize,
    /// Folds of a cross-validation.
    pub folds: usize,
}

impl Taille {
    /// The sizes whose results the text quotes.
    pub fn complete() -> Self {
        Self {
            quick: false,
            train_images: 60_000,
            test_images: 10_000,
            epochs: 10,
            trial_images: 12_000,
            trial_epochs: 3,
            trials: 24,
            seeds: 5,
            folds: 5,
        }
    }

    /// Small sizes: everything runs, in two minutes at most, and measures little.
    pub fn rapide() -> Self {
        Self {
            quick: true,
            train_images: 2_000,
            test_images: 1_000,
            epochs: 2,
            trial_images: 600,
            trial_epochs: 2,
            trials: 6,
            seeds: 2,
            folds: 3,
        }
    }

    /// The full size, or the quick one when the environment variable
    /// `MNIST_TP_QUICK` is set (to anything but `0` or nothing).
    pub fn du_tp() -> Self {
        if protocol::is_quick() { Self::rapide() } else { Self::complete() }
    }

    /// One of two values: for a size that has no field of its own.
    pub fn choisir<T>(&self, complete: T, rapide: T) -> T {
        if self.quick { rapide } else { complete }
    }

    /// `complete` or `rapide`, for the names of files.
    pub fn nom(&self) -> &'static str {
        self.choisir("complete", "rapide")
    }

    /// Shows the sizes below the cell (evcxr calls it on the last expression).
    pub fn evcxr_display(&self) {
        let style = self.choisir(
            "",
            " style=\"border-left:5px solid #b54a00;background:#fdfdfb;color:#1b1b1b;padding:6px 12px\"",
        );
        let text = self.to_string();
        let html = format!("<div lang=\"fr\"{style}>{}</div>", escape(&text));
        display(&Bundle::html(html, text));
    }
}

impl fmt::Display for Taille {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.choisir("complète", "rapide");
        let mut text = format!(
            "Taille {name} : {} d'apprentissage et {} de test, {} ; pour les expériences \
             répétées, {}, {}, {}, {}, {}.",
            plural(self.train_images, "image"),
            count(self.test_images),
            plural(self.epochs, "époque"),
            plural(self.trial_images, "image"),
            plural(self.trial_epochs, "époque"),
            plural(self.trials, "essai"),
            plural(self.seeds, "graine"),
            plural(self.folds, "pli"),
        );
        if self.quick {
            text += &format!(
                " La variable {QUICK} est définie : les résultats ne valent rien, et ceux que \
                 cite le texte sont ceux de la taille complète."
            );
        }
        f.write_str(&typography(&text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quick_size_says_so() {
        let (complete, quick) = (Taille::complete(), Taille::rapide());
        assert!(
            complete.to_string().starts_with("Taille complète\u{a0}: 60\u{202f}000\u{a0}images")
        );
        assert!(!complete.to_string().contains(QUICK));
        assert!(quick.to_string().contains(QUICK));
        assert_eq!((complete.choisir(3, 1), quick.choisir(3, 1)), (3, 1));
    }
}
