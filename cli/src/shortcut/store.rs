//! evcxr's store of variables, as the library has it compiled.
//!
//! evcxr puts the store's source into each cell, and rustc compiles its hash table anew
//! each time. A cell that may name the library calls the library's functions instead,
//! which work on the same table (`src/notebook/variables.rs`).

/// How evcxr's module begins, and what follows it.
const BEGIN: &str = "mod evcxr_internal_runtime {";
const END: &str = "#[unsafe(no_mangle)]";
/// Where the library has them.
pub const FUNCTIONS: &str = "::mnist_tp::notebook::variables";

/// What evcxr does with the table, and which function does the same.
const CALLS: [(&str, &str); 4] = [
    (
        "self.variables.insert(name.to_owned(), Box::new(value))",
        "put(&mut self.variables, name, Box::new(value))",
    ),
    ("self.variables.get(name)", "get(&self.variables, name)"),
    ("self.variables.remove(name)", "take(&mut self.variables, name)"),
    ("Box::into_raw(Box::new(VariableStore::new()))", "store().cast()"),
];

/// The same cell with the library's functions, on as many lines; none where evcxr's module
/// is not the known one.
pub fn lent(source: &str) -> Option<String> {
    let begin = source.find(BEGIN)?;
    let end = begin + source[begin..].find(END)?;
    let mut module = source[begin..end].to_owned();
    for (call, function) in CALLS {
        if module.matches(call).count() != 1 {
            return None;
        }
        module = module.replace(call, &format!("{FUNCTIONS}::{function}"));
    }
    Some([&source[..begin], &module, &source[end..]].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(take: &str) -> String {
        format!(
            "use x;\n{BEGIN}\nfn put() {{ self.variables.insert(name.to_owned(), Box::new(value)); }}\n\
             fn check() {{ if let Some(v) = self.variables.get(name)\n && v.is() {{}} }}\n\
             fn take() {{ match {take} {{}} }}\n\
             fn create() {{ Box::into_raw(Box::new(VariableStore::new())) }}\n}}\n\
             {END}\nfn run() {{ self.variables.get(name) }}\n"
        )
    }

    #[test]
    fn the_table_of_the_known_module_is_the_library_s() {
        let source = cell("self.variables.remove(name)");
        let lent = lent(&source).unwrap();
        assert_eq!(lent.matches(FUNCTIONS).count(), CALLS.len(), "{lent}");
        assert_eq!(lent.lines().count(), source.lines().count());
        assert!(lent.ends_with("fn run() { self.variables.get(name) }\n"), "what is not evcxr's");
    }

    #[test]
    fn any_other_module_is_left_alone() {
        assert_eq!(lent(&cell("self.variables.remove_entry(name)")), None);
        assert_eq!(lent(&cell("self.variables.remove(name) self.variables.remove(name)")), None);
        assert_eq!(lent("fn run() {}"), None);
    }
}
