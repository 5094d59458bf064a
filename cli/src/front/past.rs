//! What a cell leaves behind: the names it defines, the variables it changes.

use super::scan;

/// Methods that leave their variable as it was.
const READING: [&str; 24] = [
    "summary",
    "drawing",
    "plot",
    "table",
    "evaluate",
    "predict",
    "predict_classes",
    "forward",
    "state",
    "initial_state",
    "save",
    "layer",
    "layers",
    "name",
    "classes",
    "dims",
    "len",
    "is_empty",
    "iter",
    "clone",
    "get",
    "first",
    "last",
    "to_vec",
];
/// What begins an item, which evcxr keeps whatever becomes of the variables.
const ITEMS: [&str; 9] =
    ["fn", "struct", "enum", "const", "static", "type", "trait", "union", "macro_rules!"];

/// A cell that ended well, read once.
pub struct Past {
    /// Jupyter's name for the cell, where the client tells it.
    id: Option<String>,
    /// The number in front of it, `[3]`.
    pub number: u64,
    /// The rank of its run.
    pub turn: u64,
    pub code: String,
    /// The code without its comments and texts.
    bare: String,
    /// The variables that it defines.
    pub variables: Vec<Variable>,
    /// The functions, types and constants that it defines.
    items: Vec<String>,
    /// The types that it gives methods to.
    extended: Vec<String>,
}

/// A variable that a cell defines.
pub struct Variable {
    pub name: String,
    mutable: bool,
}

impl Past {
    pub fn new(id: Option<String>, number: u64, turn: u64, code: &str) -> Self {
        let bare = scan::same_length(code);
        let (mut variables, mut items, mut extended) = (Vec::new(), Vec::new(), Vec::new());
        let mut before = "";
        for (word, rest) in top_words(&bare) {
            if word == "let" && !["if", "while"].contains(&before) {
                variables.extend(bound(rest));
            } else if ITEMS.contains(&word) {
                items.extend(words(rest).next().map(str::to_owned));
            } else if word == "impl" {
                let head = rest.split('{').next().unwrap_or_default();
                extended.extend(words(head).map(str::to_owned));
            }
            before = word;
        }
        Self { id, number, turn, code: code.to_owned(), bare, variables, items, extended }
    }

    /// Whether this is a run of the same cell, edited or not.
    pub fn is_again(&self, other: &Self) -> bool {
        match (&self.id, &other.id) {
            (Some(a), Some(b)) => a == b,
            _ => self.code.trim() == other.code.trim(),
        }
    }

    /// Whether it gives `name` a meaning that takes the place of any other.
    pub fn defines(&self, name: &str) -> bool {
        self.items.iter().any(|item| item == name)
            || self.variables.iter().any(|variable| variable.name == name)
    }

    /// Whether it gives the type `name` methods.
    pub fn extends(&self, name: &str) -> bool {
        self.extended.iter().any(|other| other == name)
    }

    pub fn defines_any(&self) -> bool {
        !(self.items.is_empty() && self.variables.is_empty() && self.extended.is_empty())
    }

    /// Whether it may change this variable.
    pub fn changes(&self, variable: &Variable) -> bool {
        variable.mutable && changes(&self.bare, &variable.name)
    }

    /// The words of its code.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        words(&self.bare)
    }

    /// The line by which a reader knows the cell: the first that defines a variable,
    /// else the first line of code.
    pub fn line(&self) -> &str {
        let pairs = || self.bare.lines().zip(self.code.lines());
        let defining = pairs().find(|(bare, _)| bare.starts_with("let "));
        let first = || pairs().find(|(bare, _)| !bare.trim().is_empty());
        defining.or_else(first).map_or("", |(_, shown)| shown.trim())
    }
}

/// The variable that has taken the value of `name` in this line of a cell, whole and as
/// it is: by `let t = name;`, or at the end of a block, `let t = { …`.
pub fn heir(code: &str, line: usize, name: &str) -> Option<String> {
    let bare = scan::same_length(code);
    let lines: Vec<&str> = bare.lines().map(str::trim_end).collect();
    let defining = if lines.get(line)?.trim() == name {
        let block = lines[..line].iter().rposition(|line| line.starts_with("let "))?;
        let whole =
            lines[block].ends_with('{') && lines.get(line + 1).is_some_and(|end| *end == "};");
        lines.get(block).filter(|_| whole)?
    } else {
        let (_, given) = lines[line].split_once('=')?;
        lines.get(line).filter(|_| given.trim() == format!("{name};"))?
    };
    let bound = bound(defining.trim_start().strip_prefix("let ")?);
    bound.into_iter().next().map(|variable| variable.name)
}

/// The words of a text, which a letter, a digit or `_` makes.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !is_word(c)).filter(|word| !word.is_empty())
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The words outside of all brackets, with what follows each; `macro_rules!` is one.
fn top_words(bare: &str) -> Vec<(&str, &str)> {
    let (mut found, mut depth, mut start) = (Vec::new(), 0_i32, None);
    for (at, c) in bare.char_indices().chain([(bare.len(), ' ')]) {
        if is_word(c) || (c == '!' && start.is_some_and(|start| &bare[start..at] == "macro_rules"))
        {
            start = start.or(Some(at));
            continue;
        }
        if let Some(start) = start.take().filter(|_| depth == 0) {
            found.push((&bare[start..at], &bare[at..]));
        }
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
    }
    found
}

/// The variables of the pattern that follows `let`.
fn bound(rest: &str) -> Vec<Variable> {
    let pattern = rest.split(['=', ';']).next().unwrap_or_default();
    // A type follows a colon that stands alone.
    let end = pattern.replace("::", "__").find(':').unwrap_or(pattern.len());
    let mut mutable = false;
    let mut found = Vec::new();
    for word in words(&pattern[..end]) {
        match word {
            "mut" => mutable = true,
            "ref" | "_" => {}
            name => found
                .push(Variable { name: name.to_owned(), mutable: std::mem::take(&mut mutable) }),
        }
    }
    found
}

/// Whether the code assigns to `name`, lends it to be changed, or calls a method of
/// it that may.
fn changes(bare: &str, name: &str) -> bool {
    bare.match_indices(name).any(|(at, _)| {
        let (before, after) = (&bare[..at], bare[at + name.len()..].trim_start());
        if before.ends_with(|c: char| is_word(c) || c == '.') || after.starts_with(is_word) {
            return false;
        }
        if before.trim_end().ends_with("&mut") {
            return true;
        }
        let after = match after.strip_prefix('[') {
            Some(index) => index.split_once(']').map_or("", |(_, rest)| rest).trim_start(),
            None => after,
        };
        if let Some(call) = after.strip_prefix('.') {
            let end = call.find(|c| !is_word(c)).unwrap_or(call.len());
            let (method, rest) = call.split_at(end);
            return rest.starts_with('(') && !READING.contains(&method) || assigns(rest);
        }
        assigns(after)
            && !before.trim_end().ends_with("let")
            && !before.trim_end().ends_with("let mut")
    })
}

/// Whether a text begins with `=`, `+=` and the like.
fn assigns(text: &str) -> bool {
    let text = text.trim_start();
    let text = text.strip_prefix(['+', '-', '*', '/', '%']).unwrap_or(text);
    text.starts_with('=') && !text.starts_with("==") && !text.starts_with("=>")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn past(code: &str) -> Past {
        Past::new(None, 1, 1, code)
    }

    fn names(code: &str) -> Vec<String> {
        past(code).variables.into_iter().map(|variable| variable.name).collect()
    }

    #[test]
    fn variables_are_those_of_the_cell_itself() {
        assert_eq!(names("let x: Vec<f32> = vec![1.0];"), ["x"]);
        assert_eq!(names("let (a, mut b): (u8, u8) = (1, 2); let c = 3;"), ["a", "b", "c"]);
        assert_eq!(names("let r: usize = { let dedans = 1; dedans };"), ["r"]);
        assert_eq!(
            names("fn f() { let x = 1; }\n// let y = 2;\nprintln!(\"let z = 3;\");"),
            [""; 0]
        );
        assert_eq!(names("if let Some(x) = f() { g(x) }"), [""; 0]);
        assert_eq!(names("let Point { x, .. } = p; let _ = 3;"), ["Point", "x"]);
        assert_eq!(names("let é_1 = std::f32::consts::PI;"), ["é_1"]);
    }

    #[test]
    fn items_are_told_from_variables() {
        let cell =
            past("fn f(x: f32) -> f32 { x }\nstruct P;\nimpl P { fn g() {} }\nconst N: u8 = 1;");
        assert!(["f", "P", "N"].iter().all(|name| cell.defines(name)));
        assert!(!cell.defines("g") && cell.extends("P") && cell.variables.is_empty());
        assert!(!past("f(1.0)").defines_any());
        assert!(past("macro_rules! carre { ($x:expr) => { $x * $x } }").defines("carre"));
    }

    #[test]
    fn what_changes_a_variable_is_told_from_what_reads_it() {
        let v = past("let mut v = vec![1]; let w = 2;");
        for code in [
            "v.push(1);",
            "v = vec![];",
            "v += 1;",
            "f(&mut v)",
            "for i in 0..3 { v[i] = 2; }",
            "v.x = 1",
        ] {
            assert!(v.variables.iter().any(|variable| past(code).changes(variable)), "{code}");
        }
        for code in [
            "v.len()",
            "v == w",
            "w.push(1)",
            "uv.push(1)",
            "o.v.push(1)",
            "println!(\"v = 1\")",
            "v",
        ] {
            assert!(!v.variables.iter().any(|variable| past(code).changes(variable)), "{code}");
        }
    }

    #[test]
    fn a_value_that_was_given_whole_is_found_again() {
        let heir = |code: &str, line| heir(code, line, "modele");
        let block = "let chemin = \"a\";\nlet modele_lu: Model = {\n    modele.save(&chemin)?;\n    modele\n};";
        assert_eq!(heir(block, 3).as_deref(), Some("modele_lu"));
        assert_eq!(heir("let autre = modele;", 0).as_deref(), Some("autre"));
        assert_eq!(heir(block, 2), None);
        for code in [
            "drop(modele);",
            "let n = taille(modele);",
            "let f = {\n    modele\n}.nom();",
            "modele",
        ] {
            assert_eq!(heir(code, code.lines().count() / 2), None, "{code}");
        }
    }

    #[test]
    fn a_cell_is_known_by_the_line_that_defines() {
        assert_eq!(past("// Début\nprintln!();\nlet x = 1;").line(), "let x = 1;");
        assert_eq!(past("// Début\n\n  v.push(1);").line(), "v.push(1);");
    }
}
