//! Hints for mistakes that any exercise can meet: key, and the hint that fits it.

use super::hints::{Hint, hints};

/// Of any answer; an exercise may have a hint of its own under the same key.
pub(super) const COMMON: &[Hint] = hints! {
    "panique" => "Le message ci-dessus est celui de Rust : cherchez dans votre fonction l'instruction qui a pu le produire avec cette entrée.";
    "indice hors limites" => "Un indice dépasse la fin d'un tableau. Rappel : un tableau de `n` cases va de `0` à `n - 1`, et `0..n` s'arrête juste avant `n`.";
    "soustraction sous zéro" => "Une soustraction entre `usize` est passée sous zéro, ce qu'un entier sans signe ne sait pas écrire : quel terme est plus grand que prévu, ou dans quel ordre sont-ils ?";
    "division par zéro" => "Une division entière par zéro : quel diviseur peut valoir 0 avec cette entrée ?";
    "expect" => "Le message est celui que vous avez donné à `expect` (ou celui de `unwrap`) : la valeur attendue n'existait pas. D'où devait-elle venir ?";
    "erreur" => "Une opération a renvoyé une erreur, ci-dessus : elle dit ce qu'elle a reçu et ce qu'elle attendait. Si ce sont des tenseurs, comparez leurs formes (`.dims()`) et leurs types (`.dtype()`).";
    "couche refusée" => "La bibliothèque dit ci-dessus quelle couche ne convient pas, ce qu'elle reçoit et ce qu'il lui faut : corrigez cette couche, ou celles d'avant.";
    "entrée refusée" => "Le réseau n'a pas reçu des images de la forme attendue : les images viennent en premier, les étiquettes en second, et la première dimension compte les images.";
    "cibles refusées" => "Les cibles (le second argument) n'ont pas la forme que veut la perte : est-ce bien `y`, une ligne par image, et `Loss::CategoricalCrossentropy` ?";
    "forme refusée" => "Une opération n'a pas reçu un tenseur de la forme qu'il lui faut : le message ci-dessus dit laquelle elle a reçue, et laquelle elle attend.";
    "liste et forme" => "Il n'y a pas autant de nombres que la forme en demande (le produit de ses dimensions). Avec `from_vec`, jusqu'où vont les boucles qui remplissent la liste ? Avec `reshape`, une taille est-elle écrite en dur ?";
    "réglage refusé" => "Un réglage n'a pas de sens : le message ci-dessus dit lequel, sa valeur, et ce qu'il faut.";
    "produit de formes différentes" => "`a.matmul(&b)` veut des formes `[n, k]` et `[k, m]`, avec le même `k` : le message donne celles de gauche (`lhs`) et de droite (`rhs`). Est-ce le bon tenseur, à la bonne place ?";
    "formes incompatibles" => "Les deux tenseurs de cette opération n'ont pas des formes qui vont ensemble : le message donne celles de gauche (`lhs`) et de droite (`rhs`).";
    "dimension qui n'existe pas" => "Une opération vise une dimension que le tenseur n'a pas, ou en attend un autre nombre : comparez avec `.dims()`. La première dimension porte le numéro 0.";
    "au-delà du tenseur" => "`narrow(dimension, début, longueur)` sort du tenseur : début + longueur ne doivent pas dépasser la taille de cette dimension.";
    "types différents" => "Deux tenseurs de types différents (`U8`, `F32`…) ne se combinent pas : `.to_dtype(DType::F32)?` convertit.";
    "noms en double" => "Deux couches portent le même nom : dans une boucle, mettez-y son indice, par exemple `format!(\"C{i}\")`.";
    "addition de formes différentes" => "`+` exige deux tenseurs de même forme. Pour ajouter un biais `[m]` à chaque ligne d'un tenseur `[n, m]`, la méthode est `broadcast_add`.";
    "nan" => "Un `NaN` naît d'un calcul impossible : `0 / 0`, `ln` d'un nombre négatif, `inf - inf`… Cherchez lequel peut se produire ici.";
    "forme" => "Le résultat n'a pas la forme attendue : comptez ce qu'il faut dans chaque direction.";
    "longueur" => "Comptez les éléments : combien en entre-t-il, combien doit-il en sortir ?";
    // A network that is not the one asked for.
    "entrée" => "L'entrée est une image avec son canal : `Sequential::new(\"…\", (28, 28, 1))`.";
    "couche dense manquante" => "Il manque une couche dense : comptez-les dans l'énoncé.";
    "couche en trop" => "Il y a une couche de trop par rapport à l'énoncé.";
    "ordre" => "Les couches y sont, mais pas dans l'ordre de l'énoncé.";
    "filtres" => "Le nombre de filtres d'une convolution n'est pas celui de l'énoncé.";
    "taille du noyau" => "La taille du noyau d'une convolution n'est pas celle de l'énoncé.";
    "pas" => "Un noyau de convolution avance d'un pixel à la fois, une fenêtre de pooling de sa propre taille : `.conv2d(…)` et `.max_pool2d(nom, 2)` les font avancer ainsi.";
    "largeur" => "Une couche dense n'a pas le nombre de neurones demandé.";
    "largeur de sortie" => "La sortie a un neurone par classe : combien y a-t-il de chiffres ?";
    "softmax oublié" => "La dernière couche prend `Activation::Softmax` : on veut des probabilités.";
    "activation cachée" => "Les couches cachées prennent ReLU, et elles seules : softmax est pour la sortie.";
    "couches échangées" => "Les couches denses ont les largeurs de l'énoncé, dans l'ordre inverse.";
    "softmax partout" => "Softmax ne convient qu'à la sortie ; les couches cachées prennent ReLU.";
    "activation de sortie" => "Pour choisir une classe parmi dix, l'activation de sortie est softmax.";
    "couche inattendue" => "Ce réseau n'a que des couches denses ; les autres viendront plus tard.";
    "poids nuls" => "Partis de zéro, tous les neurones resteraient identiques : gardez l'initialisation par défaut.";
    "pas compilé" => "Il reste à choisir l'optimiseur et la perte : `.compile(…)?` au lieu de `.build()?`.";
    // What an evaluation tells, and the pixels it was given.
    "perte" => "Ce sont des pertes : prenez le champ `accuracy` de l'évaluation.";
    "taux d'erreur" => "Ce sont des taux d'erreur : la précision est la part de réponses justes.";
    "pourcentages" => "Vos précisions dépassent 1 : gardez des nombres entre 0 et 1.";
    "divisé deux fois" => "Les pixels ne dépassent pas 1/255 : la division a été faite deux fois.";
    "inversé" => "Le noir et le blanc sont échangés : 0 doit rester 0.";
    // How a training went, and what it was given.
    "vide" => "L'historique est vide : `fit` a-t-il été appelé, avec au moins une époque ?";
    "déjà entraîné" => "Le réseau avait déjà appris : reconstruisez-le (exécutez de nouveau la cellule qui le crée) avant d'appeler `fit`.";
    "n'apprend pas" => "Le réseau n'apprend presque pas : `x` et `y` sont-ils ceux de l'apprentissage, dans le même ordre ?";
    "pixels" => "Une perte pareille à la première époque a d'ordinaire l'une de ces causes : des pixels non divisés par 255, trop peu d'images, ou un taux d'apprentissage trop grand.";
    "sans mélange" => "Les images passent toujours dans le même ordre : chaque lot revient à l'identique, et le réseau apprend aussi cet ordre. Laissez `shuffle: true`, sa valeur par défaut.";
    "autre réseau" => "L'historique est celui d'un autre réseau : donnez celui que `fit` a rendu pour ce réseau-ci.";
    "taille de lot" => "Les lots n'ont pas la taille demandée : c'est le champ `batch_size` de `Fit`, qui vaut 32 quand on ne le cite pas.";
    "époques" => "Le nombre d'époques n'est pas celui demandé : c'est le champ `epochs` de `Fit`.";
    "nombre d'images" => "Ce ne sont pas toutes les images d'apprentissage : donnez `x_train` et `y_train` entiers à `fit`.";
    "appris sur le test" => "L'ensemble de test ne sert qu'à juger, à la fin : on apprend sur `x_train` et `y_train`.";
    "étiquettes d'ailleurs" => "Les images sont celles de l'apprentissage, les étiquettes non : `y_train` va avec `x_train`.";
    "pixels non divisés" => "Les pixels vont encore de 0 à 255 : préparez les images avant `fit`.";
    "validé sur le test" => "Vous validez sur l'ensemble de test : si l'on règle le réseau d'après lui, plus rien ne dira ce qu'il vaut sur des images neuves. Prenez les images de validation dans celles d'apprentissage.";
    "validation sur l'apprentissage" => "Des images qui servent à valider ont aussi servi à apprendre : le réseau les connaît. Mettez-en d'autres de côté, `Validation::Split(…)` le fait pour vous.";
    "part de validation" => "La part mise de côté n'est pas celle de l'énoncé. `Validation::Split(0.2)` met de côté 20 % des images, et on apprend sur les 80 % qui restent.";
    "validation en trop" => "Cet entraînement n'a pas de validation : le réseau y apprend sur toutes les images. Ôtez le champ `validation`.";
    "sans validation" => "Il n'y a pas de mesures de validation : c'est le champ `validation` de `Fit`.";
    "rappel en trop" => "Cet entraînement va jusqu'à sa dernière époque : laissez `callbacks` à sa valeur par défaut.";
    "sans arrêt" => "Rien n'arrêterait cet entraînement avant sa dernière époque, même s'il ne progressait plus : mettez le rappel `EarlyStopping` dans `callbacks`.";
    "mesure surveillée" => "L'arrêt anticipé ne surveille pas la mesure de l'énoncé : c'est le champ `monitor` d'`EarlyStopping`.";
    "patience" => "La patience n'est pas celle de l'énoncé : c'est le champ `patience` d'`EarlyStopping`.";
    "sans altérations" => "Les images n'ont pas été altérées pendant l'apprentissage : c'est le champ `augment` de `Fit`.";
    "optimiseur" => "L'optimiseur n'est pas celui de l'énoncé : il se choisit dans `.compile(optimiseur, perte)`.";
    "taux d'apprentissage" => "Le taux d'apprentissage n'est pas celui de l'énoncé : c'est le champ `learning_rate` de l'optimiseur.";
    "fonction de perte" => "La perte n'est pas celle de l'énoncé : le second argument de `.compile` est `Loss::CategoricalCrossentropy`.";
    "nom du réseau" => "Les couches y sont toutes, le nom du réseau n'est pas celui de l'énoncé : c'est le premier argument, et la suite du notebook s'en sert.";
};

/// How an answer resembles the right one, when no mistake of the exercise fits.
pub(super) const LIKENESSES: &[Hint] = hints! {
    "que des zéros" => "La réponse n'est faite que de zéros : le résultat du calcul y est-il mis ?";
    "réponse constante" => "La réponse est la même pour toutes ces entrées : de quel argument votre code ne se sert-il pas ?";
    "signe opposé" => "Les nombres sont justes au signe près : cherchez la soustraction à l'envers, ou le signe oublié.";
    "complément à un" => "Vos nombres et ceux qu'on attend font 1 ensemble : `x` et `1 - x` sont-ils échangés ?";
    "décalé d'un" => "Il y a toujours 1 d'écart : un `+ 1` oublié ou en trop, ou un intervalle dont la borne est comptée (`..=`) ou non (`..`).";
    "écart constant" => "L'écart est le même partout : un terme est oublié, ou ajouté en trop.";
    "facteur constant" => "Le rapport est le même partout : un facteur est oublié ou en trop, ou une moyenne divisée par un autre nombre.";
    "facteur selon l'entrée" => "Dans chaque réponse, tous les nombres sont multipliés par un même facteur, qui change d'une entrée à l'autre : par quoi divisez-vous, ou ne divisez-vous pas ?";
    "nombres entiers" => "Vos réponses n'ont plus de décimales : un calcul est fait entre entiers, ou arrondi par `as`. Convertissez avant de diviser.";
    "négatifs perdus" => "Les nombres négatifs sont devenus 0 : une activation est appliquée là où on ne l'attend pas.";
    "négatifs gardés" => "Les nombres négatifs sont restés : ils devraient devenir 0.";
    "valeur absolue" => "Les nombres négatifs sont devenus positifs : d'où vient la valeur absolue ?";
    "rapport renversé" => "C'est l'inverse des nombres attendus : numérateur et dénominateur sont-ils échangés ?";
    "racine à prendre" => "Ce sont les carrés des nombres attendus : il reste une racine à prendre.";
    "racine en trop" => "Ce sont les racines des nombres attendus.";
    "à l'envers" => "Les nombres y sont, en ordre inverse.";
    "autre ordre" => "Les nombres y sont tous, mais pas dans le bon ordre : quels indices, ou quelles boucles, sont échangés ?";
    "décalé d'une place" => "Les nombres sont décalés d'une place : regardez les indices de départ et d'arrivée.";
    "somme cumulée" => "Chaque nombre contient la somme des précédents : la somme doit repartir de zéro.";
    "premier faux" => "Tout est juste, sauf le premier élément : d'où part votre boucle, et de quelle valeur ?";
    "dernier faux" => "Tout est juste, sauf le dernier élément : où s'arrête votre boucle ?";
    "une partie juste" => "Une partie des nombres est juste, l'autre non : qu'est-ce qui distingue les faux (leur place, leur signe, leur grandeur) ?";
    "cas particulier" => "D'autres entrées donnent la bonne réponse : qu'a celle-ci de particulier (longueur, signe, égalité, ordre, taille des côtés) ?";
    "valeur géante" => "La réponse est énorme : un indice, une puissance ou une division s'emballe.";
    "cas simple" => "Ce cas est le plus simple où votre réponse diffère : refaites-le à la main, terme par terme, avec les lignes de votre fonction.";
    "valeur infinie" => "Une case vaut encore l'infini : elle n'a jamais été comparée, ou l'a été par `min` au lieu de `max` (ou l'inverse).";
};
