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

use std::cell::{Cell, UnsafeCell};
use std::panic::resume_unwind;
use std::thread::Builder;

use rayon::prelude::*;

mod job;
mod sync;
#[cfg(test)]
mod tests;

use job::Team;

/// Most tasks of one job.
const MOST: usize = u16::MAX as usize;

thread_local! {
    /// The team that this thread leads, while it is free.
    static TEAM: Cell<Option<*const Team>> = const { Cell::new(None) };
    /// Whether this thread does a task of a job that gives every thread one.
    static ALL_AT_WORK: Cell<bool> = const { Cell::new(false) };
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
            let help = || {
                HELPER.set(true);
                team.help();
            };
            if builder.spawn_scoped(scope, help).is_err() {
                break;
            }
        }
        work()
    })
}

/// Whether [`for_each`] would do its tasks on this thread alone, the others having theirs.
pub(crate) fn alone() -> bool {
    ALL_AT_WORK.get()
}

/// Calls `work` on every task, in any order, on several threads; within a task of a job
/// that gives every thread one, on this thread.
pub(crate) fn for_each<T: Send>(tasks: impl Iterator<Item = T>, work: impl Fn(T) + Sync) {
    if alone() {
        return tasks.for_each(work);
    }
    let tasks: Vec<T> = tasks.collect();
    match TEAM.get() {
        Some(_) if tasks.len() <= 1 => tasks.into_iter().for_each(work),
        Some(team) if tasks.len() <= MOST => {
            let tasks: Vec<_> = tasks.into_iter().map(|task| Place(Some(task).into())).collect();
            let all = tasks.len() >= rayon::current_num_threads();
            let run = |index: usize| {
                // SAFETY: a team calls `run` once for each index.
                let task = unsafe { (*tasks[index].0.get()).take() };
                let _end = Busy(ALL_AT_WORK.replace(all));
                task.map(&work);
            };
            TEAM.set(None);
            // SAFETY: `Session` clears `TEAM` before its team goes. While the
            // team is busy `TEAM` is empty: a task that comes here, of a job with
            // fewer tasks than threads, uses rayon.
            let outcome = unsafe { (*team).run(tasks.len(), &run) };
            TEAM.set(Some(team));
            if let Err(panic) = outcome {
                resume_unwind(panic);
            }
        }
        _ => tasks.into_par_iter().for_each(&work),
    }
}

/// Gives [`ALL_AT_WORK`] its value of before, also when a task panics.
struct Busy(bool);

impl Drop for Busy {
    fn drop(&mut self) {
        ALL_AT_WORK.set(self.0);
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
        self.0.end();
    }
}
