//! Every task once, panics handed on, threads refused.

use super::*;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

fn on<R: Send>(threads: usize, work: impl FnOnce() -> R + Send) -> R {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| together(work))
}

#[test]
fn every_task_is_done_once() {
    for threads in [1, 2, 4] {
        on(threads, || {
            for count in (0..300).chain([MOST - 1, MOST, MOST + 1]) {
                let mut done = vec![0u8; count];
                for_each(done.iter_mut(), |place| *place += 1);
                assert!(done.iter().all(|times| *times == 1), "{count} on {threads}");
            }
        });
    }
}

#[test]
fn sleepers_wake_and_a_task_may_have_tasks_of_its_own() {
    on(3, || {
        for _ in 0..5 {
            std::thread::sleep(Duration::from_millis(20));
            let (sum, alone) = (AtomicUsize::new(0), std::thread::current().id());
            let others = AtomicUsize::new(0);
            for_each(0..40, |i| {
                // Long enough for a sleeper to be up before all is done.
                std::thread::sleep(Duration::from_micros(500));
                let other = std::thread::current().id() != alone;
                others.fetch_add(usize::from(other), Ordering::Relaxed);
                for_each(0..3, |j| {
                    sum.fetch_add(i * j, Ordering::Relaxed);
                });
            });
            assert_eq!(sum.into_inner(), 40 * 39 / 2 * 3);
            assert!(others.into_inner() > 0);
        }
    });
}

#[test]
fn where_every_thread_has_a_task_it_does_that_of_its_task_itself() {
    on(2, || {
        for_each(0..6, |_| {
            let here = std::thread::current().id();
            for_each(0..5, |_| assert_eq!(std::thread::current().id(), here));
            assert!(alone());
        });
        assert!(!alone());
    });
    on(4, || for_each(0..2, |_| assert!(!alone())));
}

#[test]
fn with_a_thread_refused_the_others_do_the_work() {
    // No system has room for such a stack.
    let refused = || Builder::new().stack_size(1 << 60);
    let builders = [Builder::new(), refused(), Builder::new()];
    let sum = AtomicUsize::new(0);
    with_helpers(builders.into_iter(), || {
        for_each(0..100, |i| {
            sum.fetch_add(i, Ordering::Relaxed);
        });
    });
    assert_eq!(sum.into_inner(), 99 * 50);
    // And when starting them panics, those that run are told to end.
    let builders = (0..2).map(|i| if i == 0 { Builder::new() } else { panic!("no thread") });
    assert!(catch_unwind(AssertUnwindSafe(|| with_helpers(builders, || ()))).is_err());
    assert!(TEAM.get().is_none());
}

#[test]
fn a_panic_comes_back_to_the_caller_and_the_team_goes_on() {
    on(2, || {
        for _ in 0..20 {
            let fall = || for_each(0..9, |i| assert!(i != 4, "task {i}"));
            let panic = catch_unwind(fall).unwrap_err();
            assert_eq!(panic.downcast_ref::<String>().unwrap(), "task 4");
            assert!(!alone());
            let sum = AtomicUsize::new(0);
            for_each(0..9, |i| {
                sum.fetch_add(i, Ordering::Relaxed);
            });
            assert_eq!(sum.into_inner(), 36);
        }
    });
}
