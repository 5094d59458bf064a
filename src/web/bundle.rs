//! The page's modules as one script.
//!
//! A page opened from the disk may not load another file, so each module becomes a
//! function that is called at once, and its exports what that function gives:
//!
//! ```js
//! const $pen = (() => { … return { SIDE, Drawing }; })();
//! ```

/// The modules, each after those that it imports.
const MODULES: [(&str, &str); 9] = [
    ("layers", include_str!("page/layers.js")),
    ("network", include_str!("page/network.js")),
    ("prepare", include_str!("page/prepare.js")),
    ("pen", include_str!("page/pen.js")),
    ("hand", include_str!("page/hand.js")),
    ("maps", include_str!("page/maps.js")),
    ("sheet", include_str!("page/sheet.js")),
    ("collection", include_str!("page/collection.js")),
    ("main", include_str!("page/main.js")),
];

/// The whole script.
pub(super) fn script() -> String {
    MODULES.iter().map(|(name, text)| wrapped(name, text)).collect()
}

fn wrapped(name: &str, text: &str) -> String {
    let mut exports = Vec::new();
    let mut body = String::new();
    for line in text.lines() {
        if let Some((names, module)) = import(line) {
            body.push_str(&format!("const {{ {names} }} = ${module};\n"));
            continue;
        }
        let own = line.strip_prefix("export ");
        exports.extend(own.and_then(declared));
        body.push_str(own.unwrap_or(line));
        body.push('\n');
    }
    format!("const ${name} = (() => {{\n{body}return {{ {} }};\n}})();\n", exports.join(", "))
}

/// `import { a, b } from "./module.js";`: the names, the module.
fn import(line: &str) -> Option<(&str, &str)> {
    let (names, rest) = line.strip_prefix("import { ")?.split_once(" } from \"./")?;
    Some((names, rest.strip_suffix(".js\";")?))
}

/// The name in `function f(…`, `class C {`, `const c = …`.
fn declared(line: &str) -> Option<&str> {
    let rest = ["function ", "class ", "const "].iter().find_map(|word| line.strip_prefix(word))?;
    rest.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$')).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_becomes_a_function() {
        let text = "import { a, b } from \"./other.js\";\nexport const C = 1;\n\
                    export function d(x) {\n  return x;\n}\n";
        let expected = "const $name = (() => {\nconst { a, b } = $other;\nconst C = 1;\n\
                        function d(x) {\n  return x;\n}\nreturn { C, d };\n})();\n";
        assert_eq!(wrapped("name", text), expected);
    }

    #[test]
    fn modules_import_those_before_them_in_lines_that_are_understood() {
        for (at, (name, text)) in MODULES.iter().enumerate() {
            for line in text.lines().filter(|line| line.starts_with("import")) {
                let (_, module) = import(line).unwrap_or_else(|| panic!("{name}.js: {line}"));
                let known = MODULES[..at].iter().any(|(earlier, _)| *earlier == module);
                assert!(known, "{name}.js imports {module}.js, which comes after it");
            }
            for line in text.lines().filter(|line| line.starts_with("export")) {
                let name = line.strip_prefix("export ").and_then(declared);
                assert!(name.is_some_and(|name| !name.is_empty()), "{line}");
            }
            // What would end the script, or ask for anything outside the page.
            for word in ["</script", "fetch(", "XMLHttpRequest", "WebSocket", "import("] {
                assert!(!text.contains(word), "{name}.js: {word}");
            }
        }
    }
}
