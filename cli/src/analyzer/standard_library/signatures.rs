//! A crate's sources, cut to what gives types.
//!
//! It starts from what rustc prints of a crate when all its macros are expanded: one
//! file, all modules in it. From this go
//!
//! - the bodies of functions, except the short ones of `const fn`, which the length of
//!   an array may need (`[u8; size_of::<Self>()]`);
//! - the functions of trait implementations: types come from the trait's own;
//! - functions that no notebook can call, private or unstable, unless an exported
//!   macro does;
//! - macros that are not exported, long constants, functions of C;
//! - attributes that rust-analyzer does not read, and the documentation of what is not
//!   public.

use crate::source::{Item, Kind, Source};
use std::collections::HashSet;
use std::ops::Range;

/// The attributes that rust-analyzer reads to understand types, or to propose names.
const ATTRIBUTES: [&str; 20] = [
    "deprecated",
    "feature",
    "fundamental",
    "lang",
    "macro_export",
    "macro_use",
    "no_core",
    "no_std",
    "non_exhaustive",
    "pointee",
    "prelude_import",
    "rustc_allow_incoherent_impl",
    "rustc_builtin_macro",
    "rustc_coherence_is_core",
    "rustc_has_incoherent_inherent_impls",
    "rustc_intrinsic",
    "rustc_legacy_const_generics",
    "rustc_paren_sugar",
    "rustc_reservation_impl",
    "rustc_skip_during_method_dispatch",
];

/// Types that stable Rust does not have.
const UNSTABLE_TYPES: [&str; 2] = ["f16", "f128"];

/// What is evaluated for an array's length is not longer than so many tokens.
const SHORT: usize = 24;

/// All crates, each with what gives types; none if one is not understood.
pub fn of(expanded: &[String]) -> Option<Vec<String>> {
    let sources = expanded.iter().map(|text| Source::new(text)).collect::<Option<Vec<_>>>()?;
    let mut words = HashSet::new();
    for source in &sources {
        macro_words(source, 0..source.tokens.len(), &mut words)?;
    }
    let write = |source| {
        let mut writer = Writer { source, words: &words, out: String::new() };
        writer.items(0..source.tokens.len(), Place::Module)?;
        Some(writer.out)
    };
    sources.iter().map(write).collect()
}

/// The words in exported macros: among them the functions that they call.
fn macro_words<'a>(
    source: &Source<'a>,
    range: Range<usize>,
    words: &mut HashSet<&'a str>,
) -> Option<()> {
    let mut at = after_inner(source, &range)?;
    while at < range.end {
        let item = source.item(at, range.end)?;
        match (item.keyword, item.body) {
            ("mod", Some(body)) => macro_words(source, body + 1..item.end - 1, words)?,
            ("macro_rules" | "macro", _) if is_exported(source, &item) => {
                words.extend((item.keyword_at..item.end).map(|at| source.text(at)));
            }
            _ => {}
        }
        at = item.end;
    }
    Some(())
}

/// The position after what a module says of itself.
fn after_inner(source: &Source, range: &Range<usize>) -> Option<usize> {
    let mut at = range.start;
    while at < range.end && source.is_inner(at) {
        at = source.after_attribute(at)?;
    }
    Some(at)
}

fn is_exported(source: &Source, macro_item: &Item) -> bool {
    if macro_item.keyword == "macro" {
        macro_item.is_public
    } else {
        source.has(macro_item, &["macro_export"])
    }
}

/// Where an item stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Module,
    Trait,
    /// An `impl` without a trait.
    Inherent,
    Implementation,
}

struct Writer<'a> {
    source: &'a Source<'a>,
    words: &'a HashSet<&'a str>,
    out: String,
}

impl Writer<'_> {
    fn items(&mut self, range: Range<usize>, place: Place) -> Option<()> {
        let mut at = after_inner(self.source, &range)?;
        self.attributes(range.start..at, true);
        while at < range.end {
            let item = self.source.item(at, range.end)?;
            if self.keeps(&item, place) {
                self.item(&item, place)?;
            }
            at = item.end;
        }
        Some(())
    }

    fn keeps(&self, item: &Item, place: Place) -> bool {
        let source = self.source;
        let next = source.text(item.keyword_at + 1);
        match item.keyword {
            "fn" => {
                let is_unstable = source.has(item, &["unstable"]);
                let is_asked = match place {
                    Place::Implementation => false,
                    Place::Trait => !(is_unstable && item.body.is_some()),
                    Place::Module | Place::Inherent => item.is_public && !is_unstable,
                };
                is_asked
                    || source.has(item, &["lang", "rustc_intrinsic"])
                    || (place != Place::Implementation && self.words.contains(next))
            }
            "impl" => !item.header().any(|at| UNSTABLE_TYPES.contains(&source.text(at))),
            "macro_rules" | "macro" => is_exported(source, item),
            // `extern crate core;`, which rustc has written into each crate, names nothing
            // new, and would be proposed as `std::core`; `extern crate self as core;` does.
            "extern" => next == "crate" && item.end - item.keyword_at != 4,
            "static" => item.is_public,
            "const" => {
                item.is_public
                    || matches!(place, Place::Trait | Place::Implementation)
                    || item.end - item.head <= SHORT
            }
            // A stray semicolon.
            ";" => false,
            _ => true,
        }
    }

    fn item(&mut self, item: &Item, place: Place) -> Option<()> {
        let before = self.out.len();
        let is_shown = item.is_public || place == Place::Trait || item.keyword == "macro_rules";
        self.attributes(item.attributes.clone(), is_shown);
        match (item.keyword, item.body) {
            ("fn", Some(body)) => {
                self.copy(item.head..body);
                if item.is_const && item.end - body <= SHORT {
                    self.copy(body..item.end);
                } else {
                    self.out.push_str("{}");
                }
            }
            ("mod" | "trait" | "impl", Some(body)) => {
                self.copy(item.head..body);
                self.out.push_str("{\n");
                let empty = self.out.len();
                let inside = self.inside(item);
                self.items(body + 1..item.end - 1, inside)?;
                if inside == Place::Inherent && self.out.len() == empty {
                    self.out.truncate(before);
                    return Some(());
                }
                self.out.push('}');
            }
            ("const" | "static", _) => {
                let value = (item.keyword_at..item.end).find(|at| self.source.text(*at) == "=");
                match value.filter(|at| item.end - at > SHORT) {
                    Some(at) => {
                        self.copy(item.head..at);
                        self.out.push_str("= loop {};");
                    }
                    None => self.copy(item.head..item.end),
                }
            }
            ("macro_rules" | "macro", _) => self.copy_all(item.head..item.end),
            _ => self.copy(item.head..item.end),
        }
        self.out.push('\n');
        Some(())
    }

    fn inside(&self, item: &Item) -> Place {
        // `for<'a>` belongs to a bound.
        let is_for = |at| self.source.text(at) == "for" && self.source.text(at + 1) != "<";
        match item.keyword {
            "mod" => Place::Module,
            "trait" => Place::Trait,
            _ if item.header().any(is_for) => Place::Implementation,
            _ => Place::Inherent,
        }
    }

    /// The attributes that count, and the documentation if it can be asked for.
    fn attributes(&mut self, range: Range<usize>, with_documentation: bool) {
        let mut at = range.start;
        while let Some(end) = self.source.after_attribute(at).filter(|_| at < range.end) {
            if self.is_documentation(at, end) {
                if with_documentation {
                    self.copy_all(at..end);
                    self.out.push('\n');
                }
            } else if self.source.attribute(at) == "unstable" {
                let inner = if self.source.is_inner(at) { "!" } else { "" };
                self.out.push_str(&format!("#{inner}[unstable]\n"));
            } else if self.counts(at, end) {
                self.copy_all(at..end);
                self.out.push('\n');
            }
            at = end;
        }
    }

    /// A line of it, or `#[doc = "…"]`.
    fn is_documentation(&self, at: usize, end: usize) -> bool {
        self.source.tokens[at].kind == Kind::Doc
            || (self.source.attribute(at) == "doc"
                && (at..end).any(|at| self.source.text(at) == "="))
    }

    fn counts(&self, at: usize, end: usize) -> bool {
        ATTRIBUTES.contains(&self.source.attribute(at))
            || (self.source.attribute(at) == "doc"
                && (at..end).any(|at| self.source.text(at) == "hidden"))
    }

    /// Copies; attributes and documentation inside only if they count.
    fn copy(&mut self, range: Range<usize>) {
        let (mut at, mut from) = (range.start, range.start);
        while at < range.end {
            match self.source.after_attribute(at) {
                Some(end) => {
                    self.copy_all(from..at);
                    self.attributes(at..end, false);
                    (at, from) = (end, end);
                }
                None => at += 1,
            }
        }
        self.copy_all(from..range.end);
    }

    fn copy_all(&mut self, range: Range<usize>) {
        for at in range {
            let token = self.source.tokens[at];
            self.out.push_str(self.source.text(at));
            match self.source.tokens.get(at + 1) {
                // Not to be continued by what follows.
                _ if token.kind == Kind::Doc => self.out.push('\n'),
                Some(next) if next.start > token.end => self.out.push(' '),
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests;
