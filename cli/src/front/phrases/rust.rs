//! What rustc says of any program.

use super::entry::{Entry, entry};

pub const ENTRIES: &[Entry] = &[
    entry(
        "E0599",
        &["no method named", "enum `Result"],
        "« {} » est appelé sur un résultat qui peut être une erreur : ajoutez « ? » juste avant le point.",
    ),
    entry(
        "E0599",
        &["no method named", "Result<"],
        "« {} » est appelé sur un résultat qui peut être une erreur : ajoutez « ? » juste avant le point.",
    ),
    entry(
        "E0609",
        &["no field", "Result<"],
        "Le champ « {} » est demandé à un résultat qui peut être une erreur : ajoutez « ? » avant le point.",
    ),
    entry(
        "E0277",
        &["Result<"],
        "Une valeur est un « Result » : il manque sans doute un « ? » après l’appel qui la donne.",
    ),
    entry(
        "E0308",
        &["mismatched types", "Result<"],
        "Un « Result » est là où une valeur est attendue (ou l’inverse) : il manque sans doute un « ? ».",
    ),
    entry(
        "E0308",
        &["mismatched types", "expected `Validation"],
        "La validation est une part des images, « Validation::Split(0.2) », ou des images à elle, « Validation::Data(&x, &y) ».",
    ),
    entry(
        "E0308",
        &["mismatched types", "found integer"],
        "Un nombre entier est là où un autre type est attendu : un nombre à virgule s’écrit avec un point (« 1.0 »).",
    ),
    entry(
        "E0308",
        &["mismatched types"],
        "Le type donné n’est pas le type attendu : comparez « expected » (attendu) et « found » (trouvé).",
    ),
    entry(
        "E0425",
        &["cannot find function"],
        "La fonction « {} » n’est pas connue : vérifiez son nom, ou exécutez d’abord la cellule qui la définit.",
    ),
    entry(
        "E0425",
        &["cannot find value"],
        "« {} » n’est pas connu : exécutez d’abord la cellule qui le définit (une cellule en erreur ne \
         définit rien), ou vérifiez son nom.",
    ),
    entry(
        "E0412",
        &["cannot find type"],
        "Le type « {} » n’est pas connu : exécutez d’abord la cellule qui contient les « use », ou \
         vérifiez son nom.",
    ),
    entry(
        "E0405",
        &["cannot find trait"],
        "Le trait « {} » n’est pas connu : exécutez d’abord la cellule qui contient les « use ».",
    ),
    entry(
        "",
        &["cannot find macro"],
        "La macro « {} » n’est pas connue : vérifiez son nom, ou exécutez d’abord la cellule des « use ».",
    ),
    entry(
        "E0433",
        &["cannot find"],
        "Un nom n’est pas connu : exécutez d’abord la première cellule (« :dep » et « use »), ou vérifiez-le.",
    ),
    entry(
        "E0433",
        &["failed to resolve"],
        "Un nom n’est pas connu : exécutez d’abord la première cellule (« :dep » et « use »), ou vérifiez-le.",
    ),
    entry(
        "E0432",
        &["unresolved import"],
        "« {} » ne peut pas être importé : exécutez d’abord la cellule « :dep », ou vérifiez le nom.",
    ),
    entry(
        "E0382",
        &["moved value"],
        "« {} » a été déplacé (donné) plus haut : passez une référence « &{} », ou une copie « {}.clone() ».",
    ),
    entry("E0382", &["used binding"], "« {} » n’a pas encore de valeur."),
    entry(
        "E0505",
        &["cannot move out of"],
        "« {} » est encore emprunté : donnez une copie (« .clone() »), ou attendez la fin de l’emprunt.",
    ),
    entry(
        "E0507",
        &["cannot move out of"],
        "Une valeur empruntée ne peut pas être déplacée : utilisez « & » ou « .clone() ».",
    ),
    entry(
        "E0384",
        &["cannot assign twice"],
        "« {} » n’est pas modifiable : déclarez-le avec « let mut {} ».",
    ),
    entry(
        "E0596",
        &["cannot borrow", "as mutable"],
        "« {} » n’est pas modifiable : déclarez-le avec « let mut ».",
    ),
    entry(
        "E0594",
        &["cannot assign to"],
        "« {} » n’est pas modifiable : déclarez-le avec « let mut ».",
    ),
    entry(
        "E0502",
        &["cannot borrow"],
        "« {} » est déjà emprunté : terminez le premier emprunt avant de le modifier.",
    ),
    entry(
        "E0499",
        &["cannot borrow"],
        "« {} » est déjà emprunté en écriture : un seul emprunt « &mut » à la fois.",
    ),
    entry(
        "E0597",
        &["does not live long enough"],
        "Une variable de notebook ne peut pas garder de référence : gardez la valeur elle-même (« .clone() »).",
    ),
    entry(
        "E0716",
        &["temporary value dropped"],
        "La valeur temporaire disparaît trop tôt : donnez-lui d’abord un nom avec « let ».",
    ),
    entry(
        "E0061",
        &["argument"],
        "Le nombre d’arguments n’est pas le bon : regardez la signature dans le message ci-dessous.",
    ),
    entry("E0560", &["has no field named"], "Le champ « {last} » n’existe pas : vérifiez son nom."),
    entry(
        "E0063",
        &["missing field"],
        "Il manque un champ : donnez-le, ou terminez par « ..Default::default() ».",
    ),
    entry("E0609", &["no field"], "Le champ « {} » n’existe pas : vérifiez son nom."),
    entry(
        "E0599",
        &["no method named"],
        "La méthode « {} » n’existe pas pour ce type : vérifiez son nom et le type de la valeur.",
    ),
    entry("E0599", &["no variant"], "Cette variante n’existe pas : vérifiez son nom."),
    entry(
        "E0599",
        &["no function or associated item"],
        "« {} » n’existe pas pour ce type : vérifiez son nom.",
    ),
    entry(
        "E0282",
        &["type annotations needed"],
        "Rust ne devine pas le type : écrivez-le, par exemple « let x: Tensor = … ».",
    ),
    entry(
        "E0283",
        &["type annotations needed"],
        "Rust ne devine pas le type : écrivez-le, par exemple « let x: f32 = … ».",
    ),
    entry(
        "E0423",
        &["expected value, found struct"],
        "« {} » est un type, pas une valeur : écrivez « {}::default() », ou donnez ses champs entre accolades.",
    ),
    entry(
        "E0618",
        &["expected function"],
        "« {} » n’est pas une fonction : retirez les parenthèses qui le suivent, ou vérifiez son nom.",
    ),
    entry(
        "E0616",
        &["field", "is private"],
        "Le champ « {} » n’est pas accessible : cherchez une méthode de ce nom, avec des parenthèses.",
    ),
    entry(
        "E0615",
        &["attempted to take value of method"],
        "« {} » est une méthode : ajoutez les parenthèses, « .{}() ».",
    ),
    entry(
        "E0277",
        &["cannot be built from an iterator"],
        "La collection demandée ne peut pas contenir ces éléments : regardez ce que donne chaque étape avant « collect() ».",
    ),
    entry(
        "E0277",
        &["made by summing"],
        "Cette somme n’a pas le type demandé : précisez-le, par exemple « sum::<f32>() ».",
    ),
    entry(
        "",
        &["cannot return without recursing"],
        "La fonction s’appelle elle-même sans jamais s’arrêter : il lui manque un cas où elle répond directement.",
    ),
    entry(
        "",
        &["is not a logical operator"],
        "Les opérateurs logiques s’écrivent « && » (et), « || » (ou) et « ! » (non).",
    ),
    entry("", &["Rust has no postfix"], "Rust n’a ni « ++ » ni « -- » : écrivez « i += 1 »."),
    entry("E0600", &["cannot apply unary operator"], "Cet opérateur n’existe pas pour ce type."),
    entry(
        "E0369",
        &["binary operation"],
        "Cet opérateur n’existe pas pour ces types ; entre tenseurs, écrivez « (&a + &b)? ».",
    ),
    entry(
        "E0277",
        &["cannot add"],
        "Ces deux types ne s’additionnent pas : convertissez l’un (par exemple « x as f32 »).",
    ),
    entry(
        "E0277",
        &["cannot subtract"],
        "Ces deux types ne se soustraient pas : convertissez l’un (par exemple « x as f32 »).",
    ),
    entry(
        "E0277",
        &["cannot multiply"],
        "Ces deux types ne se multiplient pas : convertissez l’un (par exemple « x as f32 »).",
    ),
    entry(
        "E0277",
        &["cannot divide"],
        "Ces deux types ne se divisent pas : convertissez l’un (par exemple « x as f32 »).",
    ),
    entry(
        "E0277",
        &["can't compare"],
        "Ces deux types ne se comparent pas : convertissez l’un, ou ajoutez ou retirez « & ».",
    ),
    entry(
        "E0277",
        &["cannot be indexed by"],
        "Un indice est un « usize » : écrivez « i as usize ».",
    ),
    entry(
        "E0277",
        &["doesn't implement", "Display"],
        "Ce type ne s’affiche pas avec « {} » : essayez « {:?} ».",
    ),
    entry(
        "E0277",
        &["the `?` operator"],
        "« ? » ne s’emploie que sur un « Result » ou une « Option » : retirez-le.",
    ),
    entry(
        "E0614",
        &["cannot be dereferenced"],
        "« * » est de trop : la valeur n’est pas une référence.",
    ),
    entry("E0015", &["non-const"], "Cette valeur doit être connue à la compilation."),
    entry("", &["expected `;`"], "Il manque un « ; » à la fin d’une instruction."),
    entry(
        "",
        &["expected one of", "`;`"],
        "Il manque sans doute un « ; », une virgule ou une parenthèse à l’endroit indiqué.",
    ),
    entry(
        "",
        &["unclosed delimiter"],
        "Une parenthèse, une accolade ou un crochet n’est pas refermé.",
    ),
    entry(
        "",
        &["mismatched closing delimiter"],
        "Parenthèses, accolades et crochets ne se referment pas dans l’ordre.",
    ),
    entry(
        "",
        &["unexpected closing delimiter"],
        "Une parenthèse, une accolade ou un crochet est refermé sans avoir été ouvert.",
    ),
    entry(
        "",
        &["unterminated double quote string"],
        "Il manque un guillemet « \" » à la fin d’un texte.",
    ),
];
