//! What a type cannot do.

use crate::front::case::Case;

pub fn line(case: &Case) -> Option<String> {
    let error = case.error;
    let message = error.message.as_str();
    let said = |part: &str| error.says(part);
    let name = case.name();
    match error.code.as_str() {
        "E0282" | "E0283" | "E0284" | "E0790" => return Some(guess(case)),
        "E0369" | "E0368" => return Some(operator(case)),
        "E0600" => return Some("Cet opérateur n'existe pas pour ce type.".into()),
        "E0604" | "E0605" | "E0606" | "E0607" => return Some(cast(case)),
        "E0277" => {}
        _ => return None,
    }
    if message.starts_with("the `?` operator can only be applied") {
        return Some(
            "« ? » ne s'emploie que sur un « Result » ou une « Option » : cette valeur n'en est pas une, retirez-le.".into(),
        );
    }
    if message.starts_with("the `?` operator can only be used on `Result`s, not `Option`s") {
        return Some(
            "« ? » ne s'emploie pas ici sur une « Option » (« Some » ou « None ») : écrivez « if let Some(x) = … { … } », ou \
             « .expect(\"…\") »."
                .into(),
        );
    }
    if message.starts_with("the `?` operator can only be used on `Option`s") {
        return Some(
            "Cette fonction rend une « Option » : « ? » ne s'y emploie pas sur un « Result » ; ajoutez « .ok() » avant « ? »."
                .into(),
        );
    }
    if message.starts_with("the `?` operator can only be used in") {
        return Some(match case.function() {
            Some(function) => format!(
                "« ? » demande que la fonction rende un « Result » : écrivez « fn {}(…) -> Result<…> » et finissez par \
                 « Ok(…) » ; ou prenez la valeur par « .unwrap() » si l'énoncé fixe la signature.",
                function.name
            ),
            None => "« ? » demande que la fonction (ou la fermeture) rende un « Result » ; ou prenez la valeur par \
                     « .unwrap() »."
                .into(),
        });
    }
    if message.starts_with("`?` couldn't convert the error") {
        return Some(
            "L'erreur rendue par « ? » n'est pas du type que la fonction annonce : prenez la valeur par « .unwrap() », ou \
             convertissez l'erreur par « .map_err(…) »."
                .into(),
        );
    }
    if message.starts_with("the type `str` cannot be indexed")
        || message.starts_with("the type `String`")
    {
        return Some("Un texte ne s'indexe pas : « s.chars().nth(i) » en donne un caractère (une « Option »).".into());
    }
    let index = case.last_name();
    if message.contains("cannot be indexed by")
        && index.starts_with('&') | index.contains("f32") | index.contains("f64")
    {
        return Some(
            "Dans « for x in v », « x » est déjà l'élément, et non son indice : employez-le tel quel (« *x » pour sa valeur), \
             ou parcourez les indices, « for i in 0..v.len() »."
                .into(),
        );
    }
    if message.contains("cannot be indexed by") || said("slice indices are of type") {
        return Some("Un indice est un « usize » : écrivez « v[i as usize] », ou déclarez « i » comme « usize ».".into());
    }
    if message.contains("doesn't implement") && message.contains("Display") {
        if name.starts_with("Result<") {
            return Some("C'est un « Result » : ajoutez « ? » après l'appel qui le donne, et affichez la valeur.".into());
        }
        if name.starts_with("Option<") {
            return Some("C'est une « Option » : prenez d'abord ce qu'elle contient, « if let Some(x) = … », ou affichez-la par « {:?} ».".into());
        }
        return Some("Ce type ne s'affiche pas avec « {} » : essayez « {:?} ».".into());
    }
    if message.contains("doesn't implement") && message.contains("Debug") {
        return Some(format!(
            "« {name} » ne s'affiche pas : mettez « #[derive(Debug)] » au-dessus de son « struct », puis « {{:?}} »."
        ));
    }
    if message.contains("is not an iterator") {
        let range = ["{integer}", "usize", "i32", "u32", "u8", "i64", "integer"].contains(&name);
        return Some(if range {
            "Une boucle parcourt un intervalle, et non un nombre : « for i in 0..n ».".into()
        } else if name.ends_with("Tensor") {
            "Un tenseur ne se parcourt pas : prenez-en d'abord les valeurs, « for x in t.to_vec1::<f32>()? ».".into()
        } else if name.starts_with('[') || name.contains("Vec<") {
            "Une tranche se parcourt par une référence : « for x in &v », ou « v.iter() ».".into()
        } else {
            format!(
                "« {name} » ne se parcourt pas : une boucle veut un intervalle (« 0..n »), une liste ou « .iter() »."
            )
        });
    }
    if message.contains("cannot be built from an iterator") || message.contains("cannot be built") {
        return Some(
            "La collection demandée ne peut pas contenir ces éléments : regardez ce que donne chaque étape avant \
             « collect() » (« .iter() » donne des références : « .copied() » en fait des valeurs)."
                .into(),
        );
    }
    if message.starts_with("the size for values of type") {
        return Some(format!(
            "« {name} » n'a pas de longueur connue : prenez-en une référence, « & » devant, ou un « Vec », « .to_vec() »."
        ));
    }
    if message.contains("Result<") || message.contains("Result`") {
        return Some("Une valeur est un « Result » : il manque sans doute un « ? » après l'appel qui la donne.".into());
    }
    if let Some((kind, wanted)) =
        name.split_once(": ").filter(|_| message.starts_with("the trait bound"))
    {
        if ["{float}", "f32", "f64"].contains(&kind.trim_start_matches('&'))
            && ["Ord", "Eq"].contains(&wanted)
        {
            return Some(floats(case));
        }
        if kind.starts_with("Vec<") && wanted.starts_with("From<") {
            return Some(
                "Il faut ici une liste (« Vec ») : mettez la valeur entre crochets, « vec![x.into()] ».".into(),
            );
        }
        if wanted.starts_with("Borrow<") && wanted.contains("Tensor") {
            return Some(BETWEEN_TENSORS.into());
        }
        return Some(format!(
            "Une valeur de type « {kind} » ne convient pas ici : il faut un type qui ait le trait « {wanted} »."
        ));
    }
    None
}

const BETWEEN_TENSORS: &str = "Entre tenseurs, « (&a + &b)? » ; entre un tenseur et un nombre, le nombre est un « f64 », \
                               avec un point : « (&a * 2.0)? ».";

/// Numbers that may be no numbers have no order of their own.
fn floats(case: &Case) -> String {
    let line = case.line();
    let start = "Les nombres à virgule ne sont pas tous comparables (« NaN ») : écrivez ";
    let written = if line.contains(".sort") {
        "« v.sort_by(f32::total_cmp) »"
    } else if line.contains(".min()") {
        "« .copied().fold(f32::INFINITY, f32::min) »"
    } else if line.contains(".max()") {
        "« .copied().fold(f32::NEG_INFINITY, f32::max) »"
    } else if line.contains("_by_key") {
        "« .max_by(|a, b| a.total_cmp(b)) »"
    } else {
        "« a.total_cmp(&b) », ou « a < b »"
    };
    format!("{start}{written}.")
}

/// A type that rustc does not guess.
fn guess(case: &Case) -> String {
    let line = case.line();
    let written = if line.contains("collect()") {
        "écrivez « let v: Vec<f32> = ….collect(); », ou « .collect::<Vec<f32>>() »"
    } else if line.contains("parse()") {
        "écrivez « .parse::<f32>() », ou « let x: f32 = … ; »"
    } else if line.contains("Vec::new()")
        || line.contains("vec![]")
        || line.contains("Vec::with_capacity")
    {
        "écrivez-le, « let mut v: Vec<f32> = Vec::new(); »"
    } else if line.contains("to_vec1()")
        || line.contains("to_scalar()")
        || line.contains("to_vec2()")
    {
        "écrivez-le, « .to_vec1::<f32>()? », « .to_scalar::<f32>()? »"
    } else if line.contains("None") {
        "écrivez-le, « let x: Option<f32> = None; »"
    } else if line.contains("into()") {
        "écrivez-le, « let x: String = … .into(); »"
    } else if line.contains('|') {
        "écrivez celui du paramètre : « |x: f32| … »"
    } else {
        "écrivez-le, par exemple « let x: f32 = … ; »"
    };
    format!("Rust ne devine pas le type : {written}.")
}

/// « binary operation `==` cannot be applied to type `A` »
fn operator(case: &Case) -> String {
    let error = case.error;
    let kind = case.last_name();
    if kind.contains("Result<") {
        return "L'une des valeurs est un « Result » : ajoutez « ? » après l'appel (entre tenseurs, « (&a + &b)? »).".into();
    }
    if kind.contains("Option<") {
        return "L'une des valeurs est une « Option » : prenez d'abord ce qu'elle contient, « if let Some(x) = … ».".into();
    }
    if kind == "&str" || kind == "String" {
        return "Deux textes ne se joignent pas par « + » : écrivez « format!(\"{a}{b}\") »."
            .into();
    }
    if kind.starts_with("Vec<") || kind.starts_with('[') || kind.starts_with("&[") {
        return "Une liste entière n'a pas d'opérations : parcourez ses éléments (« a.iter().zip(&b) »), ou faites-en des \
                tenseurs."
            .into();
    }
    if error.message.contains("`==`") || error.message.contains("`!=`") {
        return format!(
            "Deux valeurs de type « {kind} » ne se comparent pas : comparez ce qu'elles contiennent."
        );
    }
    if kind.starts_with('&') {
        return "C'est une référence : mettez « * » devant pour sa valeur, « *x ».".into();
    }
    if kind.ends_with("Tensor") {
        return BETWEEN_TENSORS.into();
    }
    format!("Cet opérateur n'existe pas pour « {kind} ».")
}

fn cast(case: &Case) -> String {
    let names = case.names();
    match names.as_slice() {
        [from, "bool", ..] => {
            format!("Un « {from} » ne devient pas un « bool » par « as » : écrivez « x != 0 ».")
        }
        [from, ..] if from.starts_with('&') => {
            "C'est une référence : mettez « * » devant avant de convertir, « *x as f32 ».".into()
        }
        ["bool", to, ..] => {
            format!("Un « bool » ne devient un « {to} » que par un entier : « x as u8 as {to} ».")
        }
        ["char" | "u32", "char", ..] => "Un chiffre s'écrit « char::from_digit(n, 10) ».".into(),
        [from, to, ..] => format!(
            "« as » ne convertit qu'un nombre en un autre : « {from} » ne devient pas « {to} » ainsi."
        ),
        _ => "« as » ne convertit qu'un nombre en un autre.".into(),
    }
}
