use super::*;
use crate::random::Rng;

/// The definition, from a C full of ones.
fn reference(a: Matrix<'_>, b: Matrix<'_>) -> Vec<f32> {
    let cell = |i, j| {
        let term = |l| (a.data[a.place(i, l)], b.data[b.place(l, j)]);
        (0..a.cols).map(term).fold(1.0, |sum: f32, (a, b)| a.mul_add(b, sum))
    };
    (0..a.rows).flat_map(|i| (0..b.cols).map(move |j| (i, j))).map(|(i, j)| cell(i, j)).collect()
}

fn draw(rng: &mut Rng, len: usize) -> Vec<f32> {
    (0..len).map(|_| rng.uniform(-1.0, 1.0)).collect()
}

#[test]
fn equals_the_definition_to_the_last_bit() {
    let mut rng = Rng::new(0);
    let sizes = [
        (1, 1, 1),
        (3, 5, 7),
        (5, 16, 0),
        (33, 10, 784),
        (9, 100, 300),
        (128, 257, 99),
        (200, 3, 2000),
        (13, 193, 600),
    ];
    for (m, n, k) in sizes {
        let (a, b) = (draw(&mut rng, m * k), draw(&mut rng, k * n));
        let across = [Matrix::new(&a, k, m).t(), Matrix::new(&b, n, k).t()];
        let along = [Matrix::new(&a, m, k), Matrix::new(&b, k, n)];
        for (a, b) in [(along[0], along[1]), (across[0], along[1]), (along[0], across[1])] {
            let expected = reference(a, b);
            for level in simd::levels() {
                for threads in [1, 3] {
                    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
                    let mut c = vec![1.0; m * n];
                    pool.unwrap().install(|| matmul_at(level, a, b, &mut c, true));
                    assert!(c == expected, "{level:?}, {threads} threads: {m}×{n}×{k}");
                }
            }
            let mut c = vec![f32::NAN; m * n];
            matmul(a, b, &mut c, false);
            assert!(c.iter().zip(&expected).all(|(c, e)| (c + 1.0 - e).abs() < 1e-3));
        }
    }
}

#[test]
fn sizes_whose_product_overflows_are_refused() {
    let half = 1 << (usize::BITS / 2);
    let refused = |rows, cols| {
        std::panic::catch_unwind(|| Matrix::new(&[0.0; 4], rows, cols).rows).unwrap_err()
    };
    let message = refused(half, half);
    // The sentence, not the overflow that a kernel's library would not notice.
    assert!(message.downcast_ref::<String>().unwrap().contains("in 4 values"));
    // Without inner values the sides may be anything; their product may not.
    let empty: Matrix<'_> = Matrix::new(&[], half, 0);
    let product = || matmul(empty, Matrix::new(&[], 0, half), &mut [], false);
    let message = std::panic::catch_unwind(product).unwrap_err();
    assert!(message.downcast_ref::<String>().unwrap().contains("size of a matrix product"));
}
