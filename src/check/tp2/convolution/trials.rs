//! Answers that the tests try: the convolution by hand.

use super::*;
use crate::check::registry::{Trial, right, wrong};

pub(super) const CONVOLUTION: &[Trial] = &[
    wrong("cas simple", || {
        convolution(|x, k| {
            let (size, (kh, kw)) = (size(&convolve(x, k)), size(k));
            rows(size.0, size.1, |i, j| {
                let cells = (0..kh).flat_map(|a| (0..kw).map(move |b| (a, b)));
                cells.map(|(a, b)| x[i + a][j + b] + k[a][b]).sum()
            })
        })
    }),
    wrong("cas simple", || {
        convolution(|x, k| convolve(x, &[&[vec![0.0; k[0].len()]], &k[1..]].concat()))
    }),
    right("shifted images added up", || {
        convolution(|x, k| {
            let (h, w) = (x.len() - k.len() + 1, x[0].len() - k[0].len() + 1);
            let mut out = vec![vec![0.0; w]; h];
            for a in 0..k.len() {
                for b in 0..k[0].len() {
                    for i in 0..h {
                        for j in 0..w {
                            out[i][j] += k[a][b] * x[i + a][j + b];
                        }
                    }
                }
            }
            out
        })
    }),
    right("flat windows", || {
        convolution(|x, k| {
            let (kh, kw) = (k.len(), k[0].len());
            let flat = k.concat();
            let window = |i: usize, j: usize| -> Vec<f32> {
                x[i..i + kh].iter().flat_map(|row| row[j..j + kw].to_vec()).collect()
            };
            let sum = |i: usize, j: usize| -> f32 {
                window(i, j).iter().zip(&flat).map(|(x, w)| x * w).sum()
            };
            (0..x.len() - kh + 1)
                .map(|i| (0..x[0].len() - kw + 1).map(|j| sum(i, j)).collect())
                .collect()
        })
    }),
    right("loops", || {
        convolution(|x, k| {
            let mut out = Vec::new();
            for i in 0..=x.len() - k.len() {
                let mut line = Vec::new();
                for j in 0..=x[0].len() - k[0].len() {
                    let mut sum = 0.0;
                    for (a, row) in k.iter().enumerate() {
                        for (b, w) in row.iter().enumerate() {
                            sum += x[i + a][j + b] * w;
                        }
                    }
                    line.push(sum);
                }
                out.push(line);
            }
            out
        })
    }),
    right("windows", || {
        convolution(|x, k| {
            x.windows(k.len())
                .map(|band| {
                    (0..band[0].len() + 1 - k[0].len())
                        .map(|j| {
                            let dot = |(row, w): (&Vec<f32>, &Vec<f32>)| -> f32 {
                                row[j..].iter().zip(w).map(|(x, w)| x * w).sum()
                            };
                            band.iter().zip(k).map(dot).sum()
                        })
                        .collect()
                })
                .collect()
        })
    }),
    wrong("dernière fenêtre oubliée", || {
        convolution(|x, k| {
            let (h, w) = (x.len() - k.len(), x[0].len() - k[0].len());
            convolve(x, k)[..h].iter().map(|row| row[..w].to_vec()).collect()
        })
    }),
    wrong("forme", || convolution(|x, _| x[1..].to_vec())),
    wrong("noyau transposé", || {
        convolution(|x, k| {
            let ((h, w), (kh, kw)) = (size(x), size(k));
            rows(h + 1 - kh, w + 1 - kw, |i, j| {
                let at = |a: usize, b: usize| x.get(i + b).and_then(|row| row.get(j + a));
                (0..kh)
                    .flat_map(|a| (0..kw).map(move |b| (a, b)))
                    .map(|(a, b)| at(a, b).copied().unwrap_or(0.0) * k[a][b])
                    .sum()
            })
        })
    }),
    wrong("noyau supposé carré", || {
        convolution(|x, k| {
            let n = k.len();
            rows(x.len() + 1 - n, x[0].len() + 1 - n, |i, j| {
                let mut sum = 0.0;
                for a in 0..n {
                    for b in 0..k[0].len() {
                        sum += x[i + a][j + b] * k[a][b];
                    }
                }
                sum
            })
        })
    }),
    wrong("nan", || convolution(|x, k| map(convolve(x, k), |_| f32::NAN))),
    wrong("indice hors limites", || {
        convolution(|x, k| rows(x.len(), x[0].len(), |i, j| x[i + k.len() - 1][j] * k[0][0]))
    }),
    wrong("à compléter", || convolution(|_, _| todo!("à compléter"))),
];
