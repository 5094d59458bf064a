//! Who owns a value, who has lent it, and what may be changed.

use crate::front::case::Case;

pub fn line(case: &Case) -> Option<String> {
    let name = match case.error.code.as_str() {
        "E0499" | "E0502" | "E0505" | "E0506" => case.root(),
        _ => case.name(),
    };
    let said = |part: &str| case.error.says(part);
    Some(match case.error.code.as_str() {
        "E0382" => return moved(case),
        "E0381" => format!("« {name} » n'a pas encore de valeur : donnez-la-lui sur chaque chemin avant de s'en servir."),
        "E0384" if said("argument") || said("parameter") => format!(
            "« {name} » n'est pas modifiable : écrivez « mut {name}: … » dans les paramètres, ou prenez une autre variable."
        ),
        "E0384" if !case.declares(name) => format!(
            "« {name} », d'une autre cellule, n'est pas modifiable : déclarez-le là par « let mut {name} » et exécutez-la de \
             nouveau, ou écrivez ici « let mut {name} = {name}; »."
        ),
        "E0384" => format!("« {name} » n'est pas modifiable : déclarez-le avec « let mut {name} »."),
        "E0596" | "E0594" if said("behind a `&` reference") || said("is a `&` reference") => {
            let name = case.root();
            format!(
                "« {name} » n'est que prêté en lecture (« & ») : pour le modifier, il faut « &mut » là où il est reçu, ou une \
                 copie, « let mut copie = {name}.clone(); » (« .to_vec() » pour une tranche)."
            )
        }
        "E0596" | "E0594" if said("captured variable") => {
            "Une fermeture « Fn » ne modifie pas ce qui l'entoure : faites une boucle, ou rendez la nouvelle valeur.".into()
        }
        "E0596" | "E0594" => {
            let name = case.root();
            let more = if case.declares(name) || case.function().is_some() {
                String::new()
            } else {
                format!(" dans la cellule qui le définit, exécutée de nouveau, ou écrivez ici « let mut {name} = {name}; »")
            };
            format!("« {name} » n'est pas modifiable : déclarez-le avec « let mut {name} »{more}.")
        }
        "E0502" => format!(
            "« {name} » est prêté (« & ») à une ligne qui s'en sert encore plus bas : finissez-en d'abord avec ce prêt, ou \
             gardez une copie (« .clone() », ou le nombre lui-même) avant de modifier."
        ),
        "E0499" => format!(
            "« {name} » est déjà prêté en écriture (« &mut ») : un seul prêt de ce genre à la fois. Finissez-en avec le \
             premier avant le second (deux éléments d'une liste : « split_at_mut », ou « swap »)."
        ),
        "E0505" => format!(
            "« {name} » est encore prêté (« & ») à une ligne qui s'en sert plus bas : donnez une copie (« .clone() »), ou \
             donnez-le après."
        ),
        "E0506" => format!("« {name} » change pendant qu'il est prêté (« & ») : finissez-en d'abord avec ce prêt, ou copiez."),
        "E0507" | "E0508" | "E0509" => {
            "Une valeur prêtée, ou un élément d'une liste, ne se prend pas : écrivez « & » devant, ou donnez une copie \
             (« .clone() »)."
                .into()
        }
        "E0515" => "Une fonction ne rend pas de référence à ce qu'elle a elle-même créé : rendez la valeur, sans « & » (un \
                    « Vec » plutôt qu'une tranche, un « String » plutôt qu'un « &str »)."
            .into(),
        "E0597" => format!(
            "« {name} » disparaît à la fin de son bloc alors qu'une référence à lui sert encore : déclarez-le avant le bloc, \
             ou gardez la valeur elle-même (« .clone() »)."
        ),
        "E0716" => "Cette valeur n'a pas de nom et disparaît à la fin de la ligne : donnez-lui d'abord un nom, « let valeur \
                    = … ; », puis prenez-en la référence."
            .into(),
        "E0373" => "Cette fermeture vivra plus longtemps que ce qu'elle emprunte : écrivez « move |x| … ».".into(),
        "E0106" => "Rust ne sait pas d'où vient cette référence « & » : rendez (ou gardez) la valeur elle-même, un « Vec<f32> » \
                    plutôt que « &[f32] », un « String » plutôt que « &str »."
            .into(),
        "E0521" | "E0621" | "E0700" | "E0310" => {
            "Une référence vivrait plus longtemps que ce qu'elle désigne : gardez la valeur elle-même (« .clone() »).".into()
        }
        "" if said("lifetime may not live long enough") => {
            "La référence rendue ne vient pas du bon paramètre : rendez la valeur elle-même (« .clone() », « .to_vec() »).".into()
        }
        _ => return None,
    })
}

/// « use of moved value: `v` »
fn moved(case: &Case) -> Option<String> {
    let error = case.error;
    let said = |part: &str| error.says(part);
    let name = case.name();
    if error.message.starts_with("used binding") {
        return Some(format!("« {name} » n'a pas encore de valeur."));
    }
    // « `reseau` moved due to this method call »: `reseau.dense(…)`.
    let call = error.marks.iter().find(|mark| mark.label.contains("due to this method call"));
    if let Some(call) = call {
        let method: String =
            case.text(call).chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        if method == "into_iter" {
            return Some(format!(
                "« .into_iter() » a pris « {name} » : parcourez-le par une référence, « {name}.iter() », pour le garder."
            ));
        }
        if said("previous iteration of loop") {
            return Some(format!(
                "« .{method}(…) » a pris « {name} » dès le premier tour de la boucle : gardez ce qu'elle rend, « {name} = \
                 {name}.{method}(…); », où « {name} » est déclaré avec « let mut »."
            ));
        }
        return Some(format!(
            "« .{method}(…) » a pris « {name} » : gardez ce qu'elle rend (« let {name} = {name}.{method}(…); »), ou écrivez les \
             appels à la suite ; pour garder aussi l'ancien, « {name}.clone().{method}(…) »."
        ));
    }
    if said("implicit call to `.into_iter()`") {
        return Some(format!(
            "La boucle « for » a pris « {name} » : parcourez-le par une référence, « for x in &{name} », pour le garder."
        ));
    }
    if said("previous iteration of loop") {
        return Some(format!(
            "« {name} » est donné dès le premier tour de la boucle : donnez une référence, « &{name} », ou une copie, \
             « {name}.clone() »."
        ));
    }
    if said("into closure") {
        return Some(format!(
            "La fermeture a pris « {name} » : donnez-lui une copie, faite avant (« {name}.clone() »)."
        ));
    }
    Some(format!(
        "« {name} » a été donné plus haut, et n'est plus là : donnez-y une référence, « &{name} », si elle suffit, ou une \
         copie, « {name}.clone() »."
    ))
}
