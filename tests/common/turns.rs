//! Whose turn it is: kernels keep all cores busy.

use std::sync::{Condvar, LazyLock, Mutex, MutexGuard, PoisonError};

/// Runs the jobs side by side, a few at a time whichever test asks, those of the
/// greatest cost first: no core is left without work while a long job ends.
///
/// # Panics
/// When a job has panicked, after all of them have ended.
pub fn side_by_side<J: Send>(jobs: Vec<J>, cost: impl Fn(&J) -> u64, run: impl Fn(J) + Sync) {
    let run = &run;
    std::thread::scope(|scope| {
        for job in jobs {
            let cost = cost(&job);
            scope.spawn(move || {
                let _turn = Turn::wait(cost);
                run(job);
            });
        }
    });
}

/// The right to keep a core busy.
struct Turn;

struct Queue {
    free: usize,
    /// The costs of those who wait.
    waiting: Vec<u64>,
}

/// `free` is counted from the number of cores at the first use.
static QUEUE: LazyLock<(Mutex<Queue>, Condvar)> = LazyLock::new(|| {
    // Most of a notebook's time is one compiler's; a kernel's tree takes half a gigabyte.
    let free = std::thread::available_parallelism().map_or(1, |cores| cores.get().min(4));
    (Mutex::new(Queue { free, waiting: Vec::new() }), Condvar::new())
});

impl Turn {
    fn wait(cost: u64) -> Self {
        let (queue, changed) = &*QUEUE;
        let mut queue = lock(queue);
        queue.waiting.push(cost);
        let must_wait =
            |queue: &mut Queue| queue.free == 0 || queue.waiting.iter().any(|other| *other > cost);
        queue = changed.wait_while(queue, must_wait).unwrap_or_else(PoisonError::into_inner);
        let place = queue.waiting.iter().position(|other| *other == cost).unwrap();
        queue.waiting.swap_remove(place);
        queue.free -= 1;
        // Another may be the costliest now.
        changed.notify_all();
        Self
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let (queue, changed) = &*QUEUE;
        lock(queue).free += 1;
        changed.notify_all();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
