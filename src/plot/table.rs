//! Tables: headers and rows, as HTML in the colours of the page's theme and as
//! aligned text elsewhere.

use std::fmt;

use crate::display::{Bundle, display, escape};
use crate::eval::{ClassificationReport, Scores};
use crate::french::{self, typography};

/// A table that a cell shows.
///
/// ```
/// use mnist_tp::prelude::*;
/// let table = Table::new("Comparaison", &["réseau", "précision"])
///     .row(&["dense", "0,9803"])
///     .row(&["CNN", "0,9912"]);
/// assert!(format!("{table:?}").contains("0,9912"));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Table {
    title: String,
    headers: Vec<String>,
    rows: Vec<Vec<String>>,
    last_rows: usize,
}

impl Table {
    /// A table without rows. The title may be empty.
    pub fn new<S: ToString>(title: &str, headers: &[S]) -> Self {
        Self {
            title: typography(title),
            headers: headers.iter().map(|h| h.to_string()).collect(),
            rows: Vec::new(),
            last_rows: 0,
        }
    }

    /// Adds a row, its numbers written as French does; cells beyond the headers are dropped, missing ones stay empty.
    #[must_use]
    pub fn row<S: ToString>(mut self, cells: &[S]) -> Self {
        self.push(cells);
        self
    }

    /// Adds a row in place, for loops.
    pub fn push<S: ToString>(&mut self, cells: &[S]) {
        self.push_row(cells.iter().map(ToString::to_string).collect());
    }

    fn push_row(&mut self, cells: Vec<String>) {
        let mut row: Vec<String> = cells.iter().map(|cell| french::cell(cell)).collect();
        row.resize(self.headers.len(), String::new());
        self.rows.push(row);
    }

    /// Sets the last `rows` rows apart by a line: totals and averages.
    #[must_use]
    pub fn totals(mut self, rows: usize) -> Self {
        self.last_rows = rows;
        self
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Whether column `i` holds numbers only, which stand to the right.
    fn is_numeric(&self, i: usize) -> bool {
        let number = |cell: &String| {
            cell.chars().next().is_none_or(|c| c.is_ascii_digit() || "−-+<>≈".contains(c))
        };
        i > 0 && self.rows.iter().all(|row| number(&row[i]))
    }

    /// The table as a fragment of HTML.
    pub fn html(&self) -> String {
        let align = |i: usize| {
            let side = if self.is_numeric(i) { "right" } else { "left" };
            format!("text-align:{side};padding:0.25em 0.8em")
        };
        let mut html = String::from(
            "<table style=\"border-collapse:collapse;font-variant-numeric:tabular-nums\">",
        );
        if !self.title.is_empty() {
            let style = "caption-side:top;text-align:left;font-weight:bold;color:inherit;padding:0.3em 0.8em";
            html.push_str(&format!("<caption style=\"{style}\">{}</caption>", escape(&self.title)));
        }
        html.push_str("<thead><tr>");
        for (i, header) in self.headers.iter().enumerate() {
            let style = format!("{};border-bottom:1px solid currentColor", align(i));
            html.push_str(&format!("<th scope=\"col\" style=\"{style}\">{}</th>", escape(header)));
        }
        html.push_str("</tr></thead><tbody>");
        let first_total = self.rows.len().saturating_sub(self.last_rows);
        for (r, row) in self.rows.iter().enumerate() {
            html.push_str("<tr>");
            for (i, cell) in row.iter().enumerate() {
                let line = self.last_rows > 0 && r == first_total;
                let line = if line { ";border-top:1px solid currentColor" } else { "" };
                let (open, close) = if i == 0 { ("th scope=\"row\"", "th") } else { ("td", "td") };
                html.push_str(&format!(
                    "<{open} style=\"{}{line}\">{}</{close}>",
                    align(i),
                    escape(cell)
                ));
            }
            html.push_str("</tr>");
        }
        html.push_str("</tbody></table>");
        html
    }

    /// The table as HTML with its plain form.
    pub fn bundle(&self) -> Bundle {
        Bundle::html(self.html(), format!("{self:?}"))
    }

    /// Shows the table below the cell (evcxr calls it on the last expression).
    pub fn evcxr_display(&self) {
        display(&self.bundle());
    }
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = |i: usize| {
            let column = self.rows.iter().map(|row| &row[i]).chain([&self.headers[i]]);
            column.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..self.headers.len()).map(width).collect();
        let line = |cells: &[String]| {
            let cells: Vec<String> = cells
                .iter()
                .enumerate()
                .map(|(i, cell)| {
                    let w = widths[i];
                    if self.is_numeric(i) { format!("{cell:>w$}") } else { format!("{cell:<w$}") }
                })
                .collect();
            cells.join("  ").trim_end().to_string()
        };
        let rule = "─".repeat(widths.iter().sum::<usize>() + 2 * widths.len().saturating_sub(1));
        if !self.title.is_empty() {
            writeln!(f, "{}", self.title)?;
        }
        write!(f, "{}\n{rule}", line(&self.headers))?;
        let first_total = self.rows.len().saturating_sub(self.last_rows);
        for (r, row) in self.rows.iter().enumerate() {
            if self.last_rows > 0 && r == first_total {
                write!(f, "\n{rule}")?;
            }
            write!(f, "\n{}", line(row))?;
        }
        Ok(())
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl ClassificationReport {
    /// The report as a table.
    pub fn table(&self) -> Table {
        let headers = ["classe", "précision", "rappel", "F1", "effectif"];
        let cells = |name: &str, s: &Scores| {
            let share = |v| french::number(v, 4);
            let support = french::count(s.support);
            [name.to_string(), share(s.precision), share(s.recall), share(s.f1), support]
        };
        let mut table = Table::new("Rapport de classification", &headers);
        for (class, scores) in &self.classes {
            table.push(&cells(&class.to_string(), scores));
        }
        let (all, accuracy) =
            (french::count(self.macro_average.support), french::number(self.accuracy, 4));
        table.push(&["taux de réussite", "", "", &accuracy, &all]);
        table.push(&cells("moyenne simple", &self.macro_average));
        table.push(&cells("moyenne pondérée", &self.weighted_average));
        table.totals(3)
    }

    /// Shows the report below the cell (evcxr calls it on the last expression).
    pub fn evcxr_display(&self) {
        self.table().evcxr_display();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_columns_line_up() {
        let table = Table::new("Essai", &["nom", "valeur"])
            .row(&["un", "1,5"])
            .row(&["deux", "10,25"])
            .row(&["somme", "11,75"])
            .totals(1);
        let expected = "Essai\nnom    valeur\n─────────────\nun        1,5\ndeux    10,25\n─────────────\nsomme   11,75";
        assert_eq!(format!("{table:?}"), expected);
    }

    #[test]
    fn html_is_escaped_and_rows_have_all_their_cells() {
        let table = Table::new("", &["<a>", "b"]).row(&["&"]).row(&["x", "y", "z"]);
        let html = table.html();
        assert!(html.contains("&lt;a&gt;") && html.contains("&amp;") && !html.contains("<a>"));
        assert_eq!(html.matches("<td").count(), 2);
        assert!(!html.contains(">z<"));
    }
}
