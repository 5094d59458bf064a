//! The storeys of the house: no import upwards, and no two files that import
//! each other, neither directly nor through others.
//!
//! The order is the one list of `ARCHITECTURE.md`, from the ground up; names in
//! one line share a storey.

mod generics;
mod reader;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::Path;

use reader::{Import, Sources};

/// The storeys of `folder` as `text` lists them, in a block ```` ```storeys folder ````.
fn storeys(text: &str, folder: &str) -> BTreeMap<String, usize> {
    let start = format!("```storeys {folder}\n");
    let block = text.split_once(&start).and_then(|(_, rest)| rest.split_once("```"));
    let (block, _) = block.unwrap_or_else(|| panic!("no block {start}"));
    let lines = block.lines().enumerate();
    lines.flat_map(|(i, line)| line.split_whitespace().map(move |name| (name.into(), i))).collect()
}

/// What breaks the order of `storeys` in the sources below `root`/`folder`.
fn faults(root: &Path, folder: &str, storeys: &BTreeMap<String, usize>) -> Vec<String> {
    let sources = Sources::read(&root.join(folder));
    let file = |module: &[String]| {
        let path = &sources.files[module].path;
        path.strip_prefix(root).unwrap_or(path).display().to_string()
    };
    let room = |module: &[String]| match module.first() {
        Some(name) => name.clone(),
        None => sources.files[module].path.file_stem().unwrap().to_str().unwrap().to_owned(),
    };
    let mut faults = Vec::new();
    for module in sources.files.keys().filter(|module| !storeys.contains_key(&room(module))) {
        faults.push(format!("{}: {} stands in no storey", file(module), room(module)));
    }
    let imports = sources.imports();
    for Import { from, to, name } in &imports {
        let (low, high) = (room(from), room(to));
        if storeys.get(&low) < storeys.get(&high) {
            let (from, to) = (file(from), file(to));
            faults.push(format!("{from} imports {to} (`{name}`): {high} stands above {low}"));
        }
    }
    let mut arrows: BTreeMap<&[String], Vec<&Import>> = BTreeMap::new();
    for import in &imports {
        arrows.entry(&import.from).or_default().push(import);
    }
    let mut met = BTreeSet::new();
    for start in arrows.keys() {
        let Some(circle) = circle(&arrows, start) else { continue };
        let members: BTreeSet<_> = circle.iter().map(|import| &import.from).collect();
        if met.insert(members) {
            let step = |i: &&Import| format!("{} → {} (`{}`)", file(&i.from), file(&i.to), i.name);
            let steps: Vec<_> = circle.iter().map(step).collect();
            faults.push(format!("a circle: {}", steps.join(", ")));
        }
    }
    faults
}

/// The shortest way from `start` back to itself.
fn circle<'a>(
    arrows: &BTreeMap<&'a [String], Vec<&'a Import>>,
    start: &&'a [String],
) -> Option<Vec<&'a Import>> {
    let mut ways = VecDeque::from([vec![]]);
    let mut seen = BTreeSet::new();
    while let Some(way) = ways.pop_front() {
        let here = way.last().map_or(*start, |import: &&Import| &import.to[..]);
        for import in arrows.get(here).into_iter().flatten().copied() {
            let way = [&way[..], &[import]].concat();
            if import.to == *start {
                return Some(way);
            }
            if seen.insert(&import.to) {
                ways.push_back(way);
            }
        }
    }
    None
}

#[test]
fn the_house_stands_on_its_storeys() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("ARCHITECTURE.md")).unwrap();
    let faults: Vec<String> = ["src", "cli/src"]
        .iter()
        .flat_map(|folder| faults(root, folder, &storeys(&page, folder)))
        .collect();
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}

/// The faults of a made crate whose storeys are `low`, `middle`, `high`.
fn faults_of(files: &[(&str, &str)]) -> Vec<String> {
    let root = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = root.path().join("src").join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let page = "```storeys src\nlow\nmiddle\nhigh\nlib\n```";
    faults(root.path(), "src", &storeys(page, "src"))
}

#[test]
fn imports_downwards_are_welcome() {
    let faults = faults_of(&[
        ("lib.rs", "mod low; mod high; pub use low::Low;"),
        ("low.rs", "//! [`crate::high::High`]\npub struct Low; // crate::high"),
        ("high/mod.rs", "mod part; pub use part::Part; pub struct High(&'static str);"),
        ("high/part.rs", "use crate::low::Low; use super::High; const T: &str = \"crate::lib\";"),
    ]);
    assert!(faults.is_empty(), "{faults:?}");
}

#[test]
fn an_arrow_upwards_is_told_with_file_and_name() {
    let low = [
        "use crate::high::High;",
        "use crate::{high::{self, Other}};",
        "fn f() { let x = crate::high::High; }",
        "fn f() { println!(\"{}\", crate::high::HIGH); }",
        "mod inner { use super::super::high::High; }",
        "use super::high as h;",
        "impl crate::high::High for u8 {}",
        "use crate::Door;",
        "use crate::high::*;",
        "fn f<T>(_: Vec<super::high::High>) {}",
    ];
    for text in low {
        let lib = "mod low; mod high; pub use high::High as Door;";
        let faults = faults_of(&[("lib.rs", lib), ("low.rs", text), ("high.rs", "")]);
        let told = |fault: &String| {
            fault.starts_with("src/low.rs imports src/high.rs (`")
                && fault.ends_with("): high stands above low")
        };
        assert!(!faults.is_empty() && faults.iter().all(told), "{text}: {faults:?}");
    }
}

#[test]
fn a_circle_is_told_with_its_files_and_names() {
    let two = [
        ("lib.rs", "mod middle;"),
        ("middle/mod.rs", "mod a; mod b;"),
        ("middle/a.rs", "use super::b::B; pub struct A;"),
        ("middle/b.rs", "pub struct B(super::a::A);"),
    ];
    let circle = "a circle: src/middle/a.rs → src/middle/b.rs (`super::b::B`), \
                  src/middle/b.rs → src/middle/a.rs (`super::a::A`)";
    assert_eq!(faults_of(&two), [circle]);

    // Through the folder's door, and through a third file.
    let three = [
        ("lib.rs", "mod middle;"),
        ("middle/mod.rs", "mod a; mod b; mod c; pub use a::A; pub(crate) use {b::B, c::C};"),
        ("middle/a.rs", "use super::B; pub struct A;"),
        ("middle/b.rs", "use crate::middle::C; pub struct B;"),
        ("middle/c.rs", "pub struct C(super::A);"),
    ];
    let faults = faults_of(&three);
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(["a.rs", "b.rs", "c.rs"].iter().all(|file| faults[0].contains(file)), "{faults:?}");

    // A folder's first file that uses what is below it, and is used by it.
    let parent = [
        ("lib.rs", "mod middle;"),
        ("middle/mod.rs", "mod a; pub struct M; fn f() { a::f() }"),
        ("middle/a.rs", "use super::M;"),
    ];
    assert_eq!(faults_of(&parent).len(), 1);
}

#[test]
fn what_is_compiled_for_tests_alone_may_look_everywhere() {
    let tests = "
        #[cfg(test)] use crate::high::{High, Other};
        #[cfg(test)] mod apart;
        #[cfg(test)] #[path = \"low_tests.rs\"] mod elsewhere;
        struct S { #[cfg(test)] field: crate::high::High, other: u8 }
        #[cfg(test)] mod tests { use crate::high::High; }
        #[cfg(test)] #[allow(unused)] fn f() { crate::high::f() }";
    let lib = "mod low; mod high;";
    let apart = ("low/apart.rs", "use crate::high::High;");
    let named = ("low_tests.rs", "use crate::high::High;");
    let files = [("lib.rs", lib), ("low.rs", tests), apart, named, ("high.rs", "")];
    assert_eq!(faults_of(&files), [""; 0]);
    let after = format!("{tests} use crate::high::Last;");
    let files = [("lib.rs", lib), ("low.rs", &after), apart, named, ("high.rs", "")];
    assert_eq!(faults_of(&files).len(), 1);
}

#[test]
fn a_room_that_no_storey_names_is_told() {
    let faults = faults_of(&[("lib.rs", "mod attic;"), ("attic.rs", "")]);
    assert_eq!(faults, ["src/attic.rs: attic stands in no storey"]);
}
