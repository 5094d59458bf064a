//! One line of help.

/// A compile error and its line.
pub struct Entry {
    pub code: &'static str,
    /// What the message contains; all of it.
    pub message: &'static [&'static str],
    /// The line; `{}` is the first name in backquotes of the message, `{last}` the last.
    pub advice: &'static str,
}

pub const fn entry(
    code: &'static str,
    message: &'static [&'static str],
    advice: &'static str,
) -> Entry {
    Entry { code, message, advice }
}
