//! An `impl` run again replaces the one that it was.
//!
//! evcxr knows an item by its name, and an `impl` has none: it keeps every one, and
//! the second is a duplicate. But it counts what has no name to the named item before
//! it in the cell. So an empty module is put before each `impl` (in the same line),
//! always the same one for the same `impl`: of the same trait for the same type, or
//! with a method in common.

use super::scan;
use super::wire::{Key, Message};
use anyhow::Result;

/// The `impl` blocks of the notebook.
#[derive(Default)]
pub struct Impls {
    known: Vec<Block>,
    /// Those of the cell that runs.
    pending: Vec<Block>,
    last: usize,
}

/// An `impl` block.
#[derive(Clone, Debug, PartialEq)]
struct Block {
    /// Its module's number.
    number: usize,
    /// What stands between `impl` and `{`.
    header: String,
    methods: Vec<String>,
}

impl Block {
    /// Whether this one is the other, changed.
    fn is(&self, other: &Self) -> bool {
        self.header == other.header
            && (self.header.contains(" for ")
                || self.methods.iter().any(|method| other.methods.contains(method)))
    }
}

impl Impls {
    /// The request with its `impl` blocks named.
    pub fn marked(&mut self, message: Message, key: &Key) -> Result<Message> {
        let mut content = message.content();
        let code = content["code"].as_str().unwrap_or_default();
        match self.mark(code) {
            None => Ok(message),
            Some(code) => {
                content["code"] = code.into();
                message.rewritten(None, &content, key)
            }
        }
    }

    /// The cell has ended well: its blocks are now those that count.
    pub fn keep(&mut self) {
        for block in std::mem::take(&mut self.pending) {
            self.known.retain(|known| known.number != block.number && !known.is(&block));
            self.known.push(block);
        }
    }

    fn mark(&mut self, code: &str) -> Option<String> {
        self.pending.clear();
        let bare = scan::same_length(code);
        // The two have the same characters, not the same bytes.
        let bytes: Vec<usize> = code.char_indices().map(|(at, _)| at).chain([code.len()]).collect();
        let found = blocks(&bare);
        let mut out = String::new();
        let mut done = 0;
        for (at, mut block, attached) in found {
            let same = |known: &&Block| known.is(&block);
            let numbers: Vec<usize> =
                self.known.iter().filter(same).map(|known| known.number).collect();
            let mut marks = String::new();
            // Others of which this one takes a method are emptied.
            for number in &numbers {
                if attached || Some(number) != numbers.first() {
                    marks.push_str(&format!("mod tp_impl_{number} {{}} "));
                }
            }
            if !attached {
                block.number = numbers.first().copied().unwrap_or_else(|| {
                    self.last += 1;
                    self.last
                });
                marks.push_str(&format!("mod tp_impl_{} {{}} ", block.number));
            }
            let start = if attached { 0 } else { bytes[at] };
            if attached {
                out.insert_str(0, &marks);
            } else {
                out.push_str(&code[done..start]);
                out.push_str(&marks);
                done = start;
                self.pending.push(block);
            }
        }
        if out.is_empty() {
            return None;
        }
        out.push_str(&code[done..]);
        Some(out)
    }
}

/// The `impl` blocks of a cell's code (without texts and comments): where each begins,
/// counted in characters, and whether the cell defines its type just before, with
/// which evcxr then replaces it.
fn blocks(bare: &str) -> Vec<(usize, Block, bool)> {
    let chars: Vec<char> = bare.chars().collect();
    let mut out: Vec<(usize, Block, bool)> = Vec::new();
    // The last named item of the cell.
    let mut last_item = String::new();
    let mut depth = 0_usize;
    let mut at = 0;
    while at < chars.len() {
        match chars[at] {
            '{' | '(' | '[' => depth += 1,
            '}' | ')' | ']' => depth = depth.saturating_sub(1),
            c if depth == 0 && (c.is_alphabetic() || c == '_') => {
                let word: String = word(&chars[at..]);
                let end = at + word.chars().count();
                match word.as_str() {
                    "impl" if starts_statement(&chars, at) => {
                        if let Some((block, close)) = block(&chars, end) {
                            let own = own_type(&block.header);
                            let attached = !own.is_empty() && own == last_item;
                            if !attached {
                                last_item.clear();
                            }
                            out.push((at, block, attached));
                            at = close;
                            continue;
                        }
                    }
                    "struct" | "enum" | "fn" | "mod" | "trait" | "const" | "static" | "type"
                    | "union" => {
                        let rest: String = chars[end..].iter().take(200).collect();
                        last_item = self::word(&rest.trim_start().chars().collect::<Vec<_>>());
                    }
                    _ => {}
                }
                at = end;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    out
}

fn word(chars: &[char]) -> String {
    chars.iter().take_while(|c| c.is_alphanumeric() || **c == '_').collect()
}

/// Whether nothing of the same statement stands before: it would be a type.
fn starts_statement(chars: &[char], at: usize) -> bool {
    let before = chars[..at].iter().rev().find(|c| !c.is_whitespace());
    before.is_none_or(|c| matches!(c, ';' | '}'))
}

/// The block whose `impl` ends at `from`, and where it is closed.
fn block(chars: &[char], from: usize) -> Option<(Block, usize)> {
    let open = from + chars[from..].iter().position(|&c| c == '{' || c == ';')?;
    if chars[open] != '{' {
        return None;
    }
    let header: String = chars[from..open].iter().collect();
    let header = header.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut methods = Vec::new();
    let mut depth = 0_usize;
    let mut at = open;
    while at < chars.len() {
        match chars[at] {
            '{' => depth += 1,
            '}' => {
                depth -= 1;
                if depth == 0 {
                    return Some((Block { number: 0, header, methods }, at + 1));
                }
            }
            c if depth == 1 && (c.is_alphabetic() || c == '_') => {
                let name = word(&chars[at..]);
                at += name.chars().count();
                if name == "fn" {
                    let rest: String = chars[at..].iter().take(200).collect();
                    methods.push(word(&rest.trim_start().chars().collect::<Vec<_>>()));
                }
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// The type of an `impl`: `Point` of `<T> Display for Point<T>`.
fn own_type(header: &str) -> String {
    let header = header.rsplit_once(" for ").map_or(header, |(_, own)| own);
    let mut depth = 0_usize;
    let plain: String = header
        .chars()
        .filter(|c| {
            match c {
                '<' => depth += 1,
                '>' => depth = depth.saturating_sub(1),
                _ => return depth == 0,
            }
            false
        })
        .collect();
    word(&plain.trim().chars().collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(impls: &mut Impls, code: &str) -> String {
        let marked = impls.mark(code).unwrap_or_else(|| code.to_owned());
        impls.keep();
        marked
    }

    #[test]
    fn the_same_impl_has_the_same_module() {
        let mut impls = Impls::default();
        let first = run(&mut impls, "// é\nimpl A { fn f(&self) {} }\nA.f()");
        assert_eq!(first, "// é\nmod tp_impl_1 {} impl A { fn f(&self) {} }\nA.f()");
        assert!(run(&mut impls, "impl A { fn g(&self) {} }").starts_with("mod tp_impl_2 {} "));
        assert!(
            run(&mut impls, "impl A { fn f(&self) { 1 } fn h() {} }")
                .starts_with("mod tp_impl_1 {} ")
        );
        assert!(
            run(&mut impls, "impl Debug for A { fn fmt() {} }").starts_with("mod tp_impl_3 {} ")
        );
        assert!(
            run(&mut impls, "impl Debug  for A { fn fmt() { 2 } }")
                .starts_with("mod tp_impl_3 {} ")
        );
        // It takes a method of each: the other is emptied.
        let both = run(&mut impls, "impl A { fn g() {} fn f() {} }");
        assert!(both.contains("mod tp_impl_1 {} ") && both.contains("mod tp_impl_2 {} "), "{both}");
    }

    #[test]
    fn an_impl_behind_its_type_is_replaced_with_it() {
        let mut impls = Impls::default();
        let cell = "#[derive(Clone)]\nstruct A<T> { n: T }\nimpl<T> A<T> { fn f(&self) {} }\nimpl<T> Drop for A<T> {}";
        assert_eq!(run(&mut impls, cell), cell);
        assert!(run(&mut impls, "impl A { fn f(&self) {} }").starts_with("mod tp_impl_1"));
        // What was beside it is emptied when the two are put together.
        let joined = run(&mut impls, "struct A {}\nimpl A { fn f(&self) {} }");
        assert_eq!(joined, "mod tp_impl_1 {} struct A {}\nimpl A { fn f(&self) {} }");
    }

    #[test]
    fn what_is_no_block_is_left_alone() {
        for code in [
            "fn f(x: impl Fn(f32) -> f32) {}",
            "// impl A {}",
            "\"impl A {}\"",
            "let implicite = 1;",
            "impl A",
        ] {
            assert_eq!(Impls::default().mark(code), None, "{code}");
        }
        let behind = "fn g() -> impl Fn() { || {} }\nimpl A { fn f() {} }";
        assert!(Impls::default().mark(behind).unwrap().contains("\nmod tp_impl_1 {} impl A"));
    }
}
