//! Answers that the tests try: how images and kernels lie in a tensor: channels last.

use candle_core::D;

use super::*;
use crate::check::registry::{Trial, right, wrong};

pub(super) const NOYAUX: &[Trial] = &[
    right("stacked", || {
        noyaux(|kernels| {
            let mut all = Vec::new();
            for kernel in kernels {
                all.push(Tensor::from_vec(kernel.concat(), (3, 3), &Device::Cpu)?);
            }
            Ok(Tensor::stack(&all, 2)?.unsqueeze(2)?)
        })
    }),
    right("place by place", || {
        noyaux(|kernels| {
            let n = kernels.len();
            let values: Vec<f32> =
                (0..9 * n).map(|k| kernels[k % n][k / n / 3][k / n % 3]).collect();
            Ok(Tensor::new(values, &Device::Cpu)?.reshape((3, 3, 1, n))?)
        })
    }),
    right("loops", || noyaux(tensor)),
    right("permute", || {
        noyaux(|kernels| {
            let flat: Vec<f32> = kernels.iter().flatten().flatten().copied().collect();
            let stacked = Tensor::from_vec(flat, (kernels.len(), 3, 3, 1), &Device::Cpu)?;
            Ok(stacked.permute((1, 2, 3, 0))?)
        })
    }),
    wrong("filtres d'abord", || noyaux(|k| Ok(tensor(k)?.permute((3, 2, 0, 1))?))),
    wrong("filtres d'abord", || noyaux(|k| Ok(tensor(k)?.permute((3, 0, 1, 2))?))),
    wrong("ordre des valeurs", || {
        noyaux(|kernels| {
            let flat: Vec<f32> = kernels.iter().flatten().flatten().copied().collect();
            Ok(Tensor::from_vec(flat, (3, 3, 1, kernels.len()), &Device::Cpu)?)
        })
    }),
    wrong("transposés", || noyaux(|k| Ok(tensor(k)?.transpose(0, 1)?))),
    wrong("canal oublié", || noyaux(|k| Ok(tensor(k)?.squeeze(2)?))),
    wrong("un seul filtre", || noyaux(|k| tensor(&k[..1]))),
    wrong("type", || noyaux(|k| Ok(tensor(k)?.to_dtype(DType::F64)?))),
    wrong("forme", || noyaux(|k| Ok(tensor(k)?.flatten_all()?))),
    wrong("nan", || noyaux(|k| Ok((tensor(k)? * f64::NAN)?))),
    wrong("liste et forme", || noyaux(|k| Ok(tensor(k)?.reshape((2, 2))?))),
    wrong("à compléter", || noyaux(|_| todo!("à compléter"))),
];

pub(super) const PREPARER: &[Trial] = &[
    wrong("liste et forme", || {
        preparer(|x| Ok((x.to_dtype(DType::F32)? / 255.0)?.reshape((3, 28, 28, 1))?))
    }),
    right("the channel first of all", || {
        preparer(|x| Ok(x.unsqueeze(D::Minus1)?.to_dtype(DType::F32)?.affine(1.0 / 255.0, 0.0)?))
    }),
    right("pixel by pixel", || {
        preparer(|x| {
            let (n, h, w) = x.dims3()?;
            let pixels: Vec<u8> = x.flatten_all()?.to_vec1()?;
            let pixels: Vec<f32> = pixels.iter().map(|p| *p as f32 / 255.0).collect();
            Ok(Tensor::from_vec(pixels, (n, h, w, 1), &Device::Cpu)?)
        })
    }),
    right("unsqueeze", || preparer(prepared)),
    right("reshape", || {
        preparer(|x| {
            let x = (x.to_dtype(DType::F32)? / 255.0)?;
            Ok(x.reshape(((), 28, 28, 1))?)
        })
    }),
    wrong("canal oublié", || preparer(|x| Ok(prepared(x)?.squeeze(3)?))),
    wrong("canal d'abord", || preparer(|x| Ok(prepared(x)?.permute((0, 3, 1, 2))?))),
    wrong("aplati", || preparer(|x| Ok(prepared(x)?.flatten_from(1)?))),
    wrong("pas divisé", || preparer(|x| Ok(x.to_dtype(DType::F32)?.unsqueeze(3)?))),
    wrong("divisé deux fois", || preparer(|x| Ok((prepared(x)? / 255.0)?))),
    wrong("division entière", || preparer(|x| Ok((prepared(x)? - 0.4999)?.round()?.relu()?))),
    wrong("inversé", || preparer(|x| Ok(prepared(x)?.affine(-1.0, 1.0)?))),
    wrong("lignes et colonnes", || preparer(|x| Ok(prepared(x)?.transpose(1, 2)?))),
    wrong("type", || preparer(|x| Ok(prepared(x)?.to_dtype(DType::F64)?))),
    wrong("forme", || preparer(|x| Ok(prepared(x)?.flatten_all()?))),
    wrong("nan", || preparer(|x| Ok((prepared(x)? * f64::NAN)?))),
    wrong("liste et forme", || preparer(|x| Ok(x.reshape((7, 7))?))),
    wrong("à compléter", || preparer(|_| todo!("à compléter"))),
];
