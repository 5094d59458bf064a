//! Answers that make no sense, to every check that gets numbers back: a verdict
//! that is not right, never a panic.

use std::cell::Cell;

use super::{Verdict, tp1, tp2, tp3, tp4};
use crate::prelude::*;

thread_local! {
    /// Which of the absurd answers is given.
    static KIND: Cell<usize> = const { Cell::new(0) };
}

fn tensors() -> Vec<Tensor> {
    let make = |shape: &[usize], dtype| Tensor::zeros(shape, dtype, &Device::Cpu).unwrap();
    let nan = |shape: &[usize]| Tensor::full(f32::NAN, shape, &Device::Cpu).unwrap();
    vec![
        make(&[0], DType::F32),
        make(&[0, 28, 28, 1], DType::F32),
        make(&[3, 0], DType::F32),
        make(&[], DType::F32),
        make(&[2, 1, 2, 1, 2], DType::F32),
        make(&[28, 28], DType::U8),
        make(&[3, 784], DType::I64),
        nan(&[]),
        nan(&[28, 28]),
        nan(&[3, 784]),
        nan(&[3, 28, 28, 1]),
    ]
}

fn tensor() -> Result<Tensor> {
    Ok(tensors().swap_remove(KIND.get()))
}

fn lists() -> Vec<Vec<f32>> {
    vec![vec![], vec![f32::NAN], vec![f32::INFINITY; 3], vec![f32::NAN; 784], vec![0.0; 100_000]]
}

fn list() -> Vec<f32> {
    lists().swap_remove(KIND.get())
}

fn rows() -> Vec<Vec<f32>> {
    match KIND.get() {
        0 => vec![],
        1 => vec![vec![]; 3],
        2 => vec![vec![0.0; 3], vec![]],
        3 => vec![vec![], vec![1.0; 5]],
        _ => vec![vec![f32::NAN; 28]; 28],
    }
}

type Check = (&'static str, fn() -> Verdict);

fn all_refused(kinds: usize, checks: &[Check]) {
    for kind in 0..kinds {
        KIND.set(kind);
        for (name, check) in checks {
            let verdict = check();
            assert!(!verdict.is_right(), "{name}, answer {kind}: {verdict:?}");
        }
    }
}

#[test]
fn absurd_tensors_are_refused_with_a_sentence() {
    let checks: [Check; 11] = [
        ("image_600", || tp1::image_600(&tensor().unwrap(), 0)),
        ("preparer", || tp1::preparer(|_| tensor())),
        ("avant", || tp1::avant(|_, _, _, _, _| tensor())),
        ("perte", || tp1::perte(|_, _| tensor())),
        ("un_pas", || tp1::un_pas(|vars, _, _| Ok(vars[0].set(&tensor()?)?))),
        ("noyaux", || tp2::noyaux(|_| tensor())),
        ("preparer", || tp2::preparer(|_| tensor())),
        ("carte", || tp2::carte(|_, _, _, _| tensor())),
        ("saillance", || tp2::saillance(|_, _| tensor())),
        ("trois_parties", || tp4::trois_parties(|_, _, _, _| Ok((tensor()?, tensor()?)))),
        ("trois_parties", || tp4::trois_parties(|_, y, _, _| Ok((tensor()?, y.clone())))),
    ];
    all_refused(tensors().len(), &checks);
}

#[test]
fn absurd_lists_are_refused_with_a_sentence() {
    let checks: [Check; 10] = [
        ("couche", || tp1::couche(|_, _, _| list())),
        ("softmax", || tp1::softmax(|_| list())),
        ("poids_initiaux", || tp1::poids_initiaux(|_, _, _| list())),
        ("sous_bruit", || tp2::sous_bruit(|_, _, _, _| Ok(list()))),
        ("filtre", || tp2::filtre(&[list(), list()])),
        ("poids_he", || tp3::poids_he(|_, _, _| list())),
        ("lissage", || tp3::lissage(|_, _| list())),
        ("par_partie", || tp4::par_partie(|_, _, _| Ok(list()))),
        ("courbe", || {
            tp4::courbe(|_, _, _, _, _| Ok(list().iter().map(|v| (0.0, f64::from(*v))).collect()))
        }),
        ("normaliser", || tp4::normaliser(|_, _, _| list())),
    ];
    all_refused(lists().len(), &checks);
}

#[test]
fn absurd_pictures_are_refused_with_a_sentence() {
    let checks: [Check; 8] = [
        ("un_parmi_n", || tp1::un_parmi_n(|_, _| rows())),
        ("confusion", || {
            let whole = |_: &[u8], _: &[u32], _: usize| {
                rows().iter().map(|row| row.iter().map(|v| *v as u32).collect()).collect()
            };
            tp1::confusion(whole)
        }),
        ("filtre", || tp2::filtre(&rows())),
        ("convolution", || tp2::convolution(|_, _| rows())),
        ("entourer", || tp2::entourer(|_, _| rows())),
        ("max_pooling", || tp2::max_pooling(|_, _| rows())),
        ("plis", || {
            let whole =
                |_, _| rows().iter().map(|row| row.iter().map(|v| *v as usize).collect()).collect();
            tp3::plis(whole)
        }),
        ("tourner", || tp4::tourner(|_, _| rows())),
    ];
    all_refused(5, &checks);
}

#[test]
fn absurd_numbers_are_refused_with_a_sentence() {
    const NUMBERS: [f32; 4] = [f32::NAN, f32::INFINITY, f32::MIN, 1e-38];
    fn number() -> f32 {
        NUMBERS[KIND.get()]
    }
    let checks: [Check; 11] = [
        ("neurone", || tp1::neurone(|_, _, _| number())),
        ("activations", || tp1::activations(|_| number().into(), |_| number().into())),
        ("entropie_croisee", || tp1::entropie_croisee(|_, _| number())),
        ("taux_reussite", || tp1::taux_reussite(|_, _| number())),
        ("perte_attendue", || tp1::perte_attendue(number())),
        ("precision_rappel", || tp2::precision_rappel(|_, _| (number(), number()))),
        ("taux_au_hasard", || tp3::taux_au_hasard(|_, _, _| number().into())),
        ("dispersion", || tp3::dispersion(|_| (number(), number()))),
        ("validation_croisee", || tp3::validation_croisee(|_, _, _, _, _| Ok(number()))),
        ("memoire", || tp4::memoire(|_, _, _| number())),
        ("interpoler", || tp4::interpoler(|_, _, _| number())),
    ];
    all_refused(NUMBERS.len(), &checks);
}
