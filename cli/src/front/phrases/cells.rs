//! What only a notebook has: variables that go from cell to cell, cells run again.

use super::entry::{Entry, entry};

pub const ENTRIES: &[Entry] = &[
    entry(
        "",
        &["is a closure, which cannot be persisted"],
        "Une cellule ne garde pas de fermeture (« |x| … ») : écrivez une fonction, « fn {}(…) … », ou mettez \
         toute la cellule entre accolades, « { … } ».",
    ),
    entry(
        "",
        &["reference with a non-static lifetime"],
        "Une cellule ne garde pas d’emprunt : dans « {} », gardez une copie (« .to_vec() », « .to_string() » ou \
         « .clone() »), ou mettez toute la cellule entre accolades, « { … } ».",
    ),
    entry(
        "",
        &["borrowed data escapes"],
        "Une cellule ne garde ni fermeture (« |x| … ») ni emprunt (« & ») : écrivez une fonction, « fn f(…) … », \
         gardez une copie (« .to_vec() », « .to_string() »), ou mettez toute la cellule entre accolades.",
    ),
    entry(
        "",
        &["which cannot be persisted"],
        "La variable « {} » ne peut pas être gardée d’une cellule à l’autre : donnez-lui une valeur qui possède \
         ce qu’elle contient, ou mettez toute la cellule entre accolades, « { … } ».",
    ),
    entry(
        "",
        &["cannot find", "<end of input>"],
        "La ligne n’est pas finie : il manque la suite, après le dernier signe.",
    ),
    entry(
        "E0592",
        &["duplicate definitions"],
        "La fonction « {} » existe déjà pour ce type : une cellule « impl » ne s’exécute qu’une fois. Redémarrez \
         le noyau, et mettez le « struct » et son « impl » dans une même cellule : ensemble, ils se remplacent.",
    ),
    entry(
        "E0119",
        &["conflicting implementations"],
        "Ce trait est déjà implémenté pour ce type : une cellule « impl » ne s’exécute qu’une fois. Redémarrez le \
         noyau, et mettez le « struct » et son « impl » dans une même cellule : ensemble, ils se remplacent.",
    ),
];
