//! Where a line of the code that evcxr compiles stands in the cell.
//!
//! evcxr copies the student's lines between its own, one statement after the other
//! and functions before them, beside those of earlier cells. A line that occurs
//! several times is told by its neighbours.

/// The lines of both.
pub struct Map<'a> {
    generated: Vec<&'a str>,
    cell: Vec<&'a str>,
}

impl<'a> Map<'a> {
    pub fn new(generated: &'a str, cell: &'a str) -> Self {
        Self { generated: generated.lines().collect(), cell: cell.lines().collect() }
    }

    /// The cell's lines.
    pub fn cell(&self) -> &[&'a str] {
        &self.cell
    }

    /// The cell's line for a line of the generated code (counted from 1, with that
    /// `text`), and how many characters further right its text begins there.
    pub fn find(&self, line: usize, text: &str) -> Option<(usize, isize)> {
        let wanted = text.trim();
        if wanted.is_empty() {
            return None;
        }
        let line = line.checked_sub(1)?;
        // The file may be that of another attempt, a few lines longer.
        let line = if self.generated.get(line).is_some_and(|other| other.trim() == wanted) {
            Some(line)
        } else {
            let same = |&at: &usize| self.generated[at].trim() == wanted;
            (0..self.generated.len()).filter(same).min_by_key(|at| at.abs_diff(line))
        };
        let places = self
            .cell
            .iter()
            .enumerate()
            .flat_map(|(at, text)| text.match_indices(wanted).map(move |(byte, _)| (at, byte)));
        let scored = places.map(|(at, byte)| {
            let beside = line.map_or(0, |line| self.beside(line, at, byte, wanted));
            let lines = line.map_or(0, |line| self.before(line, at) + self.after(line, at));
            (beside + lines, self.cell[at].trim() == wanted, at, byte)
        });
        // The first of equals.
        let (neighbours, whole, at, byte) = scored.max_by_key(|&(score, whole, at, byte)| {
            (score, whole, std::cmp::Reverse((at, byte)))
        })?;
        let letters = wanted.chars().filter(|c| c.is_alphanumeric()).count();
        let tells = letters > 2 || (whole && letters > 0);
        if !tells && neighbours == 0 && self.cell.len() > 1 {
            return None;
        }
        let there = chars(self.cell[at], byte);
        Some((at, there - chars(text, text.find(wanted)?)))
    }

    /// How many of the generated lines beside it stand beside it in the cell's line:
    /// evcxr gives each statement a line of its own.
    fn beside(&self, generated: usize, cell: usize, byte: usize, wanted: &str) -> usize {
        let line =
            |at: Option<usize>| at.and_then(|at| self.generated.get(at)).map(|line| line.trim());
        let (before, after) = (&self.cell[cell][..byte], &self.cell[cell][byte + wanted.len()..]);
        let ends = |text: &&str| !text.is_empty() && before.trim_end().ends_with(text);
        let begins = |text: &&str| !text.is_empty() && after.trim_start().starts_with(text);
        usize::from(line(generated.checked_sub(1)).filter(ends).is_some())
            + usize::from(line(generated.checked_add(1)).filter(begins).is_some())
    }

    /// How many lines before these two are the same.
    fn before(&self, generated: usize, cell: usize) -> usize {
        let pairs = self.generated[..generated].iter().rev().zip(self.cell[..cell].iter().rev());
        pairs.take_while(|(one, other)| one.trim() == other.trim()).count()
    }

    fn after(&self, generated: usize, cell: usize) -> usize {
        let pairs = self.generated[generated + 1..].iter().zip(&self.cell[cell + 1..]);
        pairs.take_while(|(one, other)| one.trim() == other.trim()).count()
    }
}

/// How many characters stand before a byte.
fn chars(text: &str, byte: usize) -> isize {
    isize::try_from(text[..byte].chars().count()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_told_by_its_neighbours() {
        let generated = "fn f() {\n    let s = 1;\n}\nfn g() {\n    let s = 1;\n    s\n}\nlet a = 2;\nlet b = 3;\n}";
        let cell = "let a = 2; let b = 3;\nfn h() {\n    let s = 1;\n}\nfn g() {\n    let s = 1;\n    s\n}";
        let map = Map::new(generated, cell);
        assert_eq!(map.find(5, "    let s = 1;"), Some((5, 0)));
        assert_eq!(map.find(9, "let b = 3;"), Some((0, 11)));
        // Of evcxr's own.
        assert_eq!(map.find(10, "}"), None);
        assert_eq!(map.find(3, "let zz = 1;"), None);
    }

    #[test]
    fn columns_are_characters() {
        let map = Map::new("x\nlet é = f(à);", "// é\nlet ô = 1; let é = f(à);");
        assert_eq!(map.find(2, "let é = f(à);"), Some((1, 11)));
    }
}
