//! The threads of a training, which stay awake between two operations.
//!
//! A step of training is a dozen operations, some of a few microseconds. Threads
//! that fall asleep after each and are woken for the next (as those of a pool do,
//! rightly, when nobody knows whether more is coming) would spend as long on that
//! as on the arithmetic. Within [`together`], as many threads as rayon would use
//! wait for the caller's next [`for_each`] with open eyes; they doze off only
//! when nothing comes for a while. Outside, [`for_each`] is rayon's.
//!
//! The caller takes its tasks from the front and the others from the back, so
//! that a thread tends to meet the same images from operation to operation, in
//! its own cache. Which thread does a task never changes what the task computes:
//! results are the same bit for bit on any number of threads.

use std::any::Any;
use std::cell::{Cell, UnsafeCell};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::Builder;
use std::time::Duration;

use rayon::prelude::*;

#[cfg(test)]
mod tests;

/// Turns of a waiting thread before it gives its core to others between turns.
const SPINS: u32 = 2_000;
/// Turns after which it sleeps until there is work.
const TURNS: u32 = 4_000;
/// Most tasks of one job.
const MOST: usize = u16::MAX as usize;

thread_local! {
    /// The team that this thread leads, while it is free.
    static TEAM: Cell<Option<*const Team>> = const { Cell::new(None) };
    /// Whether this thread is a helper.
    static HELPER: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread works for another one, which gets its panics: a helper of
/// a team, or a worker of rayon's.
pub(crate) fn works_for_another() -> bool {
    HELPER.get() || rayon::current_thread_index().is_some()
}

/// Calls `work` with threads at hand for its [`for_each`].
pub(crate) fn together<R>(work: impl FnOnce() -> R) -> R {
    if TEAM.get().is_some() {
        return work();
    }
    with_helpers((1..rayon::current_num_threads()).map(|_| Builder::new()), work)
}

/// Calls `work` with as many helpers of those that `builders` start as the system
/// grants: their number changes no result.
fn with_helpers<R>(builders: impl Iterator<Item = Builder>, work: impl FnOnce() -> R) -> R {
    let team = Team::default();
    std::thread::scope(|scope| {
        // Before the first helper, which the scope waits for, whatever happens.
        let _end = Session::open(&team);
        for builder in builders {
            if builder.spawn_scoped(scope, || team.help()).is_err() {
                break;
            }
        }
        work()
    })
}

/// Calls `work` on every task, in any order, on several threads.
pub(crate) fn for_each<T: Send>(tasks: impl Iterator<Item = T>, work: impl Fn(T) + Sync) {
    let tasks: Vec<T> = tasks.collect();
    match TEAM.get() {
        Some(_) if tasks.len() <= 1 => tasks.into_iter().for_each(work),
        Some(team) if tasks.len() <= MOST => {
            let tasks: Vec<_> = tasks.into_iter().map(|task| Place(Some(task).into())).collect();
            let run = |index: usize| {
                // SAFETY: a team calls `run` once for each index.
                let task = unsafe { (*tasks[index].0.get()).take() };
                task.map(&work);
            };
            TEAM.set(None);
            // SAFETY: `Session` clears `TEAM` before its team goes. While the
            // team is busy `TEAM` is empty: a task that comes here uses rayon.
            let outcome = unsafe { (*team).run(tasks.len(), &run) };
            TEAM.set(Some(team));
            if let Err(panic) = outcome {
                resume_unwind(panic);
            }
        }
        _ => tasks.into_par_iter().for_each(&work),
    }
}

/// A task until one of the threads takes it.
struct Place<T>(UnsafeCell<Option<T>>);

// SAFETY: each place is reached by one thread only (see `for_each`).
unsafe impl<T: Send> Sync for Place<T> {}

/// Makes a team that of the present thread, and ends it.
struct Session<'a>(&'a Team);

impl<'a> Session<'a> {
    fn open(team: &'a Team) -> Self {
        TEAM.set(Some(team));
        Self(team)
    }
}

impl Drop for Session<'_> {
    fn drop(&mut self) {
        TEAM.set(None);
        self.0.over.store(true, Ordering::SeqCst);
        self.0.wake();
    }
}

type Work<'a> = dyn Fn(usize) + Sync + 'a;
type Panic = Box<dyn Any + Send>;

/// One job at a time, shared out among the leader and its helpers.
#[derive(Default)]
struct Team {
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
    fn run(&self, count: usize, work: &Work<'_>) -> Result<(), Panic> {
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
    fn help(&self) {
        HELPER.set(true);
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

    fn wake(&self) {
        drop(lock(&self.bed));
        self.bell.notify_all();
    }
}

/// Waits a little, at first without leaving the core.
fn pause(turns: &mut u32) {
    *turns += 1;
    if *turns < SPINS { std::hint::spin_loop() } else { std::thread::yield_now() }
}
