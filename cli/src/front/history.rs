//! What the cells did that ended well: where a value went that is no longer there,
//! which cells make the variables again, what a check is about to judge.

use super::past::{Past, heir, words};
use super::scan;
use sha2::{Digest as _, Sha256};

/// How many cells are remembered.
const LONGEST: usize = 1000;
/// How many cells are shown with their line.
const SHOWN: usize = 12;
/// The longest line that is shown whole, in characters.
const LINE: usize = 70;

/// The cells since the kernel started.
#[derive(Default)]
pub struct History {
    /// Their code, as they ran, since the student's process started.
    ran: Vec<String>,
    /// The variables lost with their type since then.
    lost: Vec<String>,
    /// Each cell as it ran last, in the order of their first runs.
    cells: Vec<Past>,
    turn: u64,
}

impl History {
    /// A cell has ended well: Jupyter's name for it, its number and its code.
    pub fn add(&mut self, id: Option<String>, number: u64, code: &str) {
        if code.lines().any(|line| line.trim() == ":clear") {
            // evcxr forgets everything.
            *self = Self { turn: self.turn, ..Self::default() };
        }
        if self.ran.len() == LONGEST {
            self.ran.remove(0);
        }
        self.ran.push(code.to_owned());
        self.turn += 1;
        let past = Past::new(id, number, self.turn, code);
        match self.cells.iter().position(|other| other.is_again(&past)) {
            Some(at) => self.cells[at] = past,
            None if self.cells.len() == LONGEST => {}
            None => self.cells.push(past),
        }
        let code = scan::same_length(code);
        self.lost.retain(|name| !code.lines().any(|line| defines(line, name)));
    }

    /// What is said in French of evcxr's « The type of the variable s1 was redefined,
    /// so was lost. », where a text is that.
    pub fn lost(&mut self, text: &str) -> Option<String> {
        let rest = text.trim().strip_prefix("The type of the variable ")?;
        let name = rest.strip_suffix(" was redefined, so was lost.")?;
        self.lost.push(name.to_owned());
        Some(format!("{}\n", gone(name)))
    }

    /// The variables are lost.
    pub fn clear(&mut self) {
        self.ran.clear();
        self.lost.clear();
    }

    /// Whether a cell has defined a variable of this name.
    pub fn has(&self, name: &str) -> bool {
        self.ran.iter().any(|code| scan::same_length(code).lines().any(|line| defines(line, name)))
    }

    /// The French line for a name that rustc does not know (`evalue` says which)
    /// although a cell has defined it: the line that took its value.
    pub fn moved(&self, evalue: &str) -> Option<String> {
        let name = evalue.strip_prefix("cannot find value `")?.split('`').next()?;
        if self.lost.iter().any(|lost| lost == name) {
            return Some(gone(name));
        }
        let mut last = None;
        let mut defined = false;
        for code in &self.ran {
            for (at, line) in scan::same_length(code).lines().enumerate() {
                if defines(line, name) {
                    (defined, last) = (true, None);
                }
                if defined && words(line).any(|word| word == name) && !defines(line, name) {
                    last = Some((code, at));
                }
            }
        }
        let (code, at) = last?;
        if let Some(heir) = heir(code, at, name) {
            return Some(format!(
                "«\u{a0}{name}\u{a0}» a été donné à «\u{a0}{heir}\u{a0}» par une cellule précédente, et n’est plus que \
                 là\u{a0}: «\u{a0}let mut {name} = {heir};\u{a0}» le reprend tel qu’il est. Corrigez cette \
                 cellule-là ensuite («\u{a0}{name}.clone()\u{a0}» y donnerait une copie)."
            ));
        }
        let line = code.lines().nth(at).unwrap_or_default().trim();
        // `reseau.dense(…);`: what the method gives is lost, and was wanted.
        let call = line.strip_prefix(name).and_then(|rest| rest.strip_prefix('.'));
        if let Some((method, _)) = call.and_then(|rest| rest.split_once('(')) {
            return Some(format!(
                "«\u{a0}{name}\u{a0}» a été pris par «\u{a0}.{method}(…)\u{a0}» dans une cellule précédente, qui n’a pas gardé \
                 ce que cette méthode rend\u{a0}: écrivez-y «\u{a0}let {name} = {line}\u{a0}», et exécutez de nouveau la \
                 cellule qui définit «\u{a0}{name}\u{a0}», puis celle-là."
            ));
        }
        Some(format!(
            "«\u{a0}{name}\u{a0}» a été déplacé (donné) par une cellule précédente, «\u{a0}{line}\u{a0}»\u{a0}: \
             redéfinissez-le par «\u{a0}let mut {name} = …;\u{a0}», ou relancez la cellule qui le définit, puis donnez \
             une copie («\u{a0}{name}.clone()\u{a0}»)."
        ))
    }

    /// The cells that make the variables again, in an order that has worked, with the
    /// lines by which a reader knows them.
    pub fn again(&self) -> String {
        let needed: Vec<&Past> = self.cells.iter().filter(|cell| self.is_needed(cell)).collect();
        if needed.is_empty() {
            return "Aucune cellule n’avait défini de variable\u{a0}: rien d’autre n’est à relancer.".into();
        }
        let mut text =
            String::from("À relancer, dans cet ordre, pour retrouver les variables\u{a0}:");
        for cell in needed.iter().take(SHOWN) {
            let line = cell.line();
            let cut = line.char_indices().nth(LINE).map_or(line.len(), |(at, _)| at);
            let more = if cut < line.len() { " …" } else { "" };
            text += &format!("\n  [{}]  {}{more}", cell.number, &line[..cut]);
        }
        if let Some(rest) = needed.get(SHOWN..).filter(|rest| !rest.is_empty()) {
            let numbers: Vec<String> =
                rest.iter().map(|cell| format!("[{}]", cell.number)).collect();
            text += &format!("\n  puis {}", numbers.join(", "));
        }
        text
    }

    /// Whether a variable is what it was only after this cell has run again.
    fn is_needed(&self, cell: &Past) -> bool {
        let later = |name: &str| {
            self.cells.iter().any(|other| other.turn > cell.turn && other.defines(name))
        };
        let own = cell.variables.iter();
        let others = self.cells.iter().flat_map(|other| &other.variables);
        own.chain(others.filter(|variable| cell.changes(variable)))
            .any(|variable| !later(&variable.name))
    }

    /// A name for what the check in `code` is about to judge: the cells that define
    /// what it is given, and what those use. Comments and blanks do not count.
    pub fn answer(&self, code: &str) -> String {
        let mut todo: Vec<String> = words(&scan::same_length(code)).map(str::to_owned).collect();
        let mut known: Vec<String> = Vec::new();
        let mut turns = std::collections::BTreeSet::new();
        while let Some(name) = todo.pop() {
            if known.contains(&name) {
                continue;
            }
            let defining = self.cells.iter().filter(|cell| cell.defines(&name));
            let extending = self.cells.iter().filter(|cell| cell.extends(&name));
            for cell in defining.max_by_key(|cell| cell.turn).into_iter().chain(extending) {
                if turns.insert(cell.turn) {
                    todo.extend(cell.words().map(str::to_owned));
                }
            }
            known.push(name);
        }
        let mut texts: Vec<String> = self
            .cells
            .iter()
            .filter(|cell| turns.contains(&cell.turn))
            .map(|cell| plain(&cell.code))
            .collect();
        if Past::new(None, 0, 0, code).defines_any() {
            texts.push(plain(code));
        }
        texts.sort();
        let hash = texts
            .iter()
            .fold(Sha256::new(), |hash, text| hash.chain_update(text).chain_update([0]));
        hex::encode(&hash.finalize()[..12])
    }
}

/// The code without its comments, its blanks made one each.
fn plain(code: &str) -> String {
    scan::uncommented(code).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A variable of a type that was defined again after it.
fn gone(name: &str) -> String {
    format!(
        "«\u{a0}{name}\u{a0}» est perdu\u{a0}: son type a été défini de nouveau après lui. Exécutez de nouveau la \
         cellule qui contient «\u{a0}let {name} = …\u{a0}»."
    )
}

/// Whether a line gives a value to a new `name`.
fn defines(line: &str, name: &str) -> bool {
    line.match_indices("let ").any(|(at, _)| {
        let pattern = line[at + 4..].split(['=', ';']).next().unwrap_or_default();
        words(pattern).any(|word| word == name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history(cells: &[&str]) -> History {
        let mut history = History::default();
        for (number, code) in (1..).zip(cells) {
            history.add(None, number, code);
        }
        history
    }

    #[test]
    fn a_value_that_was_moved_is_told_from_one_that_never_was() {
        let evalue = "cannot find value `s` in this scope";
        let mut history = History::default();
        let add = |history: &mut History, code: &str| history.add(None, 1, code);
        add(&mut history, "let mut s = String::from(\"let t = s\");");
        assert_eq!(history.moved(evalue), None);
        add(&mut history, "1;\nlet t = s;");
        assert!(history.moved(evalue).unwrap().contains("let mut s = t;"));
        assert_eq!(history.moved("cannot find value `x` in this scope"), None);
        add(&mut history, "let s = 3;");
        assert_eq!(history.moved(evalue), None);
        add(&mut history, "drop(s)");
        assert!(history.moved(evalue).unwrap().contains("«\u{a0}drop(s)\u{a0}»"));
        assert!(history.lost("The type of the variable s was redefined, so was lost.\n").is_some());
        assert!(history.moved(evalue).unwrap().contains("est perdu"));
        add(&mut history, "let s = 1;");
        assert_eq!((history.moved(evalue), history.lost("autre")), (None, None));
        add(&mut history, "reseau.dense(3);");
        history.clear();
        assert_eq!(history.moved(evalue), None);
    }

    #[test]
    fn what_makes_the_variables_again_is_listed_in_order() {
        let mut history = history(&[
            ":dep mnist_tp = { path = \"..\" }",
            "let mnist = Mnist::load()?;",
            "fn f() -> u8 { 3 }",
            "// Le réseau\nlet mut modele = reseau()?;",
            "f()",
            "modele.fit(&x, &y, Fit::default())?;",
            "modele.summary()",
        ]);
        let listed = |history: &History| {
            let text = history.again();
            let numbers = text.lines().skip(1).filter_map(|line| line.split(['[', ']']).nth(1));
            numbers.map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(listed(&history), ["2", "4", "6"]);
        assert!(history.again().contains("  [4]  let mut modele = reseau()?;"));
        // A loss changes nothing of it until the cells have run again, and after.
        history.clear();
        assert_eq!(listed(&history), ["2", "4", "6"]);
        history.add(None, 8, "let mnist = Mnist::load()?;");
        assert_eq!(listed(&history), ["8", "4", "6"]);
        // Another text in the place of the network.
        history.add(None, 9, "let mut modele = autre()?;");
        assert_eq!(listed(&history), ["8", "9"]);
    }

    #[test]
    fn an_edited_cell_takes_its_own_place() {
        let mut history = History::default();
        history.add(Some("a".into()), 1, "let x = 1;");
        history.add(Some("b".into()), 2, "let y = x;");
        history.add(Some("a".into()), 3, "let x = 2;");
        assert!(history.again().ends_with("  [3]  let x = 2;\n  [2]  let y = x;"));
        assert!(History::default().again().contains("rien d’autre"));
        for number in 10..40 {
            history.add(None, number, &format!("let v{number} = {number};"));
        }
        assert!(history.again().contains("\n  puis [20], [21]"), "{}", history.again());
        let long = format!("let é = \"{}\";", "é".repeat(200));
        history.add(Some("a".into()), 50, &long);
        assert!(history.again().contains("é …"));
        history.add(None, 51, ":clear");
        assert!(history.again().contains("rien d’autre"));
    }

    #[test]
    fn an_answer_is_named_by_what_it_is_made_of() {
        let aide = "fn aide(x: f32) -> f32 { x }";
        let neurone = "fn neurone(x: f32) -> f32 { aide(x) }";
        let check = "check::tp1::neurone(neurone)";
        let first = history(&[aide, neurone, "let autre = 3;"]).answer(check);
        let same = |cells: &[&str]| history(cells).answer(check) == first;
        assert!(same(&[neurone, aide, "println!(\"{}\", neurone(3.0));"]));
        assert!(same(&[
            "fn neurone() {}",
            aide,
            "// Mieux\nfn neurone(x: f32)  ->  f32 { aide(x) }"
        ]));
        assert!(!same(&[aide, "fn neurone(x: f32) -> f32 { aide(x) + 1.0 }"]));
        assert!(!same(&["fn aide(x: f32) -> f32 { 2.0 * x }", neurone]), "what it calls");
        assert!(!same(&[aide, neurone, "fn neurone(x: f32) -> f32 { x }"]), "the last one counts");
        let words =
            |text: &str| history(&[&format!("let nom = \"{text}\";")]).answer("check::x(nom)");
        assert_ne!(words("a // b"), words("a // c"), "texts are no comments");
    }
}
