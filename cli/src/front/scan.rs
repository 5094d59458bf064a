//! Looks into a cell's code to tell an `Err` on stderr from the cell's own text.

/// Whether a `?` of `code` may be what ended a cell that left `stderr` behind.
///
/// evcxr prints the `Err` as bare text, so text that the cell can have printed
/// itself (`eprintln!`, `dbg!`) is believed to be the cell's.
pub fn may_be_err(code: &str, stderr: &[String]) -> bool {
    let code = bare(code);
    let prints = ["eprintln!", "eprint!"].iter().any(|name| code.contains(name));
    let debugs = code.contains("dbg!")
        && stderr.iter().rev().find(|line| !line.is_empty()).is_some_and(|line| {
            line.starts_with('[') || line.starts_with(' ') || line.starts_with(['}', ']', ')'])
        });
    let asks = code.match_indices('?').any(|(at, _)| {
        code[..at].trim_end().ends_with(|c: char| c.is_alphanumeric() || "_)]}>?".contains(c))
    });
    asks && !prints && !debugs
}

/// `code` without its comments and the contents of its strings.
fn bare(code: &str) -> String {
    without(code, |_, out| out.push(' '))
}

/// `code` without its comments.
pub fn uncommented(code: &str) -> String {
    without(code, |skipped, out| out.push_str(if skipped.starts_with('/') { " " } else { skipped }))
}

/// The same with a space for each character left out, line ends kept.
pub fn same_length(code: &str) -> String {
    without(code, |skipped, out| {
        out.extend(skipped.chars().map(|c| if c == '\n' { c } else { ' ' }));
    })
}

fn without(code: &str, replace: impl Fn(&str, &mut String)) -> String {
    let mut out = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(c) = rest.chars().next() {
        let skip = match c {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            'r' if !out.ends_with(|c: char| c.is_alphanumeric() || c == '_') => raw_string(rest),
            '"' => string(rest),
            '\'' => character(rest),
            _ => 0,
        };
        if skip == 0 {
            out.push(c);
            rest = &rest[c.len_utf8()..];
        } else {
            replace(&rest[..skip], &mut out);
            rest = &rest[skip..];
        }
    }
    out
}

fn string(rest: &str) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

fn raw_string(rest: &str) -> usize {
    let hashes = rest[1..].bytes().take_while(|&byte| byte == b'#').count();
    if rest.as_bytes().get(1 + hashes) != Some(&b'"') {
        return 0;
    }
    let close = format!("\"{}", "#".repeat(hashes));
    let body = 2 + hashes;
    rest[body..].find(&close).map_or(rest.len(), |end| body + end + close.len())
}

/// A character literal, not a lifetime.
fn character(rest: &str) -> usize {
    let mut chars = rest.char_indices().skip(1);
    match chars.next() {
        Some((_, '\\')) => rest[3..].find('\'').map_or(0, |end| end + 4),
        Some(_) => chars.next().filter(|&(_, c)| c == '\'').map_or(0, |(at, _)| at + 1),
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn an_err_needs_a_question_mark() {
        let text = lines("invalid digit found in string");
        for code in
            ["let n: i32 = \"x\".parse()?;", "f(a)??;", "v[0]?.g()", "x\n  .y\n  ?;", "f::<T>?"]
        {
            assert!(may_be_err(code, &text), "{code}");
        }
        for code in [
            "let n = 1; // vraiment ?",
            "println!(\"quoi ?\")",
            "let c = '?';",
            "let c = ('\\'', '?');",
            "/* ) ? */ 1",
            "r#\"a\" ? \"#.len()",
            "fn f<T: ?Sized>(_: &T) {}",
            "eprintln!(\"{}\", f()?);",
        ] {
            assert!(!may_be_err(code, &text), "{code}");
        }
        assert!(may_be_err("dbg!(f()?);", &text));
        assert!(!may_be_err("dbg!(f()?);", &lines("[src/lib.rs:9:1] f() = 3")));
    }
}
