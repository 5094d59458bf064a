//! Mistakes and the hints that fit them.

/// The key of a mistake that a check recognises, and its hint.
pub(crate) type Hint = (&'static str, &'static str);

/// A list of hints, one a line: `"key" => "hint";`.
macro_rules! hints {
    ($($key:literal => $hint:literal;)*) => {
        &[$(($key, $hint)),*] as &[$crate::check::hints::Hint]
    };
}
pub(crate) use hints;
