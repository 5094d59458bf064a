//! The French lines that stand above what is not a compile error of a known
//! kind: names that are written otherwise, and errors while the cell runs.

/// Names as students first write them, without their type or as Python has
/// them, and how Rust writes them.
pub const NAMES: &[(&str, &str)] = &[
    ("Relu", "Activation::Relu"),
    ("Softmax", "Activation::Softmax"),
    ("Sigmoid", "Activation::Sigmoid"),
    ("Tanh", "Activation::Tanh"),
    ("Linear", "Activation::Linear"),
    ("Same", "Padding::Same"),
    ("Valid", "Padding::Valid"),
    ("CategoricalCrossentropy", "Loss::CategoricalCrossentropy"),
    ("SparseCategoricalCrossentropy", "Loss::SparseCategoricalCrossentropy"),
    ("ValLoss", "Monitor::ValLoss"),
    ("ValAccuracy", "Monitor::ValAccuracy"),
    ("Split", "Validation::Split(0.2)"),
    ("Silent", "Verbose::Silent"),
    ("F32", "DType::F32"),
    ("U8", "DType::U8"),
    ("U32", "DType::U32"),
    ("Cpu", "Device::Cpu"),
    ("Minus1", "D::Minus1"),
    ("Callback", "vec![arret.into()]"),
    ("True", "true"),
    ("False", "false"),
    ("print", "println!(\"{x}\")"),
    ("len", "x.len()"),
    ("range", "0..n"),
    ("exp", "x.exp()"),
    ("ln", "x.ln()"),
    ("log", "x.ln()"),
    ("sqrt", "x.sqrt()"),
    ("abs", "x.abs()"),
    ("max", "a.max(b)"),
    ("min", "a.min(b)"),
    ("sum", "x.iter().sum()"),
];

/// What the errors of candle and of the standard library mean, in French.
pub const ERRORS: &[(&str, &str)] = &[
    (
        "shape mismatch in matmul",
        "Produit de matrices : les colonnes de la première (« lhs ») doivent être \
        aussi nombreuses que les lignes de la seconde (« rhs ») ; l’une est peut-être à transposer (« .t()? »).",
    ),
    (
        "shape mismatch in",
        "Les deux tenseurs n’ont pas la même forme : comparez-les avec « .dims() », ou \
        employez une opération « broadcast_… ».",
    ),
    ("got buffer of size", "La nouvelle forme n’a pas le même nombre d’éléments que l’ancienne."),
    (
        "dtype mismatch",
        "Les deux tenseurs n’ont pas le même type : convertissez l’un avec « .to_dtype(DType::F32)? ».",
    ),
    (
        "unexpected dtype",
        "Le tenseur n’a pas le type attendu : convertissez-le avec « .to_dtype(DType::F32)? ».",
    ),
    (
        "unexpected rank",
        "Le tenseur n’a pas le nombre de dimensions attendu : regardez « .dims() ».",
    ),
    ("narrow invalid args", "La tranche demandée sort du tenseur : regardez « .dims() »."),
    ("dimension out of range", "Cette dimension n’existe pas : la première porte le numéro 0."),
    (
        "invalid digit found",
        "Ce texte n’est pas un nombre entier : « parse » ne lit que des chiffres.",
    ),
    ("invalid float literal", "Ce texte n’est pas un nombre : la virgule s’y écrit avec un point."),
    ("No such file or directory", "Le fichier n’existe pas : vérifiez son nom et son dossier."),
];
