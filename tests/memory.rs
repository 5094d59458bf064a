//! What a training costs in memory and work, counted rather than timed: it grows
//! with images and epochs as a straight line, and holds no more after many
//! epochs than after one.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use mnist_tp::prelude::*;

static LIVE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);
static TOTAL: AtomicUsize = AtomicUsize::new(0);

/// The system's allocator, which counts bytes.
struct Counter;

// SAFETY: every call is passed on to the system's allocator as it is.
unsafe impl GlobalAlloc for Counter {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        TOTAL.fetch_add(layout.size(), Relaxed);
        PEAK.fetch_max(LIVE.fetch_add(layout.size(), Relaxed) + layout.size(), Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static COUNTER: Counter = Counter;

const BATCH: usize = 16;
const PIXELS: usize = 14 * 14;

/// Bytes allocated in all by one training, and the most that it held at a time.
fn cost(images: usize, epochs: usize) -> (f64, f64) {
    let x = Tensor::rand(0f32, 1.0, (images, 14, 14, 1), &Device::Cpu).unwrap();
    let y = Tensor::from_vec((0..images as u32).map(|i| i % 10).collect(), images, &Device::Cpu);
    let y = y.unwrap();
    let mut model = Sequential::new("cnn", (14, 14, 1))
        .conv2d("C1", 16, 3, Padding::Valid, Activation::Relu)
        .max_pool2d("P1", 2)
        .conv2d("C2", 16, 3, Padding::Same, Activation::Relu)
        .batch_norm("N2")
        .flatten("F")
        .dropout("D", 0.2)
        .dense("C3", 32, Activation::Relu)
        .dense("C4", 10, Activation::Softmax)
        .compile(Adam::default(), Loss::SparseCategoricalCrossentropy)
        .unwrap();
    let (total, live) = (TOTAL.load(Relaxed), LIVE.load(Relaxed));
    PEAK.store(live, Relaxed);
    let settings = Fit { epochs, batch_size: BATCH, verbose: Verbose::Silent, ..Fit::default() };
    model.fit(&x, &y, settings).unwrap();
    ((TOTAL.load(Relaxed) - total) as f64, (PEAK.load(Relaxed) - live) as f64)
}

/// On one thread these are the same from run to run. On several, each thread has
/// working memory of its own and makes it at its first task of a kind: when, or
/// whether, is up to the system.
fn threads(number: usize) -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(number).build().unwrap()
}

const N: usize = 64 * BATCH;

/// One test: another on a second thread would be counted too.
#[test]
fn memory_follows_the_batch_and_work_the_images_and_epochs() {
    let alone = threads(1);
    // The first has the working memory to make; what follows finds it made.
    let (_, first_peak) = alone.install(|| cost(N, 1));
    let (total, peak) = alone.install(on_one_thread);

    let team = threads(4);
    for _ in 0..3 {
        let (total_of_team, peak_of_team) = team.install(|| cost(N, 8));
        let (more, held) = (total_of_team - total, peak_of_team - peak);
        assert!(more < 4.0 * first_peak, "{more} bytes more on four threads");
        assert!(held < 4.0 * first_peak, "{held} bytes held more on four threads");
    }
}

/// Compares trainings of several lengths; the cost of eight epochs.
fn on_one_thread() -> (f64, f64) {
    let [(one, peak_one), (two, _), (three, _), (eight, peak_eight)] =
        [1, 2, 3, 8].map(|epochs| cost(N, epochs));
    assert!(((three - two) / (two - one) - 1.0).abs() < 0.02, "{one} {two} {three} bytes");
    assert!(((eight - one) / (two - one) - 7.0).abs() < 0.14, "{one} {two} {eight} bytes");
    assert!((peak_eight - peak_one).abs() < 0.02 * peak_one, "{peak_one} {peak_eight} bytes held");

    let (double, peak_double) = cost(2 * N, 1);
    let (fourfold, peak_fourfold) = cost(4 * N, 1);
    let growth = (fourfold - double) / (double - one);
    assert!((growth - 2.0).abs() < 0.05, "{one} {double} {fourfold} bytes");
    // What a batch allocates (the working memory of a few products) is the same
    // whatever the number of images behind it, and far less than these hold.
    let batches = (2 * N / BATCH) as f64;
    let (batch, image) = ((fourfold - double) / batches, (4 * PIXELS) as f64);
    assert!(batch < 0.25 * N as f64 * image, "{batch} bytes a batch");
    // The order of the images and their labels: a few bytes an image, no copy of it.
    let held = (peak_fourfold - peak_double) / (2 * N) as f64;
    assert!(held < 0.05 * image, "{held} bytes held an image");
    (eight, peak_eight)
}
