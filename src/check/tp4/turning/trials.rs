//! Answers that the tests try: values between pixels, and an image turned by an angle.

use super::*;
use crate::check::registry::{Trial, right, wrong};

pub(super) const INTERPOLER: &[Trial] = &[
    right("four weights", || interpoler(between)),
    right("rows first", || {
        interpoler(|image, x, y| {
            let (j, i) = (x.floor(), y.floor());
            let line = |i: f32| {
                let (a, b) = (at(image, i, j), at(image, i, j + 1.0));
                a + (x - j) * (b - a)
            };
            line(i) + (y - i) * (line(i + 1.0) - line(i))
        })
    }),
    wrong("plus proche voisin", || interpoler(|image, x, y| at(image, y.round(), x.round()))),
    wrong("plus proche voisin", || interpoler(|image, x, y| at(image, y.floor(), x.floor()))),
    wrong("lignes et colonnes", || interpoler(|image, x, y| between(image, y, x))),
    wrong("poids échangés", || {
        interpoler(|image, x, y| mix(image, x, y, |u, v| (1.0 - u, 1.0 - v)))
    }),
    wrong("une direction", || interpoler(|image, x, y| mix(image, x, y, |u, _| (u, 0.0)))),
    wrong("moyenne", || interpoler(|image, x, y| mix(image, x, y, |_, _| (0.5, 0.5)))),
    wrong("arrondi vers zéro", || {
        interpoler(|image, x, y| {
            let (u, v) = (x - x.trunc(), y - y.trunc());
            blend(image, x.trunc(), y.trunc(), u, v)
        })
    }),
    wrong("indice hors limites", || interpoler(|image, x, y| image[y as usize + 2][x as usize])),
    wrong("à compléter", || interpoler(|_, _, _| todo!("à compléter"))),
];

pub(super) const TOURNER: &[Trial] = &[
    right("formula", || tourner(turned)),
    right("collect", || {
        tourner(|image, degrees| {
            let (n, (sin, cos)) = (image.len(), degrees.to_radians().sin_cos());
            let c = n as f32 / 2.0 - 0.5;
            let source = |i: usize, j: usize| {
                let (x, y) = (j as f32 - c, i as f32 - c);
                between(image, c + cos * x - sin * y, c + sin * x + cos * y)
            };
            (0..n).map(|i| (0..n).map(|j| source(i, j)).collect()).collect()
        })
    }),
    wrong("degrés", || tourner(|image, degrees| around(image, degrees, middle(image)))),
    wrong("sens inverse", || tourner(|image, degrees| turned(image, -degrees))),
    wrong("coin", || tourner(|image, degrees| around(image, degrees.to_radians(), 0.0))),
    wrong("centre", || {
        tourner(|image, degrees| around(image, degrees.to_radians(), middle(image) + 0.5))
    }),
    wrong("transposée", || tourner(|image, degrees| transposed(&turned(image, degrees)))),
    wrong("trous", || tourner(thrown)),
    wrong("angle nul", || {
        tourner(|image, degrees| {
            let mut turned = turned(image, degrees);
            turned.iter_mut().for_each(|row| row.rotate_left(1));
            turned
        })
    }),
    wrong("quart de tour", || {
        tourner(|image, degrees| turned(image, if degrees == 0.0 { 0.0 } else { degrees + 45.0 }))
    }),
    wrong("angle quelconque", || {
        tourner(|image, degrees| turned(image, if degrees % 90.0 == 0.0 { degrees } else { 0.0 }))
    }),
    wrong("taille", || tourner(|image, degrees| turned(image, degrees)[1..].to_vec())),
    wrong("à compléter", || tourner(|_, _| todo!("à compléter"))),
];
