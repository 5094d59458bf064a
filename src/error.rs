//! The one error type of the library. Its messages are French sentences for
//! students: where, what was found, what is needed, what to do.

use std::fmt;
use std::path::Path;

use crate::french::typography;

/// What can go wrong, named after the mistake.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A tensor operation of candle failed (shapes, dtypes, devices).
    Candle(#[from] candle_core::Error),
    /// A file could not be read or written.
    Io {
        /// The file in question.
        path: String,
        /// What the system answered.
        source: std::io::Error,
    },
    /// A file exists but does not hold what it should.
    BadFile {
        /// The file in question.
        path: String,
        /// What it holds.
        found: String,
        /// What it should hold.
        expected: String,
    },
    /// Two shapes that must agree do not.
    Shape {
        /// The layer or argument in question.
        place: String,
        /// The shape met.
        found: String,
        /// The shape needed, and how to get it.
        expected: String,
    },
    /// A layer cannot be built.
    Layer {
        /// The layer's name.
        name: String,
        /// What is wrong with it.
        source: Box<Error>,
    },
    /// The loss is no longer a number.
    Diverged {
        /// Epoch, from 1.
        epoch: usize,
        /// Batch within the epoch, from 1.
        batch: usize,
        /// Learning rate in use.
        learning_rate: f64,
    },
    /// The student interrupted the cell.
    Interrupted {
        /// What was interrupted, and how it was left.
        what: String,
    },
    /// A convolution kernel or pooling window does not fit its input.
    Window {
        /// The layer in question.
        place: String,
        /// Height and width of the window.
        size: String,
        /// Height, width and channels of the input.
        input: String,
    },
    /// A parameter is outside the range that makes sense.
    Parameter {
        /// The parameter's name as the student writes it.
        name: String,
        /// Its value.
        found: String,
        /// The accepted values.
        expected: String,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sentence = match self {
            // In candle's own English.
            Self::Candle(error) => return error.fmt(f),
            Self::Io { path, source } => format!("« {path} » : {}", refusal(source)),
            Self::BadFile { path, found, expected } => {
                format!("fichier « {path} » : {found} ; attendu : {expected}")
            }
            Self::Shape { place, found, expected } => {
                format!("{place} : forme {found} ; il faut {expected}")
            }
            Self::Layer { name, source } => format!("couche « {name} » : {source}"),
            Self::Diverged { epoch, batch, learning_rate } => format!(
                "entraînement arrêté à l'époque {epoch}, lot {batch} : la perte n'est plus un \
                 nombre fini ; repartez de `initial_state()` avec un taux d'apprentissage plus \
                 petit que {learning_rate}, et vérifiez que les images sont normalisées et sans NaN"
            ),
            Self::Interrupted { what } => {
                format!("{what} ; les variables définies par les autres cellules sont gardées")
            }
            Self::Window { place, size, input } => format!(
                "{place} : fenêtre {size} sur une entrée {input}\u{202f}; il faut une entrée d'au moins \
                 {size} (réduisez le noyau ou le pooling qui précède, ou prenez `Padding::Same`)"
            ),
            Self::Parameter { name, found, expected } => {
                format!("{name} = {found} ; il faut {expected}")
            }
        };
        f.write_str(&typography(&sentence))
    }
}

/// What the system refused and what to do about it, in French where the kind of
/// refusal is known.
fn refusal(source: &std::io::Error) -> String {
    use std::io::ErrorKind;
    let sentence = match source.kind() {
        ErrorKind::NotFound => {
            "il n'y a ni fichier ni dossier de ce nom (vérifiez l'orthographe, et le dossier d'où part le chemin)"
        }
        ErrorKind::PermissionDenied => {
            "le système ne vous y donne pas accès (choisissez un dossier qui est à vous)"
        }
        ErrorKind::ReadOnlyFilesystem => {
            "ce disque ne peut qu'être lu (choisissez un dossier qui est à vous)"
        }
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            "il n'y a plus de place (supprimez des fichiers devenus inutiles, puis recommencez)"
        }
        ErrorKind::IsADirectory => "c'est un dossier, pas un fichier (donnez un nom de fichier)",
        ErrorKind::NotADirectory => {
            "un fichier porte le nom d'un dossier du chemin (changez de chemin)"
        }
        ErrorKind::AlreadyExists => "ce nom est déjà pris (donnez-en un autre)",
        ErrorKind::UnexpectedEof => {
            "le fichier s'arrête trop tôt (il est sans doute tronqué : copiez-le de nouveau)"
        }
        _ => return format!("lecture ou écriture impossible ({source})"),
    };
    sentence.to_owned()
}

/// Result of every fallible function of the library.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An [`Error::Shape`] from anything that prints.
    pub fn shape(
        place: impl ToString,
        found: impl std::fmt::Debug,
        expected: impl ToString,
    ) -> Self {
        Self::Shape {
            place: place.to_string(),
            found: format!("{found:?}"),
            expected: expected.to_string(),
        }
    }

    /// An [`Error::BadFile`] from anything that prints.
    pub fn bad_file(path: impl AsRef<Path>, found: impl ToString, expected: impl ToString) -> Self {
        Self::BadFile {
            path: path.as_ref().display().to_string(),
            found: found.to_string(),
            expected: expected.to_string(),
        }
    }

    /// An [`Error::Window`] from the sizes concerned.
    pub fn window(place: impl ToString, size: [usize; 2], input: [usize; 3]) -> Self {
        let product =
            |sizes: &[usize]| sizes.iter().map(ToString::to_string).collect::<Vec<_>>().join("×");
        Self::Window { place: place.to_string(), size: product(&size), input: product(&input) }
    }

    /// An [`Error::Parameter`] from anything that prints.
    pub fn parameter(name: impl ToString, found: impl ToString, expected: impl ToString) -> Self {
        Self::Parameter {
            name: name.to_string(),
            found: found.to_string(),
            expected: expected.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;

    use super::*;

    #[test]
    fn refusals_of_the_system_are_told_in_french() {
        let text = |source| Error::Io { path: "a.json".into(), source }.to_string();
        let missing = text(std::fs::read("/nulle part/a.json").unwrap_err());
        assert!(
            missing.starts_with("«\u{a0}a.json\u{a0}»\u{a0}: il n’y a ni fichier ni dossier"),
            "{missing}"
        );
        for kind in [
            ErrorKind::PermissionDenied,
            ErrorKind::ReadOnlyFilesystem,
            ErrorKind::StorageFull,
            ErrorKind::IsADirectory,
            ErrorKind::NotADirectory,
            ErrorKind::AlreadyExists,
            ErrorKind::UnexpectedEof,
        ] {
            let text = text(kind.into());
            assert!(text.ends_with(')') && !text.contains(&kind.to_string()), "{text}");
        }
        let other = text(std::io::Error::other("odd"));
        assert_eq!(other, "«\u{a0}a.json\u{a0}»\u{a0}: lecture ou écriture impossible (odd)");
    }

    #[test]
    fn signs_stand_on_the_line_of_their_word() {
        let error = Error::shape("« x » : y", [2, 3], "[n, 4] : autant que de poids");
        let layer = Error::Layer { name: "C1".into(), source: Box::new(error) }.to_string();
        assert!(![" :", " ;", " »", "« "].iter().any(|sign| layer.contains(sign)), "{layer}");
    }
}
