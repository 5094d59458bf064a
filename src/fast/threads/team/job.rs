//! How the leader and its helpers share out the tasks of one job without a lock.
//!
//! `tests/loom.rs` compiles this file with loom's atomics in place of those of
//! [`super::sync`], and tries the orders in which the threads may meet.

use super::sync::{
    AtomicBool, AtomicPtr, AtomicU64, AtomicUsize, Condvar, Mutex, MutexGuard, SPINS, TURNS,
    spin_loop, yield_now,
};
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::Duration;

pub type Work<'a> = dyn Fn(usize) + Sync + 'a;
pub type Panic = Box<dyn Any + Send>;

/// One job at a time, shared out among the leader and its helpers.
#[derive(Default)]
pub struct Team {
    /// Number of the job, then first and last + 1 of the tasks that nobody has
    /// taken: see [`pack`]. A task belongs to who moves one of the two bounds;
    /// the number keeps a late comer from taking a task of the next job.
    open: AtomicU64,
    /// A pointer to the job's `&Work`, valid while a task is open or under way.
    job: AtomicPtr<&'static Work<'static>>,
    /// Tasks that are not done.
    left: AtomicUsize,
    /// The first panic of the job.
    panic: Mutex<Option<Panic>>,
    over: AtomicBool,
    sleepers: AtomicUsize,
    bed: Mutex<()>,
    bell: Condvar,
}

fn pack(number: u32, first: u16, end: u16) -> u64 {
    u64::from(number) << 32 | u64::from(first) << 16 | u64::from(end)
}

fn unpack(open: u64) -> (u32, u16, u16) {
    ((open >> 32) as u32, (open >> 16) as u16, open as u16)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Team {
    /// The leader's part: `work(0)`, …, `work(count - 1)`, all done on return.
    pub fn run(&self, count: usize, work: &Work<'_>) -> Result<(), Panic> {
        let job: *const &Work<'_> = &work;
        self.job.store(job.cast_mut().cast(), Ordering::Relaxed);
        self.left.store(count, Ordering::Relaxed);
        let (number, ..) = unpack(self.open.load(Ordering::Relaxed));
        self.open.store(pack(number.wrapping_add(1), 0, count as u16), Ordering::SeqCst);
        if self.sleepers.load(Ordering::SeqCst) > 0 {
            self.wake();
        }
        while self.task(true) {}
        let mut turns = 0;
        while self.left.load(Ordering::Acquire) > 0 {
            pause(&mut turns);
        }
        lock(&self.panic).take().map_or(Ok(()), Err)
    }

    /// A helper's part, until the session is over.
    pub fn help(&self) {
        let mut turns = 0;
        while !self.over.load(Ordering::Relaxed) {
            if self.task(false) {
                turns = 0;
            } else if turns < TURNS {
                pause(&mut turns);
            } else {
                self.sleep();
                turns = 0;
            }
        }
    }

    /// Takes one task, from the front or the back, and does it; false if none is open.
    fn task(&self, front: bool) -> bool {
        loop {
            let open = self.open.load(Ordering::Acquire);
            let (number, first, end) = unpack(open);
            if first >= end {
                return false;
            }
            let job = self.job.load(Ordering::Relaxed);
            let (index, rest) = match front {
                true => (first, pack(number, first + 1, end)),
                false => (end - 1, pack(number, first, end - 1)),
            };
            let (ok, other) = (Ordering::AcqRel, Ordering::Relaxed);
            if self.open.compare_exchange(open, rest, ok, other).is_ok() {
                // SAFETY: the job had an open task when `job` was read and still
                // has this one: `run` waits for it, so that the pointer is valid.
                let work = unsafe { *job };
                let outcome = catch_unwind(AssertUnwindSafe(|| work(usize::from(index))));
                if let Err(panic) = outcome {
                    lock(&self.panic).get_or_insert(panic);
                }
                self.left.fetch_sub(1, Ordering::Release);
                return true;
            }
        }
    }

    /// Sleeps until there is work, or the end. (The leader looks for sleepers
    /// after it has opened a job, a sleeper for a job after it has said that it
    /// sleeps: one of them sees the other.)
    fn sleep(&self) {
        let guard = lock(&self.bed);
        self.sleepers.fetch_add(1, Ordering::SeqCst);
        let (_, first, end) = unpack(self.open.load(Ordering::SeqCst));
        if first >= end && !self.over.load(Ordering::SeqCst) {
            let _woken = self.bell.wait_timeout(guard, Duration::from_millis(100));
        }
        self.sleepers.fetch_sub(1, Ordering::SeqCst);
    }

    /// The helpers may go.
    pub fn end(&self) {
        self.over.store(true, Ordering::SeqCst);
        self.wake();
    }

    fn wake(&self) {
        drop(lock(&self.bed));
        self.bell.notify_all();
    }
}

/// Waits a little, at first without leaving the core.
fn pause(turns: &mut u32) {
    *turns += 1;
    if *turns < SPINS { spin_loop() } else { yield_now() }
}
