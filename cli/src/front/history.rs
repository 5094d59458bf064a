//! What the cells did that ended well: where a value went that is no longer there.

use super::scan;

/// How many cells are remembered.
const LONGEST: usize = 1000;

/// The code of the cells since the student's process started.
#[derive(Default)]
pub struct History(Vec<String>);

impl History {
    /// A cell has ended well.
    pub fn add(&mut self, code: &str) {
        if self.0.len() == LONGEST {
            self.0.remove(0);
        }
        self.0.push(code.to_owned());
    }

    /// The variables are lost.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// The French line for a name that rustc does not know (`evalue` says which)
    /// although a cell has defined it: the line that took its value.
    pub fn moved(&self, evalue: &str) -> Option<String> {
        let name = evalue.strip_prefix("cannot find value `")?.split('`').next()?;
        let mut last = None;
        let mut defined = false;
        for code in &self.0 {
            for (line, shown) in scan::same_length(code).lines().zip(code.lines()) {
                if defines(line, name) {
                    (defined, last) = (true, None);
                } else if defined && words(line).any(|word| word == name) {
                    last = Some(shown.trim());
                }
            }
        }
        let line = last?;
        Some(format!(
            "«\u{a0}{name}\u{a0}» a été déplacé (donné) par une cellule précédente, «\u{a0}{line}\u{a0}»\u{a0}: \
             redéfinissez-le par «\u{a0}let mut {name} = …;\u{a0}», ou relancez la cellule qui le définit, puis donnez \
             une copie («\u{a0}{name}.clone()\u{a0}»)."
        ))
    }
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty())
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

    #[test]
    fn a_value_that_was_moved_is_told_from_one_that_never_was() {
        let evalue = "cannot find value `s` in this scope";
        let mut history = History::default();
        history.add("let mut s = String::from(\"let t = s\");");
        assert_eq!(history.moved(evalue), None);
        history.add("1;\nlet t = s;");
        assert!(history.moved(evalue).unwrap().contains("let t = s;"));
        assert_eq!(history.moved("cannot find value `x` in this scope"), None);
        history.add("let s = 3;");
        assert_eq!(history.moved(evalue), None);
        history.add("drop(s)");
        assert!(history.moved(evalue).is_some());
        history.clear();
        assert_eq!(history.moved(evalue), None);
    }
}
