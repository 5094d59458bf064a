//! What a cell shows: the same content in several forms, the reader picks one.

/// One display in several forms (mime type → text).
///
/// A notebook shows the richest form it understands (`text/html`), a terminal
/// or a screen reader falls back on `text/plain`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bundle {
    forms: Vec<(String, String)>,
}

impl Bundle {
    /// HTML with its plain alternative.
    pub fn html(html: impl Into<String>, plain: impl Into<String>) -> Self {
        Self::default().with("text/html", html).with("text/plain", plain)
    }

    /// Adds the form `mime`, or replaces it.
    #[must_use]
    pub fn with(mut self, mime: impl Into<String>, text: impl Into<String>) -> Self {
        let mime = mime.into();
        self.forms.retain(|(known, _)| *known != mime);
        self.forms.push((mime, text.into()));
        self
    }

    /// The forms, in the order in which they were added.
    pub fn forms(&self) -> &[(String, String)] {
        &self.forms
    }

    /// The text of the form `mime`.
    pub fn get(&self, mime: &str) -> Option<&str> {
        self.forms.iter().find(|(known, _)| known == mime).map(|(_, text)| text.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_given_twice_is_replaced() {
        let bundle = Bundle::html("<b>un</b>", "un").with("text/plain", "deux");
        assert_eq!(bundle.forms().len(), 2);
        assert_eq!(bundle.get("text/plain"), Some("deux"));
        assert_eq!(bundle.get("image/png"), None);
    }
}
