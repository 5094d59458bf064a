//! The tokens of a Rust source, with the brackets that belong together.

/// What a token is; of brackets, where the other one stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A name, a keyword, a lifetime or a number.
    Word,
    /// A string or a character.
    Text,
    /// A line of documentation.
    Doc,
    Sign,
    Open(usize),
    Close(usize),
}

#[derive(Clone, Copy, Debug)]
pub struct Token {
    pub kind: Kind,
    pub start: usize,
    pub end: usize,
}

/// All tokens of `source`, comments left out; none if its brackets or its strings are
/// not in order.
pub fn tokens(source: &str) -> Option<Vec<Token>> {
    let bytes = source.as_bytes();
    let (mut tokens, mut open) = (Vec::<Token>::new(), Vec::new());
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let (kind, length) = match rest[0] {
            b' ' | b'\n' | b'\t' | b'\r' => {
                at += 1;
                continue;
            }
            b'/' if rest.starts_with(b"//") => {
                let length = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
                let is_doc = rest.starts_with(b"//!")
                    || (rest.starts_with(b"///") && !rest.starts_with(b"////"));
                if !is_doc {
                    at += length;
                    continue;
                }
                (Kind::Doc, length)
            }
            b'/' if rest.starts_with(b"/*") => {
                at += comment(rest)?;
                continue;
            }
            b'(' | b'[' | b'{' => {
                open.push(tokens.len());
                (Kind::Open(0), 1)
            }
            b')' | b']' | b'}' => {
                let partner = open.pop()?;
                if !matches!(
                    (bytes[tokens[partner].start], rest[0]),
                    (b'(', b')') | (b'[', b']') | (b'{', b'}')
                ) {
                    return None;
                }
                tokens[partner].kind = Kind::Open(tokens.len());
                (Kind::Close(partner), 1)
            }
            b'"' => (Kind::Text, quoted(rest, b'"')?),
            b'\'' => match character(&source[at..]) {
                Some(length) => (Kind::Text, length),
                None => (Kind::Word, 1 + word(&rest[1..])),
            },
            byte if is_word(byte) => match prefixed(rest) {
                Some(length) => (Kind::Text, length?),
                None => (Kind::Word, word(rest)),
            },
            _ => (Kind::Sign, 1),
        };
        tokens.push(Token { kind, start: at, end: at + length });
        at += length;
    }
    open.is_empty().then_some(tokens)
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii()
}

fn word(rest: &[u8]) -> usize {
    let raw = if rest.starts_with(b"r#") { 2 } else { 0 };
    raw + rest[raw..].iter().take_while(|byte| is_word(**byte)).count()
}

/// The length of a comment, which may hold others.
fn comment(rest: &[u8]) -> Option<usize> {
    let (mut depth, mut at) = (0, 0);
    while at + 1 < rest.len() {
        match &rest[at..at + 2] {
            b"/*" => (depth, at) = (depth + 1, at + 2),
            b"*/" => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

/// The length of a string or character that begins and ends with `quote`.
fn quoted(rest: &[u8], quote: u8) -> Option<usize> {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            b'\\' => at += 2,
            byte if byte == quote => return Some(at + 1),
            _ => at += 1,
        }
    }
    None
}

/// The length of a character; none if it is a lifetime.
fn character(rest: &str) -> Option<usize> {
    let mut characters = rest.char_indices().skip(1);
    match characters.next()?.1 {
        '\\' => quoted(rest.as_bytes(), b'\''),
        _ => match characters.next()? {
            (at, '\'') => Some(at + 1),
            _ => None,
        },
    }
}

/// The length of a string with letters in front of it (`b"…"`, `r#"…"#`, `b'…'`); none
/// if these letters are a word's.
fn prefixed(rest: &[u8]) -> Option<Option<usize>> {
    let letters = rest.iter().take_while(|byte| b"brc".contains(byte)).count();
    if letters == 0 || letters > 2 {
        return None;
    }
    let after = &rest[letters..];
    let signs = after.iter().take_while(|byte| **byte == b'#').count();
    let is_raw = rest[letters - 1] == b'r';
    match after.get(signs)? {
        b'"' if is_raw => {
            let begin = letters + signs + 1;
            let end = [&b"\""[..], &b"#".repeat(signs)].concat();
            let length = rest[begin..].windows(end.len()).position(|window| window == end);
            Some(length.map(|length| begin + length + end.len()))
        }
        quote @ (b'"' | b'\'') if signs == 0 => {
            // `b'a'`, but not the lifetime behind a word.
            (*quote == b'"' || letters == 1 && rest[0] == b'b')
                .then(|| quoted(after, *quote).map(|length| letters + length))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_in_strings_and_comments_are_no_brackets() {
        let source = r####"fn f<'a>(x: &'a str) { '{'; '\''; "}\""; r#"}"# ; b'{'; /* { /* } */ */ r#in } // {"####;
        let found = tokens(source).unwrap();
        let texts: Vec<_> = found.iter().map(|token| &source[token.start..token.end]).collect();
        let open = texts.iter().position(|text| *text == "{").unwrap();
        assert_eq!(found[open].kind, Kind::Open(found.len() - 1));
        assert_eq!(found.last().unwrap().kind, Kind::Close(open));
        assert_eq!(texts[3..5], ["'a", ">"]);
        for text in ["'{'", r"'\''", r#""}\"""#, r###"r#"}"#"###, "b'{'", "r#in"] {
            assert!(texts.contains(&text), "{text} in {texts:?}");
        }
    }

    #[test]
    fn what_is_not_in_order_is_no_source() {
        for source in ["(]", "{", "}", "\"", "/* ", "r#\"\"", "('"] {
            assert!(tokens(source).is_none(), "{source}");
        }
        assert!(tokens("").unwrap().is_empty());
    }
}
