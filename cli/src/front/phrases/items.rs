//! Structures, implementations, patterns, and what else rustc has a code for.

use crate::front::case::Case;

/// A code and its line; `{}` is the first name in the message.
const LINES: &[(&str, &str)] = &[
    (
        "E0004",
        "Ce « match » n'a pas de branche pour toutes les valeurs : ajoutez celles qui manquent, ou « _ => … ».",
    ),
    ("E0015", "Cette valeur doit être connue à la compilation."),
    (
        "E0023",
        "Le motif n'a pas le nombre de champs de la variante : donnez-en un nom à chacun, ou « .. ».",
    ),
    ("E0026", "Le motif nomme un champ « {} » qui n'existe pas."),
    ("E0027", "Le motif ne nomme pas tous les champs : ajoutez-les, ou terminez par « .. »."),
    ("E0040", "Une valeur disparaît par « drop(x) »."),
    ("E0046", "Il manque une méthode que le trait demande : ajoutez-la."),
    ("E0050", "Cette méthode n'a pas le nombre de paramètres que le trait demande."),
    ("E0053", "Cette méthode n'a pas les types que le trait demande."),
    ("E0069", "« return » seul ne rend rien : donnez la valeur, « return x; »."),
    (
        "E0070",
        "À gauche de « = », il faut une variable ou un élément, et non une valeur calculée ; une comparaison s'écrit « == ».",
    ),
    (
        "E0067",
        "À gauche de « += », il faut une variable ou un élément, et non une valeur calculée.",
    ),
    ("E0072", "Ce type se contient lui-même : mettez « Box<…> » autour de lui."),
    ("E0116", "Une cellule n'ajoute de méthode qu'à ses propres types : écrivez une fonction."),
    (
        "E0117",
        "Une cellule ne peut pas donner ce trait à un type d'ailleurs : faites un « struct » à vous.",
    ),
    ("E0124", "Le champ « {} » est déclaré deux fois."),
    ("E0133", "Cet appel demande « unsafe » : cherchez une autre façon."),
    ("E0184", "Ce type ne peut pas être à la fois « Copy » et « Drop »."),
    ("E0201", "« {} » est défini deux fois : retirez l'une des deux définitions."),
    (
        "E0204",
        "« Copy » ne convient pas ici, car un champ ne l'est pas : écrivez « #[derive(Clone)] ».",
    ),
    ("E0252", "Le nom « {} » est apporté deux fois par « use » : retirez l'un des deux."),
    ("E0255", "Le nom « {} » est défini ici et apporté par « use » : changez l'un des deux."),
    ("E0267", "« break » et « continue » ne vont que dans une boucle."),
    ("E0268", "« break » et « continue » ne vont que dans une boucle."),
    ("E0401", "Une fonction à l'intérieur d'une autre ne voit pas ses types génériques."),
    ("E0404", "« {} » n'est pas un trait."),
    ("E0407", "La méthode « {} » ne fait pas partie de ce trait."),
    ("E0408", "La variable « {} » n'est pas dans chaque motif."),
    ("E0415", "Deux paramètres portent le nom « {} » : changez l'un des deux."),
    ("E0416", "Le nom « {} » est deux fois dans le motif : changez l'un des deux."),
    ("E0428", "« {} » est défini deux fois dans la cellule : retirez l'une des deux définitions."),
    (
        "E0451",
        "Un champ de ce type n'est pas accessible : construisez la valeur par une fonction du type, « new » ou « default ».",
    ),
    ("E0532", "Ce motif n'est pas celui d'une variante : vérifiez son nom et ses parenthèses."),
    ("E0533", "Ce motif n'est pas celui d'une variante : vérifiez son nom et ses parenthèses."),
    ("E0560", "Le champ « {last} » n'existe pas : vérifiez son nom."),
    ("E0571", "Un « break » ne donne une valeur que dans une boucle « loop »."),
    ("E0572", "« return » ne va que dans une fonction."),
    ("E0600", "Cet opérateur n'existe pas pour ce type."),
    (
        "E0603",
        "« {} » n'est pas public : cherchez-le parmi ce qu'apporte « use mnist_tp::prelude::*; ».",
    ),
    ("E0614", "« * » est de trop : la valeur n'est pas une référence."),
    ("E0620", "Une tranche ne se convertit pas par « as » : prenez-en une référence."),
    ("E0728", "« await » ne va que dans une fonction « async »."),
    ("E0744", "Ceci ne va pas dans une valeur connue à la compilation."),
    (
        "E0746",
        "Une fonction rend un type précis : écrivez « impl Fn(f32) -> f32 » ou « Box<dyn …> ».",
    ),
    ("E0765", "Il manque un guillemet « \" » à la fin d'un texte."),
];

pub fn line(case: &Case) -> Option<String> {
    let error = case.error;
    if error.code == "E0560"
        && let Some(similar) = error.similar()
    {
        return Some(format!(
            "Le champ « {} » n'existe pas ; un nom voisin existe : « {similar} ».",
            case.last_name()
        ));
    }
    if error.code == "E0063"
        && case.last_name().rsplit("::").next().is_some_and(|name| name.starts_with("Fit"))
    {
        return Some(
            "Les réglages qui ne sont pas cités se donnent ensemble : terminez par « ..Fit::default() », après une virgule."
                .into(),
        );
    }
    if error.code == "E0063" {
        return Some(format!(
            "Il manque « {} » : donnez-le, ou terminez par « ..Default::default() » si le type en a un.",
            case.name()
        ));
    }
    if error.says("this operation will panic") {
        return Some("Cette opération échouerait à coup sûr : un indice hors de la liste, ou une division par zéro.".into());
    }
    if error.says("this arithmetic operation will overflow") {
        return Some("Ce calcul sort à coup sûr des bornes de son type : choisissez un type plus large, ou signé.".into());
    }
    if error.says("format argument")
        || error.says("in format string")
        || error.says("argument never used")
    {
        return Some(
            "Le texte et ses valeurs ne s'accordent pas : un « {} » pour chaque valeur donnée après le texte, ou « {x} » avec \
             le nom d'une variable."
                .into(),
        );
    }
    if error.message.contains("format argument must be a string literal") {
        return Some(
            "Le premier argument est un texte entre guillemets : « println!(\"{x}\") ».".into(),
        );
    }
    let (_, text) = LINES.iter().find(|(code, _)| *code == error.code)?;
    Some(text.replace("{}", case.name()).replace("{last}", case.last_name()))
}
