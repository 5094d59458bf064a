//! The team of threads under loom, which tries the orders in which its atomics may
//! meet and fails where one thread could see what another has not finished.

#[path = "../src/fast/threads/team/job.rs"]
#[allow(dead_code, missing_docs)]
mod job;

/// The same names as the library's, by loom. A thread that finds nothing lets the
/// others go on at once, and sleeps soon: each turn more is an order more to try.
mod sync {
    pub use loom::hint::spin_loop;
    pub use loom::sync::atomic::{AtomicBool, AtomicPtr, AtomicU64, AtomicUsize};
    pub use loom::sync::{Condvar, Mutex, MutexGuard};
    pub use loom::thread::yield_now;
    pub const SPINS: u32 = 1;
    pub const TURNS: u32 = 1;
}

use job::Team;
use loom::cell::UnsafeCell;
use loom::sync::Arc;

/// A place that one task writes into and the leader reads when the job is done: loom
/// fails if anything else is possible.
struct Places(Vec<UnsafeCell<usize>>);

// SAFETY: loom's cells check each access themselves.
unsafe impl Sync for Places {}

impl Places {
    fn new(count: usize) -> Self {
        Self((0..count).map(|_| UnsafeCell::new(0)).collect())
    }

    fn add(&self, index: usize, value: usize) {
        // SAFETY: loom checks that nobody else is at this place.
        self.0[index].with_mut(|place| unsafe { *place += value });
    }

    fn all(&self) -> Vec<usize> {
        // SAFETY: as above.
        self.0.iter().map(|place| place.with(|place| unsafe { *place })).collect()
    }
}

/// A leader's part beside one helper.
fn beside_a_helper(lead: impl Fn(&Team) + Sync + Send + 'static) {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(move || {
        let team = Arc::new(Team::default());
        let helper = loom::thread::spawn({
            let team = Arc::clone(&team);
            move || team.help()
        });
        lead(&team);
        team.end();
        helper.join().unwrap();
    });
}

#[test]
fn each_task_is_done_once_and_seen_by_the_leader() {
    beside_a_helper(|team| {
        let places = Places::new(2);
        assert!(team.run(2, &|index| places.add(index, index + 1)).is_ok());
        assert_eq!(places.all(), [1, 2]);
    });
}

/// Further up the stack, so that this job's pointer is not the last one's.
#[inline(never)]
fn deeper<R>(run: impl FnOnce() -> R) -> R {
    let room = std::mem::MaybeUninit::<[u64; 64]>::uninit();
    std::hint::black_box(&room);
    let outcome = run();
    std::hint::black_box(&room);
    outcome
}

#[test]
fn a_late_comer_takes_no_task_of_the_next_job_for_one_of_the_last() {
    beside_a_helper(|team| {
        let (first, second) = (Places::new(1), Places::new(1));
        assert!(team.run(1, &|index| first.add(index, 1)).is_ok());
        assert!(deeper(|| team.run(1, &|index| second.add(index, 2))).is_ok());
        assert_eq!((first.all(), second.all()), (vec![1], vec![2]));
    });
}

#[test]
fn a_panic_of_a_helper_is_the_leaders() {
    beside_a_helper(|team| {
        let told = team.run(2, &|index| assert!(index == 0, "second"));
        let told = told.unwrap_err().downcast::<&str>().unwrap();
        assert_eq!(*told, "second");
    });
}
