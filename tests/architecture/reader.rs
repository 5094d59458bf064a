//! Which file imports which: the paths that stand in a crate's sources.
//!
//! A file is cut into tokens, so that comments and texts say nothing. Read are
//! its `use` trees and every path in code or in a macro's arguments that starts
//! with `crate`, `super`, `self` or a module of its own. A name leads to the file
//! that defines it, through the doors (`pub use`) that stand between. What is
//! compiled for tests alone is left out, and so is the door itself: that a folder
//! re-exports its own files imports nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// `to` is imported by `from` under `name`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Import {
    pub from: Vec<String>,
    pub to: Vec<String>,
    pub name: String,
}

/// A crate: its files by the path of their module.
#[derive(Debug, Default)]
pub struct Sources {
    pub files: BTreeMap<Vec<String>, File>,
}

#[derive(Debug, Default)]
pub struct File {
    /// Below the crate's folder.
    pub path: PathBuf,
    modules: BTreeSet<String>,
    test_modules: BTreeSet<String>,
    /// Files that a `#[path]` names for tests.
    test_files: BTreeSet<PathBuf>,
    paths: Vec<Found>,
}

/// A path as it stands in a file.
#[derive(Debug)]
struct Found {
    /// The module it stands in.
    place: Vec<String>,
    segments: Vec<String>,
    /// The name that a `use` gives it there.
    bound: Option<String>,
    public: bool,
}

impl Sources {
    /// The sources below `folder`, whose first file is `main.rs` or `lib.rs`.
    pub fn read(folder: &Path) -> Self {
        let mut sources = Self::default();
        sources.read_folder(folder, &mut Vec::new());
        let is_test = |module: &Vec<String>| {
            (1..=module.len()).any(|n| {
                let parent = sources.files.get(&module[..n - 1]);
                parent.is_some_and(|file| file.test_modules.contains(&module[n - 1]))
            })
        };
        let tests: Vec<_> = sources.files.keys().filter(|m| is_test(m)).cloned().collect();
        tests.iter().for_each(|module| drop(sources.files.remove(module)));
        let named: BTreeSet<_> =
            sources.files.values().flat_map(|f| f.test_files.clone()).collect();
        sources.files.retain(|_, file| !named.contains(&file.path));
        sources
    }

    fn read_folder(&mut self, folder: &Path, module: &mut Vec<String>) {
        let entries = std::fs::read_dir(folder).unwrap_or_else(|e| panic!("{folder:?}: {e}"));
        for entry in entries {
            let path = entry.unwrap().path();
            let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let is_root = module.is_empty() && matches!(&stem[..], "lib" | "main");
            let is_source = path.extension().is_some_and(|extension| extension == "rs");
            module.push(stem);
            if path.is_dir() {
                self.read_folder(&path, module);
            } else if is_source {
                let name = match is_root || module[module.len() - 1] == "mod" {
                    true => &module[..module.len() - 1],
                    false => module,
                };
                let mut file = File { path: path.clone(), ..File::default() };
                let text = std::fs::read_to_string(&path).unwrap();
                let tokens: TokenStream =
                    text.parse().unwrap_or_else(|e| panic!("{}: {e}", path.display()));
                file.read(tokens, name);
                self.files.insert(name.to_vec(), file);
            }
            module.pop();
        }
    }

    /// Every import of one file by another.
    pub fn imports(&self) -> BTreeSet<Import> {
        let mut imports = BTreeSet::new();
        for (from, file) in &self.files {
            for found in &file.paths {
                let Some(target) = self.absolute(file, found) else { continue };
                let is_door = found.public && target.starts_with(from);
                let to = self.definition(&target, &mut BTreeSet::new());
                if !is_door && to != *from {
                    let name = found.segments.join("::");
                    imports.insert(Import { from: from.clone(), to, name });
                }
            }
        }
        imports
    }

    /// The path from the crate's root, unless it leads out of the crate.
    fn absolute(&self, file: &File, found: &Found) -> Option<Vec<String>> {
        let mut place = found.place.clone();
        let mut rest = &found.segments[..];
        match &rest[0][..] {
            "crate" => (place, rest) = (Vec::new(), &rest[1..]),
            "self" => rest = &rest[1..],
            "super" => {
                while rest.first().is_some_and(|segment| segment == "super") {
                    place.pop();
                    rest = &rest[1..];
                }
            }
            first if file.modules.contains(first) => {}
            _ => return None,
        }
        // `use super::module::{self}`
        place.extend(rest.iter().filter(|segment| *segment != "self").cloned());
        Some(place)
    }

    /// The file that defines what `target` names.
    fn definition(&self, target: &[String], seen: &mut BTreeSet<Vec<String>>) -> Vec<String> {
        let is_file = |n: &usize| self.files.contains_key(&target[..*n]);
        let n = (0..=target.len()).rev().find(is_file).unwrap_or(0);
        let (module, rest) = target.split_at(n);
        if let Some(name) = rest.first()
            && let Some(file) = self.files.get(module)
            && seen.insert(target.to_vec())
            && let Some(door) = file.paths.iter().find(|p| p.bound.as_ref() == Some(name))
            && let Some(mut behind) = self.absolute(file, door)
        {
            behind.extend_from_slice(&rest[1..]);
            return self.definition(&behind, seen);
        }
        module.to_vec()
    }
}

impl File {
    fn read(&mut self, tokens: TokenStream, place: &[String]) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            at = self.read_one(&tokens, at, place);
        }
    }

    /// Reads what begins at `at`; returns where the next thing begins.
    fn read_one(&mut self, tokens: &[TokenTree], at: usize, place: &[String]) -> usize {
        if is_for_tests(&tokens[at..]) {
            return self.skip_item(tokens, at + 2);
        }
        match &tokens[at] {
            TokenTree::Group(group) => {
                self.read(group.stream(), place);
                at + 1
            }
            TokenTree::Ident(word) if word == "use" && !is_punct(tokens.get(at + 1), '<') => {
                let end = at + tokens[at..].iter().take_while(|t| !is_punct(Some(t), ';')).count();
                let public = at > 0 && is_visibility(&tokens[..at]);
                self.read_tree(&tokens[at + 1..end], place, &[], public);
                end + 1
            }
            TokenTree::Ident(word) if word == "mod" => {
                let Some(TokenTree::Ident(name)) = tokens.get(at + 1) else { return at + 1 };
                match tokens.get(at + 2) {
                    Some(TokenTree::Group(body)) => {
                        self.read(body.stream(), &[place, &[name.to_string()]].concat());
                    }
                    _ => drop(self.modules.insert(name.to_string())),
                }
                at + 3
            }
            TokenTree::Ident(_) => {
                let (segments, next) = path(tokens, at);
                if segments.len() > 1 {
                    let place = place.to_vec();
                    self.paths.push(Found { place, segments, bound: None, public: false });
                }
                next
            }
            // What follows `::` belongs to a path that has begun elsewhere.
            TokenTree::Punct(_) if is_colons(tokens, at) => path(tokens, at + 2).1.max(at + 2),
            _ => at + 1,
        }
    }

    /// One branch of a `use` tree.
    fn read_tree(&mut self, tree: &[TokenTree], place: &[String], head: &[String], public: bool) {
        let (segments, next) = path(tree, 0);
        let segments = [head, &segments].concat();
        if let Some(TokenTree::Group(group)) = tree.get(next) {
            let branches: Vec<TokenTree> = group.stream().into_iter().collect();
            for branch in branches.split(|token| is_punct(Some(token), ',')) {
                if !branch.is_empty() {
                    self.read_tree(branch, place, &segments, public);
                }
            }
            return;
        }
        let bound = match &tree[next..] {
            [TokenTree::Ident(word), name] if word == "as" => Some(name.to_string()),
            [] => segments.iter().rev().find(|segment| *segment != "self").cloned(),
            _ => None, // `*`
        };
        if !segments.is_empty() {
            self.paths.push(Found { place: place.to_vec(), segments, bound, public });
        }
    }

    /// The end of the item at `at`, which is compiled for tests alone.
    fn skip_item(&mut self, tokens: &[TokenTree], mut at: usize) -> usize {
        while is_punct(tokens.get(at), '#') {
            if let Some(TokenTree::Group(attribute)) = tokens.get(at + 1)
                && let text = attribute.stream().to_string()
                && let Some(name) = text.strip_prefix("path = \"").and_then(|t| t.strip_suffix('"'))
            {
                self.test_files.insert(self.path.with_file_name(name));
            }
            at += 2;
        }
        let starts_with = |word: &str| {
            let words = tokens[at..].iter().take(4);
            words.filter(|t| matches!(t, TokenTree::Ident(_))).any(|t| t.to_string() == word)
        };
        let to_semicolon = ["use", "static", "let"].iter().any(|word| starts_with(word));
        let is_module = starts_with("mod");
        let mut last = None;
        for (i, token) in tokens.iter().enumerate().skip(at) {
            match token {
                TokenTree::Punct(p) if p.as_char() == ';' => {
                    if is_module {
                        self.test_modules.extend(last);
                    }
                    return i + 1;
                }
                TokenTree::Punct(p) if p.as_char() == ',' && !to_semicolon => return i + 1,
                TokenTree::Group(g) if g.delimiter() == Delimiter::Brace && !to_semicolon => {
                    return i + 1;
                }
                _ => last = Some(token.to_string()),
            }
        }
        tokens.len()
    }
}

/// The path of words and `::` that begins at `at`, and where it ends.
fn path(tokens: &[TokenTree], mut at: usize) -> (Vec<String>, usize) {
    let mut segments = Vec::new();
    while let Some(TokenTree::Ident(word)) = tokens.get(at) {
        segments.push(word.to_string());
        at += 1;
        if !is_colons(tokens, at) {
            break;
        }
        at += 2;
    }
    (segments, at)
}

fn is_punct(token: Option<&TokenTree>, sign: char) -> bool {
    matches!(token, Some(TokenTree::Punct(p)) if p.as_char() == sign)
}

fn is_colons(tokens: &[TokenTree], at: usize) -> bool {
    is_punct(tokens.get(at), ':') && is_punct(tokens.get(at + 1), ':')
}

/// Whether `pub` or `pub(…)` ends here.
fn is_visibility(tokens: &[TokenTree]) -> bool {
    let is_pub = |token: Option<&TokenTree>| token.is_some_and(|t| t.to_string() == "pub");
    match tokens {
        [.., before, TokenTree::Group(_)] => is_pub(Some(before)),
        _ => is_pub(tokens.last()),
    }
}

/// Whether `#[cfg(test)]` or `#[test]` begins here.
fn is_for_tests(tokens: &[TokenTree]) -> bool {
    let Some(TokenTree::Group(attribute)) = tokens.get(1) else { return false };
    let text: String = attribute.stream().to_string().split_whitespace().collect();
    is_punct(tokens.first(), '#') && matches!(&text[..], "cfg(test)" | "test")
}
