//! Where the cursor stands: Jupyter counts characters (code points), evcxr what a
//! reader takes for one (grapheme clusters: an accent after its letter, an emoji of
//! several parts, CR LF).

use serde_json::Value;
use unicode_segmentation::UnicodeSegmentation as _;

/// Puts a request's `cursor_pos` in evcxr's terms.
pub fn to_evcxr(content: &mut Value) {
    let (Some(code), Some(position)) = (content["code"].as_str(), content["cursor_pos"].as_u64())
    else {
        return;
    };
    let mut characters = 0;
    let before = code.graphemes(true).take_while(|cluster| {
        characters += cluster.chars().count() as u64;
        characters <= position
    });
    content["cursor_pos"] = before.count().into();
}

/// Puts the ranges of evcxr's reply to a `complete_request` for `code` in
/// Jupyter's terms.
pub fn from_evcxr(content: &mut Value, code: &str) {
    let to_characters = |value: &mut Value| {
        if let Some(clusters) = value.as_u64().and_then(|count| usize::try_from(count).ok()) {
            let before = code.graphemes(true).take(clusters);
            *value = before.map(|cluster| cluster.chars().count()).sum::<usize>().into();
        }
    };
    for key in ["cursor_start", "cursor_end"] {
        to_characters(&mut content[key]);
    }
    let types = content["metadata"]["_jupyter_types_experimental"].as_array_mut();
    for entry in types.into_iter().flatten() {
        for key in ["start", "end"] {
            to_characters(&mut entry[key]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_range_is_that_of_the_word_whatever_stands_before_it() {
        for before in [
            "",
            "é ",
            "// ⚠️ attention\n",
            "// e\u{301}t\u{e9}\r\n",
            "// 👩\u{200d}👩\u{200d}👧 🇫🇷\n",
            "\r\n\r\n",
        ] {
            let code = format!("{before}poids_");
            let start = before.chars().count();
            let mut request = json!({ "code": code, "cursor_pos": start + 6 });
            to_evcxr(&mut request);
            assert_eq!(request["cursor_pos"], code.graphemes(true).count(), "{before:?}");
            let clusters = before.graphemes(true).count();
            let entry = json!({ "start": clusters, "end": clusters + 6 });
            let mut reply = json!({
                "cursor_start": clusters, "cursor_end": clusters + 6,
                "metadata": { "_jupyter_types_experimental": [entry] },
            });
            from_evcxr(&mut reply, &code);
            assert_eq!(
                (&reply["cursor_start"], &reply["cursor_end"]),
                (&json!(start), &json!(start + 6))
            );
            let entry = &reply["metadata"]["_jupyter_types_experimental"][0];
            assert_eq!((&entry["start"], &entry["end"]), (&json!(start), &json!(start + 6)));
        }
    }

    #[test]
    fn a_cursor_beyond_the_end_or_none_harms_nothing() {
        let mut request = json!({ "code": "ab", "cursor_pos": 99 });
        to_evcxr(&mut request);
        assert_eq!(request["cursor_pos"], 2);
        let mut reply = json!({ "status": "error" });
        from_evcxr(&mut reply, "ab");
        assert_eq!(reply["status"], "error");
    }
}
