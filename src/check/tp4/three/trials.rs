//! Answers that the tests try: the three-part test set.

use super::*;
use crate::check::registry::{Trial, right, wrong};

pub(super) const TROIS_PARTIES: &[Trial] = &[
    wrong("nettes deux fois", || {
        trois_parties(|x, y, _, moved| {
            Ok((Tensor::cat(&[x, x, &moved.apply(x, 2)?], 0)?, y.repeat((3, 1))?))
        })
    }),
    wrong("nettes deux fois", || {
        trois_parties(|x, y, _, _| Ok((Tensor::cat(&[x, x, x], 0)?, y.repeat((3, 1))?)))
    }),
    wrong("couple inversé", || {
        trois_parties(|x, y, small, moved| {
            let (images, answers) = parts(x, y, small, moved)?;
            Ok((answers, images))
        })
    }),
    right("twice two", || {
        trois_parties(|x, y, small, moved| {
            let altered = Tensor::cat(&[small.apply(x, 3)?, moved.apply(x, 4)?], 0)?;
            let twice = y.repeat((2, 1))?;
            Ok((Tensor::cat(&[x, &altered], 0)?, Tensor::cat(&[&twice, y], 0)?))
        })
    }),
    right("cat", || trois_parties(parts)),
    right("other seeds", || {
        trois_parties(|x, y, small, moved| {
            let second = small.apply(x, 77)?;
            Ok((Tensor::cat(&[x, &second, &moved.apply(x, 99)?], 0)?, Tensor::cat(&[y, y, y], 0)?))
        })
    }),
    wrong("ordre", || {
        trois_parties(|x, y, small, moved| {
            let images = [x.clone(), moved.apply(x, 2)?, small.apply(x, 1)?];
            Ok((Tensor::cat(&images, 0)?, y.repeat((3, 1))?))
        })
    }),
    wrong("nettes altérées", || {
        trois_parties(|x, y, small, moved| {
            let images = [moved.apply(x, 5)?, small.apply(x, 1)?, moved.apply(x, 2)?];
            Ok((Tensor::cat(&images, 0)?, y.repeat((3, 1))?))
        })
    }),
    wrong("partie manquante", || {
        trois_parties(|x, y, small, _| {
            Ok((Tensor::cat(&[x, &small.apply(x, 1)?], 0)?, y.repeat((2, 1))?))
        })
    }),
    wrong("altérations cumulées", || {
        trois_parties(|x, y, small, moved| {
            let small = small.apply(x, 1)?;
            let images = [x.clone(), small.clone(), moved.apply(&small, 2)?];
            Ok((Tensor::cat(&images, 0)?, y.repeat((3, 1))?))
        })
    }),
    wrong("même altération", || {
        trois_parties(|x, y, small, _| {
            let images = [x.clone(), small.apply(x, 1)?, small.apply(x, 2)?];
            Ok((Tensor::cat(&images, 0)?, y.repeat((3, 1))?))
        })
    }),
    wrong("argument ignoré", || {
        trois_parties(|x, y, _, moved| {
            let small = Imperfect { shrink: 1.0, thickness: 0.0, canvas: 56 };
            parts(x, y, &small, moved)
        })
    }),
    wrong("argument ignoré", || {
        trois_parties(|x, y, small, _| {
            parts(x, y, small, &Augment { noise: 0.15, ..Augment::none() })
        })
    }),
    right("pushed", || {
        trois_parties(|x, y, small, moved| {
            let mut images = vec![x.clone()];
            images.push(small.apply(x, 1)?);
            images.push(moved.apply(x, 2)?);
            Ok((Tensor::cat(&images, 0)?, Tensor::cat(&vec![y.clone(); 3], 0)?))
        })
    }),
    wrong("étiquettes", || {
        trois_parties(|x, y, small, moved| Ok((parts(x, y, small, moved)?.0, y.clone())))
    }),
    wrong("étiquettes dans le désordre", || {
        trois_parties(|x, y, small, moved| {
            let images = parts(x, y, small, moved)?.0;
            let each = y.unsqueeze(1)?.repeat((1, 3, 1))?.reshape(((), 10))?;
            Ok((images, each))
        })
    }),
    wrong("axe", || {
        trois_parties(|x, y, small, moved| {
            let images = [x.clone(), small.apply(x, 1)?, moved.apply(x, 2)?];
            Ok((Tensor::stack(&images, 0)?, y.repeat((3, 1))?))
        })
    }),
    wrong("axe", || {
        trois_parties(|x, y, small, moved| {
            let images = [x.clone(), small.apply(x, 1)?, moved.apply(x, 2)?];
            Ok((Tensor::cat(&images, 3)?, y.repeat((3, 1))?))
        })
    }),
    wrong("à compléter", || trois_parties(|_, _, _, _| todo!("à compléter"))),
];

fn parts(x: &Tensor, y: &Tensor, small: &Imperfect, moved: &Augment) -> Result<(Tensor, Tensor)> {
    let images = [x.clone(), small.apply(x, 1)?, moved.apply(x, 2)?];
    Ok((Tensor::cat(&images, 0)?, Tensor::cat(&[y, y, y], 0)?))
}
