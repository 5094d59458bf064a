//! Numbers of the normal distribution, many at a time.

use super::simd::{self, Kernel, Vector};
use crate::random::{Rng, box_muller};

/// Draws of which the uniform numbers are kept at a time.
const SOME: usize = 64;

/// Fills `draws` with what as many calls of [`Rng::normal`] would give, in vectors.
pub(crate) fn normals(rng: &mut Rng, draws: &mut [f32]) {
    let (mut shares, mut turns) = ([1.0; SOME], [0.0; SOME]);
    for draws in draws.chunks_mut(SOME) {
        for (share, turns) in shares.iter_mut().zip(&mut turns).take(draws.len()) {
            (*share, *turns) = rng.uniforms();
        }
        simd::run_at(simd::level(), BoxMuller { shares: &shares, turns: &turns, draws });
    }
}

/// The draws at these places.
struct BoxMuller<'a> {
    shares: &'a [f64; SOME],
    turns: &'a [f64; SOME],
    draws: &'a mut [f32],
}

impl Kernel for BoxMuller<'_> {
    // There are no vectors of f64 among ours: the compiler makes them, with what `V` has.
    #[inline(always)]
    unsafe fn compute<V: Vector>(self) {
        for ((draw, share), turns) in self.draws.iter_mut().zip(self.shares).zip(self.turns) {
            *draw = box_muller(*share, *turns);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_draws_are_those_of_one_at_a_time() {
        for n in [0, 1, 63, 64, 65, 784, 10_000] {
            let (mut one, mut many) = (Rng::new(n), Rng::new(n));
            let mut draws = vec![0.0; n as usize];
            normals(&mut many, &mut draws);
            let bits: Vec<u32> = draws.iter().map(|draw| draw.to_bits()).collect();
            assert_eq!(bits, (0..n).map(|_| one.normal().to_bits()).collect::<Vec<_>>());
            assert_eq!(many.below(1000), one.below(1000));
        }
    }
}
