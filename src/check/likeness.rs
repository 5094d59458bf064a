//! How an answer resembles the right one when no mistake of the exercise explains
//! it: the same numbers but for a sign, a factor, an order, a place…
//!
//! A likeness counts only when it holds for every input that was tried, and when
//! there are numbers enough that it is no chance.

use super::numbers::{close, french};
use crate::french::plural;

/// The key of a hint in [`COMMON`](super::common::COMMON), and what was measured.
pub(super) type Likeness = (&'static str, Option<String>);

/// What `got` has to do with `want`, one list of numbers per input, of equal lengths.
pub(super) fn likeness(got: &[Vec<f32>], want: &[Vec<f32>]) -> Option<Likeness> {
    let of = |f: &dyn Fn(&[f32]) -> Vec<f32>| -> bool {
        got.iter().zip(want).all(|(g, w)| close(g, &f(w)))
    };
    let each = |f: fn(f32) -> f32| of(&|w| w.iter().map(|v| f(*v)).collect());
    let (all, wanted) = (got.concat(), want.concat());
    if all.iter().any(|v| v.is_infinite()) && wanted.iter().all(|v| v.is_finite()) {
        return Some(("valeur infinie", None));
    }
    if all.iter().any(|v| !v.is_finite()) || wanted.iter().any(|v| !v.is_finite()) {
        return None;
    }
    let longest = want.iter().map(Vec::len).max().unwrap_or(0);
    let varied = |lists: &[Vec<f32>]| lists.iter().any(|list| !close(list, &lists[0]));
    let plain = |key| Some((key, None));
    if all.iter().all(|v| *v == 0.0) {
        return plain("que des zéros");
    }
    if got.len() > 1 && varied(want) && !varied(got) {
        return plain("réponse constante");
    }
    if all.len() > 1 {
        if each(|v| -v) {
            return plain("signe opposé");
        }
        if each(|v| 1.0 - v) {
            return plain("complément à un");
        }
        if let Some(likeness) = gap(&all, &wanted).or_else(|| factor(&all, &wanted)) {
            return Some(likeness);
        }
        if each(f32::trunc) || each(f32::round) || each(f32::floor) {
            return plain("nombres entiers");
        }
        if each(|v| v.max(0.0)) {
            return plain("négatifs perdus");
        }
        if each(f32::abs) {
            return plain("valeur absolue");
        }
        if got.iter().zip(want).all(|(g, w)| g.iter().zip(w).all(|(g, w)| near(g.max(0.0), *w))) {
            return plain("négatifs gardés");
        }
        if each(|v| 1.0 / v) {
            return plain("rapport renversé");
        }
        if each(|v| v * v) {
            return plain("racine à prendre");
        }
        if each(|v| v.abs().sqrt()) {
            return plain("racine en trop");
        }
    }
    if longest > 2 {
        if of(&|w| w.iter().rev().copied().collect()) {
            return plain("à l'envers");
        }
        if of(&|w| shifted(w, 1)) || got.iter().zip(want).all(|(g, w)| moved(g, w)) {
            return plain("décalé d'une place");
        }
        if of(&sorted_like(got)) {
            return plain("autre ordre");
        }
        if of(&cumulated) {
            return plain("somme cumulée");
        }
        if got.iter().zip(want).all(|(g, w)| factor(g, w).is_some() || close(g, w)) {
            return plain("facteur selon l'entrée");
        }
        let but_first = |list: &[f32]| list.get(1..).unwrap_or_default().to_vec();
        let but_last = |list: &[f32]| list[..list.len().saturating_sub(1)].to_vec();
        let agree = |cut: &dyn Fn(&[f32]) -> Vec<f32>| {
            got.iter().zip(want).all(|(g, w)| close(&cut(g), &cut(w)))
        };
        if agree(&but_first) {
            return plain("premier faux");
        }
        if agree(&but_last) {
            return plain("dernier faux");
        }
    }
    if all.iter().any(|v| v.abs() > 1e6 * (1.0 + largest(&wanted))) {
        return plain("valeur géante");
    }
    let right = got.iter().zip(want).filter(|(g, w)| close(g, w)).count();
    if right > 0 {
        return Some((
            "cas particulier",
            Some(format!("juste pour {} sur {}", plural(right, "entrée"), got.len())),
        ));
    }
    let good = all.iter().zip(&wanted).filter(|(g, w)| near(**g, **w)).count();
    if 3 * good > all.len() {
        let found = format!("{} sur {}", plural(good, "nombre juste"), all.len());
        return Some(("une partie juste", Some(found)));
    }
    None
}

fn near(a: f32, b: f32) -> bool {
    close(&[a], &[b])
}

fn largest(values: &[f32]) -> f32 {
    values.iter().fold(0.0, |m, v| m.max(v.abs()))
}

/// The same difference everywhere.
fn gap(got: &[f32], want: &[f32]) -> Option<Likeness> {
    let gap = got[0] - want[0];
    let same = gap.abs() > 1e-3 && got.iter().zip(want).all(|(g, w)| near(*g, w + gap));
    let whole = want.iter().all(|w| w.fract() == 0.0);
    let found = format!("écart de {}", french(gap));
    match same {
        true if whole && gap.abs() == 1.0 => Some(("décalé d'un", Some(found))),
        true => Some(("écart constant", Some(found))),
        false => None,
    }
}

/// The same ratio everywhere.
fn factor(got: &[f32], want: &[f32]) -> Option<Likeness> {
    let at = want.iter().position(|w| w.abs() > 1e-3)?;
    let ratio = got[at] / want[at];
    let moving = want.iter().filter(|w| w.abs() > 1e-3).count() > 1;
    let same = moving && (ratio - 1.0).abs() > 1e-3 && ratio.abs() > 1e-3;
    let all = same && got.iter().zip(want).all(|(g, w)| near(*g, w * ratio));
    all.then(|| ("facteur constant", Some(format!("rapport de {}", french(ratio)))))
}

fn shifted(values: &[f32], by: usize) -> Vec<f32> {
    let by = by.min(values.len());
    [&values[by..], &values[..by]].concat()
}

/// The numbers are those of the place before or after.
fn moved(got: &[f32], want: &[f32]) -> bool {
    let n = want.len();
    n > 2 && (close(&got[1..], &want[..n - 1]) || close(&got[..n - 1], &want[1..]))
}

fn cumulated(values: &[f32]) -> Vec<f32> {
    let mut sum = 0.0;
    let add = |v: &f32| {
        sum += v;
        sum
    };
    values.iter().map(add).collect()
}

/// Whether each list of `got` holds the same numbers: returns, for the list wanted,
/// the list of `got` that does, or the list itself.
fn sorted_like(got: &[Vec<f32>]) -> impl Fn(&[f32]) -> Vec<f32> + '_ {
    let sorted = |list: &[f32]| {
        let mut list = list.to_vec();
        list.sort_by(f32::total_cmp);
        list
    };
    move |want| {
        let same = |list: &&Vec<f32>| close(&sorted(list), &sorted(want));
        got.iter().find(same).cloned().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(by: fn(&[f32]) -> Vec<f32>) -> Option<&'static str> {
        let want =
            [vec![0.5, -1.25, 2.0, 0.75], vec![-0.3, 0.8, 1.5, -2.5], vec![3.0, 0.2, -0.7, 1.1]];
        let got: Vec<Vec<f32>> = want.iter().map(|list| by(list)).collect();
        likeness(&got, &want).map(|(key, _)| key)
    }

    #[test]
    fn likenesses_are_called_by_their_names() {
        let each = |w: &[f32], f: fn(f32) -> f32| -> Vec<f32> { w.iter().map(|v| f(*v)).collect() };
        assert_eq!(key(|w| vec![0.0; w.len()]), Some("que des zéros"));
        assert_eq!(key(|w| vec![7.0; w.len()]), Some("réponse constante"));
        type Case = (&'static str, fn(f32) -> f32);
        let cases: [Case; 8] = [
            ("signe opposé", |v| -v),
            ("complément à un", |v| 1.0 - v),
            ("écart constant", |v| v + 0.25),
            ("facteur constant", |v| v * 3.0),
            ("nombres entiers", |v| v.trunc()),
            ("négatifs perdus", |v| v.max(0.0)),
            ("valeur absolue", |v| v.abs()),
            ("racine à prendre", |v| v * v),
        ];
        for (name, f) in cases {
            let want = [vec![0.5, -1.25, 2.0], vec![-0.3, 0.8, 1.5]];
            let got: Vec<Vec<f32>> = want.iter().map(|w| each(w, f)).collect();
            assert_eq!(likeness(&got, &want).map(|l| l.0), Some(name));
        }
        assert_eq!(key(|w| w.iter().rev().copied().collect()), Some("à l'envers"));
        assert_eq!(key(|w| shifted(w, 1)), Some("décalé d'une place"));
        assert_eq!(key(|w| vec![w[1], w[0], w[3], w[2]]), Some("autre ordre"));
        assert_eq!(key(cumulated), Some("somme cumulée"));
        assert_eq!(key(|w| [&[9.0], &w[1..]].concat()), Some("premier faux"));
        assert_eq!(key(|w| [&w[..3], &[9.0]].concat()), Some("dernier faux"));
        assert_eq!(key(|w| w.iter().map(|v| v * w[0]).collect()), Some("facteur selon l'entrée"));
        assert_eq!(
            key(|w| if w[0] > 1.0 { vec![9.0, 2.0, 4.0, 1.0] } else { w.to_vec() }),
            Some("cas particulier")
        );
        assert_eq!(key(|w| vec![w[0] * w[1], w[2] + w[1], w[3] * 0.3, w[0] - w[1]]), None);
    }

    #[test]
    fn one_more_is_told_from_another_gap() {
        let want = [vec![3.0], vec![5.0], vec![8.0]];
        let more = |by: f32| want.iter().map(|w| vec![w[0] + by]).collect::<Vec<_>>();
        assert_eq!(likeness(&more(1.0), &want).unwrap().0, "décalé d'un");
        assert_eq!(likeness(&more(2.0), &want).unwrap().0, "écart constant");
    }

    #[test]
    fn what_is_no_number_is_like_nothing() {
        assert_eq!(likeness(&[vec![f32::NAN, 1.0]], &[vec![1.0, 2.0]]), None);
    }
}
