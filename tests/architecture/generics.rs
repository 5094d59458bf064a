//! What a cell compiles of the library: the bodies of the generic functions that it calls.
//! They must be short, the work in a function that is compiled with the library:
//! `Model::load` read and checked a whole file in each cell's own copy, 1.3 s of rustc.

use std::fs;
use std::path::Path;

use super::reader::Sources;
use syn::visit::{self, Visit};
use syn::{Block, FnArg, ImplItemFn, ItemFn, Signature, Visibility};

/// Lines that such a body may have.
const LONGEST: usize = 12;

/// Public generic functions that are longer, by name and number of lines.
#[derive(Default)]
struct Long(Vec<(String, usize)>);

impl Long {
    fn look(&mut self, visibility: &Visibility, signature: &Signature, body: &Block) {
        let is_impl = |input: &FnArg| match input {
            FnArg::Typed(input) => matches!(*input.ty, syn::Type::ImplTrait(_)),
            FnArg::Receiver(_) => false,
        };
        let has_types = signature.generics.type_params().next().is_some();
        let braces = body.brace_token.span;
        let lines = (braces.close().start().line - braces.open().start().line).saturating_sub(1);
        if matches!(visibility, Visibility::Public(_))
            && (has_types || signature.inputs.iter().any(is_impl))
            && lines > LONGEST
        {
            self.0.push((signature.ident.to_string(), lines));
        }
    }
}

impl<'a> Visit<'a> for Long {
    fn visit_item_fn(&mut self, item: &'a ItemFn) {
        self.look(&item.vis, &item.sig, &item.block);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'a ImplItemFn) {
        self.look(&item.vis, &item.sig, &item.block);
        visit::visit_impl_item_fn(self, item);
    }
}

fn long(text: &str) -> Vec<(String, usize)> {
    let mut found = Long::default();
    found.visit_file(&syn::parse_file(text).unwrap());
    found.0
}

/// A check is left out: it compares what the student's function gives, and is compiled
/// with it.
#[test]
fn generic_functions_are_short() {
    let sources = Sources::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let is_check = |module: &[String]| module.first().is_some_and(|room| room == "check");
    let mut found = Vec::new();
    for (_, file) in sources.files.iter().filter(|(module, _)| !is_check(module)) {
        for (name, lines) in long(&fs::read_to_string(&file.path).unwrap()) {
            found.push(format!("{}: {name}, {lines} lines", file.path.display()));
        }
    }
    assert!(
        !sources.files.is_empty() && found.is_empty(),
        "longer than {LONGEST} lines: {found:#?}"
    );
}

#[test]
fn a_long_one_is_seen() {
    let body = "{\n let a = 1;\n}\n".repeat(5);
    for head in ["pub fn f(p: impl AsRef<Path>)", "pub fn f<T: Copy>(p: T)"] {
        assert_eq!(long(&format!("{head} {{\n{body}}}")), [("f".to_owned(), 15)], "{head}");
        assert_eq!(long(&format!("impl S {{ {head} {{\n{body}}} }}")).len(), 1, "{head}");
    }
    for head in [
        "fn f(p: impl AsRef<Path>)",
        "pub(crate) fn f<T: Copy>(p: T)",
        "pub fn f(p: &Path)",
        "pub fn f<'a>(p: &'a str)",
    ] {
        assert_eq!(long(&format!("{head} {{\n{body}}}")), [], "{head}");
    }
}
