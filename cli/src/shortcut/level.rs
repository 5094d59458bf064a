//! How much rustc optimises a cell.
//!
//! Level 1, which makes loops written by hand fast, is half of rustc's time on a cell of a
//! few tensors. Where there is no loop in sight, it gains nothing: neither in what the
//! cell does nor in the functions of the notebook that it comes to call.

use crate::source::{Item, Kind, Source};
use std::collections::HashSet;
use std::ops::Range;

/// The module that evcxr puts between the notebook's items and the cell.
const RUNTIME: &str = "evcxr_internal_runtime";
/// What a cell that may ask with `?` returns: the cell begins at the brace behind it.
const FAULT: &str = "EvcxrUserCodeError";
/// What any other cell begins behind.
const CAUGHT: &str = "AssertUnwindSafe";

/// Words of what may go over many values: loops, iterators, candle's copies. Closures
/// are known by their bars.
const LOOPS: [&str; 33] = [
    "for",
    "while",
    "loop",
    "iter",
    "iter_mut",
    "into_iter",
    "par_iter",
    "into_par_iter",
    "from_iter",
    "map",
    "collect",
    "fold",
    "sum",
    "product",
    "extend",
    "repeat",
    "concat",
    "chars",
    "bytes",
    "lines",
    "windows",
    "chunks",
    "sort",
    "sort_by",
    "sort_by_key",
    "sort_unstable",
    "sort_unstable_by",
    "to_vec1",
    "to_vec2",
    "to_vec3",
    "from_fn",
    "from_elem",
    "macro_rules",
];
/// What comes before the name of an item.
const DECLARE: [&str; 9] =
    ["fn", "struct", "enum", "union", "trait", "type", "const", "static", "mod"];

/// Whether the cell in `source`, as evcxr has it compiled, has nothing that is worth
/// optimising.
pub fn is_light(source: &str) -> bool {
    let cell = Source::new(source).map(Compiled);
    cell.and_then(|cell| cell.is_light(cell.parts()?)).unwrap_or(false)
}

/// What evcxr has compiled; places are those of tokens.
struct Compiled<'a>(Source<'a>);

struct Parts {
    /// The notebook's items.
    items: Range<usize>,
    /// The variables' types, as they are taken up.
    variables: Range<usize>,
    cell: Range<usize>,
}

impl<'a> Compiled<'a> {
    fn parts(&self) -> Option<Parts> {
        let text = |at| self.0.text(at);
        let all = 1..self.0.tokens.len();
        let runtime = all.clone().find(|&at| text(at) == RUNTIME && text(at - 1) == "mod")?;
        let end = self.0.after(runtime + 1);
        let fault = all.clone().find(|&at| text(at) == FAULT && text(at - 1) == "struct");
        let asks = |&at: &usize| text(at) == FAULT && text(at + 1) == ">" && text(at + 2) == "{";
        let mut after = end..all.end;
        let door = after.clone().find(asks).or_else(|| after.find(|&at| text(at) == CAUGHT))?;
        let start = (door..all.end).find(|&at| text(at) == "{")?;
        Some(Parts {
            items: 0..fault.filter(|&at| at < runtime).unwrap_or(runtime) - 1,
            variables: end..start,
            cell: start + 1..self.0.after(start) - 1,
        })
    }

    /// None where an item is not understood.
    fn is_light(&self, Parts { items, variables, cell }: Parts) -> Option<bool> {
        let seen = variables.start..cell.end;
        if self.loops(cell) || self.has_array(seen.clone()) {
            return Some(false);
        }
        let mut named: HashSet<&str> = self.words(seen).collect();
        let mut items: Vec<_> =
            self.items(items)?.into_iter().map(|item| (self.names(&item), item)).collect();
        let mut met = HashSet::new();
        loop {
            let is_meant =
                |(names, _): &mut (Vec<&str>, _)| names.iter().any(|name| named.contains(name));
            let meant: Vec<_> = items.extract_if(.., is_meant).collect();
            if meant.is_empty() {
                return Some(true);
            }
            for (_, item) in &meant {
                let own: Vec<_> = self.declared(item, &["fn"]).collect();
                let count = |name| self.words(whole(item)).filter(|word| word == name).count();
                let recurs = own.iter().any(|name| count(name) > 1)
                    || self.words(whole(item)).any(|word| met.contains(word));
                if recurs || self.loops(code(item)) || self.has_array(whole(item)) {
                    return Some(false);
                }
                met.extend(own);
            }
            named.extend(meant.iter().flat_map(|(_, item)| self.words(whole(item))));
        }
    }

    fn words(&self, range: Range<usize>) -> impl Iterator<Item = &'a str> {
        let is_word = |at: &usize| self.0.tokens[*at].kind == Kind::Word;
        range.filter(is_word).map(|at| self.0.text(at))
    }

    fn loops(&self, range: Range<usize>) -> bool {
        range.into_iter().map(|at| self.0.text(at)).any(|text| text == "|" || LOOPS.contains(&text))
    }

    /// Whether there is an array of a written length: it may be large, and unoptimised code
    /// copies it on the stack at each step of its way into the kernel's memory.
    fn has_array(&self, mut range: Range<usize>) -> bool {
        range.any(|at| {
            self.0.text(at) == "[" && (at..self.0.after(at)).any(|at| self.0.text(at) == ";")
        })
    }

    /// The items in a range, one after the other.
    fn items(&self, range: Range<usize>) -> Option<Vec<Item<'a>>> {
        let mut items = Vec::new();
        let mut at = range.start;
        while at < range.end {
            let item = self.0.item(at, range.end)?;
            at = item.end;
            items.push(item);
        }
        Some(items)
    }

    /// By which names an item is meant: those that it declares; a block of `impl` by the
    /// trait and the types before its brace as well.
    fn names(&self, item: &Item<'a>) -> Vec<&'a str> {
        let text = |at| self.0.text(at);
        // `std` of `std::fmt::Display` is no name of it.
        let is_name = |at: &usize| {
            self.0.tokens[*at].kind == Kind::Word
                && !["impl", "for", "where"].contains(&text(*at))
                && !(text(at + 1) == ":" && text(at + 2) == ":")
        };
        let head = match item.keyword {
            "impl" => item.header(),
            "macro_rules" => item.keyword_at + 2..item.keyword_at + 3,
            _ => 0..0,
        };
        self.declared(item, &DECLARE).chain(head.filter(is_name).map(text)).collect()
    }

    /// The names behind these words.
    fn declared(&self, item: &Item, behind: &[&str]) -> impl Iterator<Item = &'a str> {
        let is_declared = |at: &usize| behind.contains(&self.0.text(at - 1));
        whole(item).skip(1).filter(is_declared).map(|at| self.0.text(at))
    }
}

fn whole(item: &Item) -> Range<usize> {
    item.attributes.start..item.end
}

/// An item without the `for` of `impl Trait for Type`.
fn code(item: &Item) -> Range<usize> {
    let head = item.body.filter(|_| item.keyword == "impl");
    head.unwrap_or(item.attributes.start)..item.end
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What evcxr has compiled for a cell after these items.
    fn source(items: &str, cell: &str) -> String {
        format!(
            "#![allow(dead_code)]\n{items}\nstruct EvcxrUserCodeError {{}}\n\
             impl<T: std::fmt::Display> From<T> for EvcxrUserCodeError {{ fn from(error: T) -> Self {{ loop {{}} }} }}\n\
             mod evcxr_internal_runtime {{ pub fn merge() {{ for x in y {{}} }} }}\n\
             pub extern \"C\" fn run_user_code_6(mut store: *mut S) -> *mut S {{\n\
             match std::panic::catch_unwind(std::panic::AssertUnwindSafe(||{{\n{cell}\n}})) {{ Ok(_) => {{}} Err(_) => {{}} }}\n\
             for x in store {{}} store }}"
        )
    }

    fn asking(cell: &str) -> String {
        format!(
            "let _ = (|| -> std::result::Result<(), EvcxrUserCodeError> {{\n{cell}\nOk(())}})();"
        )
    }

    #[test]
    fn only_what_a_cell_comes_to_is_looked_at() {
        let items = "fn somme(v: &[f32]) -> f32 { let mut s = 0.0; for x in v { s += x; } s }\n\
                     fn moyenne(v: &[f32]) -> f32 { somme(v) / v.len() as f32 }\n\
                     const N: usize = 3;\n\
                     fn carre(x: f32) -> f32 { x * x }\n\
                     struct P { x: [f32; 2] }\n\
                     impl Forme for P { fn aire(&self) -> f32 { self.x[0] } }\n\
                     struct Couple { x: f32 }\n\
                     impl From<f32> for Couple { fn from(x: f32) -> Self { Couple { x } } }\n\
                     struct Grande { x: f32 }\n\
                     impl std::ops::Add for Grande { fn add(self, b: Self) -> Self { for _ in 0..9 {} b } }\n\
                     macro_rules! tout { ($v:expr) => { for x in $v {} } }";
        for (cell, is_light) in [
            ("1 + 1", true),
            ("carre(2.0)", true),
            ("let n: usize = N; // for x in 0..N", true),
            ("println!(\"for x in y {{}}\");", true),
            ("moyenne(&[1.0])", false),
            ("check::tp1::somme(somme)", false),
            ("let p: P = P { x: [1.0, 2.0] };", false),
            ("for i in 0..10 { print!(\"{i}\"); }", false),
            ("let f = move |x: f32| x + 1.0;", false),
            ("v.iter().max()", false),
            ("t.to_vec1::<f32>()?", false),
            ("String::from(\"a\")", true),
            ("let c: Couple = Couple::from(1.0);", true),
            ("let g: Grande = Grande { x: 1.0 };", false),
            ("tout!(v)", false),
            ("(0..9).map(carre).collect::<Vec<f32>>()", false),
            ("let t = [[0.0_f32; 784]; 1000];", false),
            ("vec![0.0; 1_000_000]", false),
            ("v[1]", true),
        ] {
            assert_eq!(super::is_light(&source(items, cell)), is_light, "{cell}");
            assert_eq!(super::is_light(&source(items, &asking(cell))), is_light, "{cell}");
        }
    }

    #[test]
    fn what_calls_itself_or_is_not_understood_is_optimised() {
        let recursive = "fn fib(n: u64) -> u64 { if n < 2 { n } else { fib(n - 1) + fib(n - 2) } }";
        assert!(!is_light(&source(recursive, "fib(30)")));
        assert!(is_light(&source(recursive, "1 + 1")));
        let mutual = "fn pair(n: u64) -> bool { n < 1 && impair(n - 1) }\n\
                      fn impair(n: u64) -> bool { n > 0 && pair(n - 1) }";
        assert!(!is_light(&source(mutual, "pair(30)")));
        // A variable that is an array, or of a type that loops, is taken up by every cell.
        for kind in ["[f32; 9000]", "Boucle"] {
            let taken = format!("let x = store.take_variable::<{kind}>();\n match");
            let text = source(
                "struct Boucle;\nimpl Drop for Boucle { fn drop(&mut self) { loop {} } }",
                "1 + 1",
            );
            assert!(is_light(&text) && !is_light(&text.replacen("match", &taken, 1)), "{kind}");
        }
        assert!(!is_light("fn main() {}"));
        assert!(!is_light(&source("fn f( {", "1 + 1")));
        assert!(!is_light(""));
    }
}
