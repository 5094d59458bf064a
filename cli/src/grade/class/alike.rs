//! Answers that are alike beyond what their exercise makes likely.
//!
//! An answer becomes a set of runs of four words, comments and layout left out, the
//! names that it declares numbered. A run weighs `log2(n / k)` bits where `k` of the
//! `n` answers of the class have it, and nothing where the solution has it: what
//! everybody writes, or was led to write, says nothing. Two answers are alike where
//! most of what they weigh is shared. That is a reason to look at them, no more: two
//! who worked side by side, or found the same page, write alike.

use std::collections::{BTreeMap, BTreeSet, HashMap};

const RUN: usize = 4;
/// How much of the weight of two answers must be shared.
const SHARED: f64 = 0.8;
/// The bits that one exercise, and one pair in all, must share (twice that where it is
/// one exercise only): neighbouring runs tell of each other, each counts for a quarter.
const EACH: f64 = 6.0;
const ALL: f64 = 18.0;

/// Two students and the exercises that they answered alike, the most telling first.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    pub students: (usize, usize),
    pub exercises: Vec<String>,
    pub bits: f64,
}

/// The answers of a student, by exercise.
pub type Answers = BTreeMap<String, String>;

/// The pairs of a class, the most alike first.
pub fn pairs(class: &[Answers], solution: &Answers) -> Vec<Pair> {
    let mut found: BTreeMap<(usize, usize), Vec<(f64, String)>> = BTreeMap::new();
    let exercises: BTreeSet<&String> = class.iter().flat_map(Answers::keys).collect();
    for exercise in exercises {
        let known = solution.get(exercise).map(|text| runs(text)).unwrap_or_default();
        let answers: Vec<Option<BTreeSet<Vec<String>>>> = class
            .iter()
            .map(|answers| Some(runs(answers.get(exercise)?).difference(&known).cloned().collect()))
            .collect();
        let mut having: HashMap<&Vec<String>, usize> = HashMap::new();
        for run in answers.iter().flatten().flatten() {
            *having.entry(run).or_default() += 1;
        }
        let count = answers.iter().flatten().count();
        let weight = |run: &Vec<String>| {
            (count as f64 / having.get(run).copied().unwrap_or(1) as f64).log2() / RUN as f64
        };
        for (one, a) in answers.iter().enumerate() {
            for (other, b) in answers.iter().enumerate().skip(one + 1) {
                let (Some(a), Some(b)) = (a, b) else { continue };
                let shared: f64 = a.intersection(b).map(weight).sum();
                let all: f64 = a.union(b).map(weight).sum();
                if shared >= EACH && shared >= SHARED * all {
                    found.entry((one, other)).or_default().push((shared, exercise.clone()));
                }
            }
        }
    }
    let mut pairs: Vec<_> = found
        .into_iter()
        .map(|(students, mut alike)| {
            alike.sort_by(|a, b| b.0.total_cmp(&a.0));
            let bits = alike.iter().map(|(bits, _)| bits).sum();
            Pair { students, exercises: alike.into_iter().map(|(_, id)| id).collect(), bits }
        })
        .filter(|pair| pair.bits >= if pair.exercises.len() > 1 { ALL } else { 2.0 * ALL })
        .collect();
    pairs.sort_by(|a, b| b.bits.total_cmp(&a.bits));
    pairs
}

/// The runs of an answer's words.
fn runs(source: &str) -> BTreeSet<Vec<String>> {
    normalised(source).windows(RUN).map(<[String]>::to_vec).collect()
}

/// The words of an answer, the names that it declares numbered in order.
fn normalised(source: &str) -> Vec<String> {
    let words = words(source);
    let mut numbers: HashMap<&str, usize> = HashMap::new();
    for (place, word) in words.iter().enumerate() {
        let before =
            |back: usize| place.checked_sub(back).map_or("", |place| words[place].as_str());
        let after = words.get(place + 1).map_or("", String::as_str);
        let declared = matches!(before(1), "let" | "mut" | "for" | "|" | "&")
            && matches!(after, "=" | ":" | "in" | "|" | "," | ";" | ")")
            || (matches!(before(1), "(" | ",") && matches!(after, "," | ")" | ":"))
            || before(1) == "fn";
        if declared && is_name(word) && !KEYWORDS.contains(&word.as_str()) {
            let next = numbers.len();
            numbers.entry(word).or_insert(next);
        }
    }
    let rename =
        |word: &String| numbers.get(word.as_str()).map_or(word.clone(), |n| format!("nom{n}"));
    words.iter().map(rename).collect()
}

const KEYWORDS: [&str; 12] =
    ["let", "mut", "for", "in", "if", "else", "fn", "while", "match", "return", "self", "true"];

fn is_name(word: &str) -> bool {
    word.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_')
}

/// Names, numbers and signs, without spaces and comments.
fn words(source: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for line in source.lines() {
        let line = line.split_once("//").map_or(line, |(code, _)| code);
        let mut word = String::new();
        for c in line.chars() {
            if c.is_alphanumeric() || c == '_' {
                word.push(c);
                continue;
            }
            if !word.is_empty() {
                words.push(std::mem::take(&mut word));
            }
            if !c.is_whitespace() {
                words.push(c.to_string());
            }
        }
        if !word.is_empty() {
            words.push(word);
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOLUTION: &str = "fn neurone(x: &[f32], w: &[f32], b: f32) -> f32 {\n    x.iter().zip(w).map(|(x, w)| x * w).sum::<f32>() + b\n}";
    const HEAD: &str = "fn neurone(x: &[f32], w: &[f32], b: f32) -> f32 {\n";

    /// Right answers that nobody need copy.
    const OWN: [&str; 6] = [
        "let mut s = b;\n for i in 0..x.len() {\n s += x[i] * w[i];\n }\n s\n}",
        "x.iter().zip(w.iter()).fold(b, |a, (p, q)| a + p * q)\n}",
        "let mut total = 0.0;\n for (a, c) in x.iter().zip(w) {\n total += a * c;\n }\n total + b\n}",
        "(0..x.len()).map(|k| x[k] * w[k]).sum::<f32>() + b\n}",
        "let mut i = 0;\n let mut r = b;\n while i < w.len() {\n r = r + w[i] * x[i];\n i += 1;\n }\n return r;\n}",
        "x.iter().zip(w).map(|(x, w)| x * w).sum::<f32>() + b\n}",
    ];
    /// Odd enough to be recognised.
    const ODD: [&str; 2] = [
        "let mut cumul = 0.0;\n let taille = x.len().min(w.len()).max(1) - 1;\n for k in (0..=taille).rev() {\n if x[k] != 0.0 {\n cumul = cumul + w[k] * x[k] * 1.0;\n }\n }\n cumul - (-b)\n}",
        "let somme: Vec<f32> = w.iter().enumerate().map(|(i, v)| v * x[i]).collect();\n let mut resultat = 2.0 * b;\n for v in &somme {\n resultat = v + resultat;\n }\n resultat - b\n}",
    ];

    fn answers(first: &str, second: &str) -> Answers {
        let text = |body: &str| format!("{HEAD}{body}");
        [("a".to_owned(), text(first)), ("b".to_owned(), text(second))].into()
    }

    fn solution() -> Answers {
        [("a".to_owned(), SOLUTION.to_owned()), ("b".to_owned(), SOLUTION.to_owned())].into()
    }

    fn class() -> Vec<Answers> {
        (0..6).map(|i| answers(OWN[i], OWN[(i + 1) % 6])).collect()
    }

    #[test]
    fn a_class_that_worked_alone_has_no_pair() {
        assert_eq!(pairs(&class(), &solution()), []);
        // Nor one in which all gave the solution's answer, or all the same other one.
        assert_eq!(pairs(&vec![answers(OWN[5], OWN[5]); 6], &solution()), []);
        assert_eq!(pairs(&vec![answers(ODD[0], ODD[1]); 6], &solution()), []);
        // Two who found the same plain loop, once.
        let mut two = class();
        two.push(answers(OWN[0], OWN[5]));
        assert_eq!(pairs(&two, &solution()), []);
    }

    #[test]
    fn other_names_and_layout_hide_no_copy() {
        let disguised = ODD.map(|text| {
            let mut text = text.replace('\n', "\n\n   // mon idée\n").replace("cumul", "acc");
            for (name, other) in [("taille", "fin"), ("somme", "produits"), ("resultat", "r")] {
                text = text.replace(name, other);
            }
            text
        });
        let mut copied = class();
        copied.push(answers(ODD[0], ODD[1]));
        copied.push(answers(&disguised[0], &disguised[1]));
        let found = pairs(&copied, &solution());
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].students, (6, 7));
        assert_eq!(found[0].exercises.len(), 2);
    }

    #[test]
    fn names_are_numbered_and_the_rest_is_kept() {
        let words = normalised("let mut s = b; // somme\nfor i in 0..n { s += x[i]; }").join(" ");
        assert_eq!(words, "let mut nom0 = b ; for nom1 in 0 . . n { nom0 + = x [ nom1 ] ; }");
    }
}
