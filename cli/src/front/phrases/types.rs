//! A value of one type where another is wanted.

use super::numbers;
use crate::front::case::Case;

pub fn line(case: &Case) -> Option<String> {
    if case.code_is(&["E0317"]) {
        return Some(
            "Ce « if » donne une valeur : il lui faut un « else » qui en donne une aussi.".into(),
        );
    }
    if !case.code_is(&["E0308"]) {
        return None;
    }
    let error = case.error;
    if error.says("you might have meant to compare") {
        return Some(
            "« = » donne une valeur à une variable ; deux valeurs se comparent par « == ».".into(),
        );
    }
    let Some((expected, found)) = error.types() else {
        return Some("Ce type n'est pas celui qu'il faut ici : comparez « expected » (attendu) et « found » (trouvé).".into());
    };
    let (expected, found) = (short(expected), short(found));
    if found == "()" {
        return Some(nothing(case, &expected));
    }
    if expected == "()" {
        let gives = case.error.says("return type");
        return Some(match case.function().filter(|function| gives && function.gives.is_empty()) {
            Some(function) => format!(
                "La fonction « {} » n'annonce pas de résultat, et donne « {found} » : écrivez « -> {found} » après ses \
                 paramètres, ou « ; » à la fin de la ligne si cette valeur ne sert pas.",
                function.name
            ),
            None => format!(
                "Cette valeur, « {found} », n'est pas attendue ici : finissez la ligne par « ; », ou donnez la valeur là où le \
                 bloc entier se termine."
            ),
        });
    }
    if expected == "Error" && found == "Error" {
        let proposed = error.proposed_line().map_or_else(|| "Ok(…?)".into(), str::to_owned);
        return Some(format!(
            "L'erreur de cet appel n'est pas du type que la fonction annonce : « ? » la convertit, et « Ok » rend la valeur, \
             « {proposed} »."
        ));
    }
    for special in [results, references, texts, lists] {
        if let Some(line) = special(case, &expected, &found) {
            return Some(line);
        }
    }
    if found.starts_with("(_") && expected.starts_with("Vec<") && case.line().contains(" in ") {
        return Some(
            "La boucle parcourt un « Result », dont le seul élément est la liste entière : ajoutez « ? » après l'appel, pour \
             en parcourir la liste."
                .into(),
        );
    }
    if expected == "Model" && found == "Sequential" {
        return Some(
            "Ce n'est encore que la description du réseau : terminez-la par « .compile(optimiseur, perte)? » (ou par \
             « .build()? » s'il ne doit pas apprendre)."
                .into(),
        );
    }
    if expected == "Callback" {
        return Some("Un rappel se convertit par « .into() » : « vec![arret.into()] ».".into());
    }
    if expected.starts_with("Validation") {
        return Some(
            "La validation est une part des images, « Validation::Split(0.2) », ou des images à elle, \
             « Validation::Data(&x, &y) »."
                .into(),
        );
    }
    if error.says("incorrect") && error.says("different") && error.says("reorder")
        || error.says("swap these arguments")
    {
        return Some(
            "Les arguments ne sont pas dans l'ordre : échangez-les comme rustc le propose.".into(),
        );
    }
    Some(match error.proposed_line() {
        Some(line) => {
            format!("Il faut ici « {expected} », et c'est « {found} » ; Rust propose « {line} ».")
        }
        None => format!("Il faut ici « {expected} », et c'est « {found} »."),
    })
}

/// A type without the road to its name.
fn short(name: &str) -> String {
    let mut out = String::new();
    let mut word = String::new();
    let mut chars = name.chars().peekable();
    while let Some(c) = chars.next() {
        if c == ':' && chars.peek() == Some(&':') && !word.is_empty() {
            chars.next();
            word.clear();
        } else if c.is_alphanumeric() || c == '_' {
            word.push(c);
        } else {
            out.push_str(&std::mem::take(&mut word));
            out.push(c);
        }
    }
    out + &word
}

/// Nothing where a value is wanted.
fn nothing(case: &Case, expected: &str) -> String {
    let semicolon = case.error.says("remove this semicolon");
    let looped = case.error.says("loops evaluate to unit type") && case.error.says("return type");
    let body = case.error.says("implicitly returns `()`");
    if semicolon {
        return "La dernière ligne finit par « ; », et ne donne donc rien : retirez ce « ; » pour qu'elle soit la valeur."
            .into();
    }
    if looped {
        let value = match inner(expected, "Result") {
            Some(value) if value.starts_with("()") => ", « Ok(()) »",
            Some(_) => ", « Ok(…) »",
            None if expected.starts_with("Option") => ", « None » par exemple",
            None => "",
        };
        return format!(
            "Une boucle ne donne pas de valeur : écrivez après elle celle que la fonction rend quand la boucle est finie{value}."
        );
    }
    if body && expected.starts_with("Result") {
        return "La fonction rend un « Result », et son corps ne donne rien : finissez par « Ok(valeur) » sans « ; » (ou par \
                l'appel lui-même, sans « ; » ni « ? », s'il rend déjà un « Result »)."
            .into();
    }
    if body {
        return format!(
            "La fonction doit rendre « {expected} », et son corps ne donne rien : la dernière ligne est la valeur, sans « ; »."
        );
    }
    format!(
        "Il faut ici « {expected} », et ceci ne donne aucune valeur : la dernière ligne d'un bloc, sans « ; », est sa valeur."
    )
}

/// The part between the first `<` and its end.
fn inner<'a>(name: &'a str, outer: &str) -> Option<&'a str> {
    name.strip_prefix(outer)?.strip_prefix('<')?.strip_suffix('>')
}

fn results(case: &Case, expected: &str, found: &str) -> Option<String> {
    let is = |name: &str| name.starts_with("Result");
    let marked = case.typed().trim();
    if is(expected) && !is(found) {
        return Some(if marked.ends_with('?') {
            "Il faut ici un « Result », et « ? » en a déjà pris la valeur : écrivez « Ok(…) » autour de la ligne (ou \
             retirez ce « ? » final, si l'appel rend ce même « Result »)."
                .into()
        } else {
            "Il faut ici un « Result » : entourez la valeur, « Ok(…) ».".into()
        });
    }
    if is(found) && !is(expected) {
        let asks = case.function().is_none_or(|function| function.may_ask());
        return Some(if asks {
            "C'est un « Result », qui peut être une erreur : ajoutez « ? » après l'appel pour en prendre la valeur.".into()
        } else {
            format!(
                "C'est un « Result », qui peut être une erreur : « .unwrap() » en prend la valeur, ou la fonction rend \
                 « Result<{expected}> » et « ? » suffit."
            )
        });
    }
    if expected.starts_with("Option") && !found.starts_with("Option") {
        return Some("Il faut ici une « Option » : entourez la valeur, « Some(…) ».".into());
    }
    if found.starts_with("Option") && !expected.starts_with("Option") {
        return Some(
            "C'est une « Option », qui peut être vide : prenez-en la valeur par « if let Some(x) = … », ou « .unwrap() » si \
             elle n'est jamais vide."
                .into(),
        );
    }
    None
}

fn references(case: &Case, expected: &str, found: &str) -> Option<String> {
    let marked = case.typed().trim();
    if let Some(target) = expected.strip_prefix("&mut ")
        && !found.starts_with('&')
    {
        return (target == found)
            .then(|| "Il faut ici une référence modifiable : mettez « &mut » devant.".into());
    }
    if expected.starts_with("&mut ") && found.starts_with('&') && !found.starts_with("&mut ") {
        return Some(
            "Il faut ici « &mut » et non « & » : la fonction modifie ce qu'elle reçoit.".into(),
        );
    }
    let to = expected.strip_prefix('&');
    let from = found.strip_prefix('&');
    match (to, from) {
        (Some(_), None) if case.error.says("consider borrowing here") => {
            Some("Il faut ici une référence : mettez « & » devant.".into())
        }
        (Some(to), None) if to == found => {
            Some("Il faut ici une référence : mettez « & » devant.".into())
        }
        (None, Some(from)) if from == expected => Some(if marked.starts_with('&') {
            "Il faut ici la valeur elle-même : retirez « & ».".into()
        } else if expected.chars().next().is_some_and(char::is_lowercase) {
            "C'est une référence, et il faut la valeur : mettez « * » devant.".into()
        } else {
            "C'est une référence, et il faut la valeur elle-même : donnez une copie, « .clone() »."
                .into()
        }),
        _ => None,
    }
}

fn texts(_case: &Case, expected: &str, found: &str) -> Option<String> {
    Some(
        match (expected, found) {
            ("String", "&str" | "&'static str") => "Il faut ici un « String » : ajoutez « .to_string() » au texte.",
            ("&str", "String") => "Il faut ici une référence à un texte : mettez « & » devant.",
            ("char", "&str" | "&'static str") => "Un seul caractère se met entre apostrophes, « 'a' ».",
            ("&str" | "String", "char") => "Un texte se met entre guillemets doubles, « \"a\" ».",
            ("String" | "&str", found) if !found.contains(['<', '[']) => {
                "Il faut ici un texte : mettez-le entre guillemets, ou écrivez « x.to_string() » pour un nombre."
            }
            _ => return None,
        }
        .into(),
    )
}

/// Whether the elements of both lists are numbers of Rust.
fn all_numbers(from: Option<&(char, String)>, to: Option<&(char, String)>) -> bool {
    let is_number =
        |list: Option<&(char, String)>| list.is_some_and(|(_, kind)| numbers::is_number(kind));
    is_number(from) && is_number(to)
}

fn lists(case: &Case, expected: &str, found: &str) -> Option<String> {
    let element = |name: &str| -> Option<(char, String)> {
        let name = name.trim_start_matches('&');
        if let Some(inside) = inner(name, "Vec") {
            return Some(('v', inside.to_owned()));
        }
        let inside = name.strip_prefix('[')?.strip_suffix(']')?;
        Some(match inside.split_once("; ") {
            Some((inside, _)) => ('a', inside.to_owned()),
            None => ('s', inside.to_owned()),
        })
    };
    let to = element(expected);
    let from = element(found);
    if let (Some((one, _)), Some((other, _))) = (&to, &from) {
        let refers = (expected.starts_with('&'), found.starts_with('&'));
        return Some(match (one, other, refers) {
            ('s' | 'v' | 'a', _, (true, false)) => "Il faut ici une tranche, une référence : mettez « & » devant.".into(),
            ('v', 'a' | 's', (false, _)) => "Il faut ici un « Vec » : écrivez « vec![…] », ou « .to_vec() » après une tranche.".into(),
            ('v', 'v', (false, true)) => "Il faut ici le « Vec » lui-même : retirez « & », ou donnez une copie, « .clone() ».".into(),
            ('v', 'v', (false, false)) if all_numbers(from.as_ref(), to.as_ref()) => {
                let (from, to) = (inner(found, "Vec").unwrap_or_default(), inner(expected, "Vec").unwrap_or_default());
                format!(
                    "Les éléments sont des « {from} », et il faut des « {to} » : convertissez chacun quand vous l'ajoutez, \
                     « v.push(x as {to}) », ou « .map(|x| x as {to}) »."
                )
            }
            ('a', 'a', _) if case.error.says("elements") => {
                format!("Le nombre d'éléments n'est pas le bon : il faut « {expected} », et c'est « {found} ».")
            }
            _ => format!("Il faut ici « {expected} », et c'est « {found} »."),
        });
    }
    if to.is_some()
        && case.line().contains("vec![vec![")
        && ["usize", "{integer}", "integer"].contains(&found)
    {
        return Some(
            "Entre la valeur répétée et le nombre de fois, il y a « ; » : « vec![vec![0; n]; n] »."
                .into(),
        );
    }
    if to.is_some() && found == "Tensor" || found == "&Tensor" && to.is_some() {
        return Some(
            "Il faut ici des nombres, et c'est un tenseur : « x.to_vec1::<f32>()? » en donne un « Vec » (« to_vec2 » pour \
             une matrice)."
                .into(),
        );
    }
    None
}
