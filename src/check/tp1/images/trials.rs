//! Answers that the tests try: one image, then all of them as the network takes them.

use std::sync::OnceLock;

use super::*;
use crate::check::registry::{Trial, right, wrong};
use crate::data::Mnist;

pub(super) const IMAGE_600: &[Trial] = &[
    wrong("autre image", || image_600(&image(6), 9)),
    wrong("autre image", || {
        let light = (image(600).to_dtype(DType::F32).unwrap() / 2.0).unwrap();
        image_600(&light.to_dtype(DType::U8).unwrap(), 9)
    }),
    wrong("ensemble de test", || image_600(&test_image(600), 9)),
    right("narrow and squeeze", || {
        image_600(&mnist().train.images.narrow(0, 600, 1).unwrap().squeeze(0).unwrap(), 9)
    }),
    right("pixels copied", || {
        let pixels: Vec<u8> =
            mnist().train.images.get(600).unwrap().flatten_all().unwrap().to_vec1().unwrap();
        image_600(&Tensor::from_vec(pixels, (28, 28), &Device::Cpu).unwrap(), 9)
    }),
    right("image()", || image_600(&image(600), 9)),
    right("index and squeeze", || {
        image_600(&image(600).unsqueeze(0).unwrap().squeeze(0).unwrap(), 9)
    }),
    wrong("rang décalé", || image_600(&image(601), 9)),
    wrong("rang décalé", || image_600(&image(599), 7)),
    wrong("ensemble de test", || image_600(&test_image(600), 6)),
    wrong("forme", || image_600(&image(600).unsqueeze(0).unwrap(), 9)),
    wrong("forme", || image_600(&image(600).flatten_all().unwrap(), 9)),
    wrong("forme", || image_600(&Tensor::zeros(0, DType::U8, &Device::Cpu).unwrap(), 9)),
    wrong("transposée", || image_600(&image(600).t().unwrap(), 9)),
    wrong("type", || image_600(&image(600).to_dtype(DType::F32).unwrap(), 9)),
    wrong("étiquette", || image_600(&image(600), 6)),
];

pub(super) const PREPARER: &[Trial] = &[
    wrong("lignes et colonnes", || preparer(|x| prepared(&x.transpose(1, 2)?.contiguous()?))),
    wrong("liste et forme", || {
        preparer(|x| Ok((x.to_dtype(DType::F32)? / 255.0)?.reshape((3, 784))?))
    }),
    right("pixel by pixel", || {
        preparer(|x| {
            let pixels: Vec<u8> = x.flatten_all()?.to_vec1()?;
            let pixels: Vec<f32> = pixels.into_iter().map(|p| f32::from(p) / 255.0).collect();
            Ok(Tensor::from_vec(pixels, (x.dim(0)?, 784), &Device::Cpu)?)
        })
    }),
    right("image by image, in double precision", || {
        preparer(|x| {
            let mut rows = Vec::new();
            for i in 0..x.dims()[0] {
                rows.push((x.get(i)?.flatten_all()?.to_dtype(DType::F64)? / 255.0)?);
            }
            Ok(Tensor::stack(&rows, 0)?.to_dtype(DType::F32)?)
        })
    }),
    right("affine", || preparer(prepared)),
    right("division then reshape", || {
        preparer(|x| {
            let n = x.dim(0)?;
            Ok((x.to_dtype(DType::F32)? / 255.0)?.reshape((n, 784))?)
        })
    }),
    wrong("pas divisé", || preparer(|x| Ok(x.flatten_from(1)?.to_dtype(DType::F32)?))),
    wrong("divisé deux fois", || preparer(|x| Ok((prepared(x)? / 255.0)?))),
    wrong("division entière", || {
        preparer(|x| {
            let pixels: Vec<u8> = x.flatten_all()?.to_vec1()?;
            let pixels: Vec<f32> = pixels.iter().map(|p| f32::from(p / 255)).collect();
            Ok(Tensor::from_vec(pixels, (x.dim(0)?, 784), &Device::Cpu)?)
        })
    }),
    wrong("division entière", || {
        preparer(|x| Ok(x.flatten_from(1)?.affine(1.0 / 255.0, 0.0)?.to_dtype(DType::F32)?))
    }),
    wrong("division entière", || {
        preparer(|x| {
            let factor = f64::from(1 / x.dim(0)? as i32);
            Ok(x.flatten_from(1)?.to_dtype(DType::F32)?.affine(factor, 0.0)?)
        })
    }),
    wrong("divisé par 256", || {
        preparer(|x| Ok((x.flatten_from(1)?.to_dtype(DType::F32)? / 256.0)?))
    }),
    wrong("divisé par le maximum", || {
        preparer(|x| {
            let x = x.flatten_from(1)?.to_dtype(DType::F32)?;
            let max = x.flatten_all()?.max(0)?.to_scalar::<f32>()?;
            Ok((x / f64::from(max))?)
        })
    }),
    wrong("centré", || preparer(|x| Ok((prepared(x)? - 0.5)?))),
    wrong("inversé", || preparer(|x| Ok(prepared(x)?.affine(-1.0, 1.0)?))),
    wrong("pas aplati", || preparer(|x| Ok((x.to_dtype(DType::F32)? / 255.0)?))),
    wrong("tout aplati", || preparer(|x| Ok(prepared(x)?.flatten_all()?))),
    wrong("transposé", || preparer(|x| Ok(prepared(x)?.t()?))),
    wrong("type", || preparer(|x| Ok((x.flatten_from(1)?.to_dtype(DType::F64)? / 255.0)?))),
    wrong("produit de formes différentes", || {
        preparer(|x| Ok(x.flatten_from(1)?.affine(1.0 / 255.0, 0.0)?.matmul(x)?))
    }),
    wrong("nan", || preparer(|x| Ok((prepared(x)? * f64::NAN)?))),
    wrong("à compléter", || preparer(|_| todo!("à compléter"))),
];

fn prepared(images: &Tensor) -> crate::Result<Tensor> {
    Ok(images.flatten_from(1)?.to_dtype(DType::F32)?.affine(1.0 / 255.0, 0.0)?)
}

fn mnist() -> &'static Mnist {
    static MNIST: OnceLock<Mnist> = OnceLock::new();
    MNIST.get_or_init(|| Mnist::load().unwrap())
}

fn image(i: usize) -> Tensor {
    mnist().train.image(i).unwrap()
}

fn test_image(i: usize) -> Tensor {
    mnist().test.image(i).unwrap()
}
