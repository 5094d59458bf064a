//! What the panel of one of the library's checks tells.

use crate::notebook;
use crate::protocol::{EXERCISE, MISTAKE};
use serde_json::Value;

/// A verdict's panel, as HTML.
pub struct Panel(String);

impl Panel {
    /// That of a test cell: its own value, the last result.
    pub fn of(cell: &Value) -> Option<Self> {
        let outputs = cell["outputs"].as_array()?.iter().rev();
        let mut results = outputs.filter(|output| output["output_type"] == "execute_result");
        let html = notebook::text(&results.next()?["data"]["text/html"]);
        is_one(&html).then_some(Self(html))
    }

    /// The key of the mistake; none where the answer is right.
    pub fn mistake(&self) -> Option<String> {
        between(&self.0, &format!("{MISTAKE}=\""), "\"").map(plain)
    }

    /// The title of the exercise.
    pub fn title(&self) -> Option<String> {
        between(&self.0, "<b>", "</b>").map(plain)
    }

    /// The hint that the mistake drew.
    pub fn hint(&self) -> Option<String> {
        let (_, rest) = self.0.split_once("<i>Indice ")?;
        between(rest, "</i> — ", "<div").map(plain)
    }

    /// All that it says.
    pub fn text(&self) -> String {
        plain(&self.0)
    }
}

/// Whether HTML, or any text, says of itself what a panel does.
pub fn is_one(text: &str) -> bool {
    text.contains(&format!("{EXERCISE}="))
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    text.split_once(start)?.1.split_once(end).map(|(found, _)| found)
}

/// Text without tags and references.
fn plain(html: &str) -> String {
    let mut plain = String::new();
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('<') {
        plain.push_str(before);
        rest = after.split_once('>').map_or("", |(_, after)| after);
    }
    plain.push_str(rest);
    for (reference, sign) in
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")]
    {
        plain = plain.replace(reference, sign);
    }
    plain
}
