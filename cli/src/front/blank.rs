//! A blank that is still to be completed, shown calmly.
//!
//! JupyterLab gives an `error` a red ground, as if something had gone wrong. Who looks
//! at cells, which a client's names for them tell (JupyterLab, VS Code), gets a panel
//! like that of the checks in its place. What runs notebooks (nbconvert, nbgrader) names
//! no cell and gets the `error`: it reads nothing else.
//!
//! The reply is an error for all of them, so that the cell does not count as done and
//! "run all" stops there. What follows mostly wants what the blank would have given:
//! run all the same, it would answer with red errors about names that do not exist.

use super::cell::Cell;
use super::failure::Failure;
use super::relay::Relay;
use super::wire::{Message, Parent};
use crate::files::escape;
use crate::protocol::{self, BLANK, FRAME, PENCIL, TO_COMPLETE};
use anyhow::Result;
use serde_json::{Value, json};

/// Text and ground are the page's; this grey stands out from it, light or dark.
const EDGE: &str = "border-color:#80868d";

impl Relay {
    /// Shows why a cell failed. `stops` is [`Cell::stops`].
    pub(super) async fn show(
        &mut self,
        failure: &Failure,
        parent: &Parent,
        stops: Option<bool>,
    ) -> Result<()> {
        let message = match stops.filter(|_| failure.ename == BLANK) {
            Some(stops) => {
                let behind = self.waiting.iter().filter(|_| stops);
                let behind = behind.filter(|other| other.kind() == "execute_request").count();
                let content = panel(&failure.evalue, behind);
                self.message("display_data", &content, parent, &[])?
            }
            None => Message::new(failure.output(), parent, &self.key)?,
        };
        self.publish(message).await
    }
}

impl Cell {
    /// Where its client knows it by a name, whether its failure stops those behind it.
    pub(super) fn stops(&self) -> Option<bool> {
        self.id.is_some().then_some(self.stop_on_error)
    }
}

/// The content of a `display_data` that says so, with `behind` cells that waited.
fn panel(said: &str, behind: usize) -> Value {
    let stopped = match behind {
        0 => String::new(),
        1 => "La cellule suivante n’a pas été exécutée.".into(),
        n => format!("Les {n} cellules suivantes n’ont pas été exécutées."),
    };
    let mut characters = said.chars();
    let first = characters.next().into_iter().flat_map(char::to_uppercase);
    let said = format!("{}.", first.chain(characters).collect::<String>());
    let html = escape(&said).replace("«\u{a0}", "<code>").replace("\u{a0}»", "</code>");
    let more = if behind == 0 { String::new() } else { format!("<br>{stopped}") };
    let pencil = protocol::icon(TO_COMPLETE, PENCIL, "fill=\"currentColor\"");
    let html = format!(
        "<div lang=\"fr\" style=\"{FRAME};{EDGE}\">{pencil} <b>À compléter</b><br>{html}{more}</div>"
    );
    let plain = format!("À compléter\u{a0}: {said} {stopped}");
    json!({
        "data": { "text/html": html, "text/plain": plain.trim_end() },
        "metadata": {},
        "transient": {},
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panel_says_what_is_to_be_done_and_what_was_not() {
        let said = Failure::from_panic("not yet implemented", None).evalue;
        let shown = |behind: usize| {
            let data = panel(&said, behind)["data"].clone();
            (data["text/html"].as_str().unwrap().to_owned(), data["text/plain"].clone())
        };
        let (html, plain) = shown(0);
        assert!(html.contains("Cette cellule contient un trou"), "{html}");
        assert!(html.contains("<code>todo!(…)</code> par votre code.</div>"), "{html}");
        assert!(plain.as_str().unwrap().ends_with("par votre code."), "{plain}");
        assert!(shown(1).0.contains("La cellule suivante n’a pas"));
        assert!(
            shown(12)
                .1
                .as_str()
                .unwrap()
                .ends_with("Les 12 cellules suivantes n’ont pas été exécutées.")
        );
        let forged = panel("un trou (<b>x</b>)", 0)["data"]["text/html"].clone();
        assert!(forged.as_str().unwrap().contains("(&lt;b&gt;x&lt;/b&gt;)"), "{forged}");
    }
}
