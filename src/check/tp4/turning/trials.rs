//! Answers that the tests try: values between pixels, and an image turned by an angle.

use super::*;
use crate::check::registry::{Trial, right, wrong};

pub(super) const INTERPOLER: &[Trial] = &[
    right("four products", || {
        interpoler(|image, x, y| {
            let (i, j) = (y.floor(), x.floor());
            let (v, u) = (y - i, x - j);
            let mut sum = (1.0 - u) * (1.0 - v) * at(image, i, j);
            sum += u * (1.0 - v) * at(image, i, j + 1.0);
            sum += (1.0 - u) * v * at(image, i + 1.0, j);
            sum + u * v * at(image, i + 1.0, j + 1.0)
        })
    }),
    right("tents over all pixels", || {
        interpoler(|image, x, y| {
            let tent = |d: f32| (1.0 - d.abs()).max(0.0);
            let mut sum = 0.0;
            for (i, row) in image.iter().enumerate() {
                for (j, pixel) in row.iter().enumerate() {
                    sum += tent(x - j as f32) * tent(y - i as f32) * pixel;
                }
            }
            sum
        })
    }),
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
    wrong("indice hors limites", || interpoler(|image, x, y| image[y as usize + 2][x as usize])),
    wrong("à compléter", || interpoler(|_, _, _| todo!("à compléter"))),
    wrong("une direction", || {
        interpoler(|image, x, y| {
            let (j, i) = (x.floor(), y.floor());
            at(image, i, j) + (x - j) * (at(image, i, j + 1.0) - at(image, i, j))
        })
    }),
];

pub(super) const TOURNER: &[Trial] = &[
    wrong("bord oublié", || {
        tourner(|image, degrees| {
            let mut turned = turned(image, degrees);
            turned[0].fill(0.0);
            turned
        })
    }),
    wrong("centre", || {
        tourner(|image, degrees| around(image, degrees.to_radians(), (image.len() / 2) as f32))
    }),
    right("cosine and sine apart", || {
        tourner(|image, degrees| {
            let angle = degrees * std::f32::consts::PI / 180.0;
            let c = (image.len() - 1) as f32 / 2.0;
            let mut out = Vec::new();
            for i in 0..image.len() {
                let mut line = Vec::new();
                for j in 0..image.len() {
                    let x = c + angle.cos() * (j as f32 - c) - angle.sin() * (i as f32 - c);
                    let y = c + angle.sin() * (j as f32 - c) + angle.cos() * (i as f32 - c);
                    line.push(between(image, x, y));
                }
                out.push(line);
            }
            out
        })
    }),
    right("in polar coordinates", || {
        tourner(|image, degrees| {
            let c = (image.len() as f64 - 1.0) / 2.0;
            let angle = f64::from(degrees).to_radians();
            let pixel = |i: usize, j: usize| {
                let (x, y) = (j as f64 - c, i as f64 - c);
                let (radius, turned) = (x.hypot(y), y.atan2(x) + angle);
                let (x, y) = (c + radius * turned.cos(), c + radius * turned.sin());
                between(image, x as f32, y as f32)
            };
            let line = |i: usize| (0..image.len()).map(|j| pixel(i, j)).collect();
            (0..image.len()).map(line).collect()
        })
    }),
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
