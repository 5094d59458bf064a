//! The items of a Rust source, found by their keywords: enough to tell where each begins and
//! ends, whatever it says inside.

mod tokens;

use std::ops::Range;
pub use tokens::{Kind, Token};

/// A source and its tokens; positions are those of tokens.
pub struct Source<'a> {
    text: &'a str,
    pub tokens: Vec<Token>,
}

/// An item's parts.
pub struct Item<'a> {
    pub attributes: Range<usize>,
    /// `pub` or the first modifier.
    pub head: usize,
    /// For everybody, not only `pub(crate)`.
    pub is_public: bool,
    /// A `const fn`.
    pub is_const: bool,
    pub keyword: &'a str,
    pub keyword_at: usize,
    /// The bracket of its body.
    pub body: Option<usize>,
    pub end: usize,
}

impl Item<'_> {
    /// From the keyword to the body.
    pub fn header(&self) -> Range<usize> {
        self.keyword_at..self.body.unwrap_or(self.end)
    }
}

impl<'a> Source<'a> {
    pub fn new(text: &'a str) -> Option<Self> {
        Some(Self { text, tokens: tokens::tokens(text)? })
    }

    pub fn text(&self, at: usize) -> &'a str {
        self.tokens.get(at).map_or("", |token| &self.text[token.start..token.end])
    }

    /// The position after this token, or after the group that it opens.
    pub fn after(&self, at: usize) -> usize {
        match self.tokens.get(at).map(|token| token.kind) {
            Some(Kind::Open(close)) => close + 1,
            _ => at + 1,
        }
    }

    /// The position after an attribute or a line of documentation; none if it is neither.
    pub fn after_attribute(&self, at: usize) -> Option<usize> {
        if self.tokens.get(at)?.kind == Kind::Doc {
            return Some(at + 1);
        }
        let bracket = if self.text(at + 1) == "!" { at + 2 } else { at + 1 };
        (self.text(at) == "#" && self.text(bracket) == "[").then(|| self.after(bracket))
    }

    /// Whether an attribute or documentation is about what it stands in.
    pub fn is_inner(&self, at: usize) -> bool {
        self.text(at).starts_with("//!") || (self.text(at) == "#" && self.text(at + 1) == "!")
    }

    /// The name of the attribute that begins here.
    pub fn attribute(&self, at: usize) -> &'a str {
        self.text(if self.is_inner(at) { at + 3 } else { at + 2 })
    }

    /// Whether an item has an attribute of one of these names.
    pub fn has(&self, item: &Item, names: &[&str]) -> bool {
        let mut at = item.attributes.start;
        while let Some(after) = self.after_attribute(at).filter(|_| at < item.attributes.end) {
            if self.tokens[at].kind != Kind::Doc && names.contains(&self.attribute(at)) {
                return true;
            }
            at = after;
        }
        false
    }

    /// The item that begins here; none if it does not end before `limit`.
    pub fn item(&self, start: usize, limit: usize) -> Option<Item<'a>> {
        let mut head = start;
        while let Some(after) = self.after_attribute(head).filter(|_| head < limit) {
            head = after;
        }
        let mut at = head;
        let mut is_public = false;
        if self.text(at) == "pub" {
            is_public = self.text(at + 1) != "(";
            at = if is_public { at + 1 } else { self.after(at + 1) };
        }
        let mut is_const = false;
        while let Some(after) = self.after_modifier(at) {
            is_const |= self.text(at) == "const";
            at = after;
        }
        let keyword = self.text(at);
        let has_body = !matches!(keyword, "const" | "static" | "type" | "use")
            && (keyword, self.text(at + 1)) != ("extern", "crate");
        let mut end = at;
        while end < limit {
            let after = self.after(end);
            // `Foo<{ N }>` is no body.
            let is_body = has_body
                && self.text(end) == "{"
                && (after >= limit || !matches!(self.text(after), ">" | ","));
            if is_body || self.text(end) == ";" {
                return Some(Item {
                    attributes: start..head,
                    head,
                    is_public,
                    is_const,
                    keyword,
                    keyword_at: at,
                    body: is_body.then_some(end),
                    end: after,
                });
            }
            end = after;
        }
        None
    }

    /// The position after a word in front of the keyword (`const fn`, `extern "C" fn`).
    fn after_modifier(&self, at: usize) -> Option<usize> {
        let next = self.text(at + 1);
        match self.text(at) {
            "const" => ["fn", "unsafe", "async", "extern", "trait", "impl", "auto"]
                .contains(&next)
                .then_some(at + 1),
            "unsafe" | "async" | "auto" | "default" | "safe" => Some(at + 1),
            "extern" => (next.starts_with('"') && self.text(at + 2) != "{").then_some(at + 2),
            _ => None,
        }
    }
}
