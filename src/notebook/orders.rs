//! evcxr's orders, out of the reach of what a cell calls.
//!
//! evcxr writes `LOAD_AND_RUN library function` to the standard input of the
//! student's process, once a cell. A crate that reads a line there, or a program
//! that a cell starts, would wait for ever, and take the next order. So the orders
//! are set aside when the library is loaded, and at the end of that cell evcxr's
//! runtime gets a last one by another pipe, the gate: to call [`mnist_tp_orders`],
//! which follows evcxr's orders from there on. The gate stays as standard input,
//! with nobody left to write: whoever reads it is at the end of the file at once.

use std::ffi::{CStr, CString, c_void};
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, PipeWriter, Write as _};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd as _, AsRawFd as _};
use std::sync::{Mutex, PoisonError};

/// Where evcxr's orders come from, until they are followed.
static ORDERS: Mutex<Option<File>> = Mutex::new(None);

/// What evcxr waits for behind each order.
const DONE: &[u8] = b"EVCXR_EXECUTION_COMPLETE\n";

/// The way of the runtime's last order, and that order, until it is let through.
static GATE: Mutex<Option<(PipeWriter, String)>> = Mutex::new(None);

/// Puts the gate in the place of standard input, while evcxr's runtime does not
/// read it.
///
/// # Errors
/// When there is no other descriptor, or the library's own file is not known;
/// nothing has changed then.
pub fn set_aside() -> io::Result<()> {
    let last = format!("LOAD_AND_RUN {} mnist_tp_orders\n", own_file()?);
    let orders = File::from(io::stdin().as_fd().try_clone_to_owned()?);
    let (input, gate) = io::pipe()?;
    // SAFETY: both are open; what stood there lives on in `orders`.
    if unsafe { libc::dup2(input.as_raw_fd(), libc::STDIN_FILENO) } < 0 {
        return Err(io::Error::last_os_error());
    }
    *ORDERS.lock().unwrap_or_else(PoisonError::into_inner) = Some(orders);
    *GATE.lock().unwrap_or_else(PoisonError::into_inner) = Some((gate, last));
    Ok(())
}

/// Lets the runtime's last order through, once.
pub fn open_gate() {
    let gate = GATE.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some((mut gate, last)) = gate {
        // Fails only if nobody reads any more.
        let _ = gate.write_all(last.as_bytes());
    }
}

/// Whether the programs that a cell starts inherit standard input.
pub fn lend_input(lent: bool) {
    let flags = if lent { 0 } else { libc::FD_CLOEXEC };
    // SAFETY: the call takes no pointer.
    unsafe { libc::fcntl(libc::STDIN_FILENO, libc::F_SETFD, flags) };
}

/// The file that this code was loaded from.
fn own_file() -> io::Result<String> {
    let mut found = MaybeUninit::<libc::Dl_info>::zeroed();
    let here = mnist_tp_orders as *const c_void;
    // SAFETY: the answer is written where there is place for it.
    let known = unsafe { libc::dladdr(here, found.as_mut_ptr()) } != 0;
    // SAFETY: it is made of pointers and numbers, for which zero will do.
    let name = unsafe { found.assume_init() }.dli_fname;
    if !known || name.is_null() {
        return Err(io::ErrorKind::NotFound.into());
    }
    // SAFETY: the loader's own text, which lives as long as the library.
    let name = unsafe { CStr::from_ptr(name) }.to_str().map_err(io::Error::other)?;
    // An order is cut at its spaces.
    if name.contains(' ') { Err(io::ErrorKind::InvalidInput.into()) } else { Ok(name.to_owned()) }
}

/// Follows evcxr's orders in the place of its runtime, whose variables come with
/// `store`, and ends the process when no more can come.
#[unsafe(no_mangle)]
extern "C" fn mnist_tp_orders(mut store: *mut c_void) -> *mut c_void {
    let Some(orders) = ORDERS.lock().unwrap_or_else(PoisonError::into_inner).take() else {
        return store;
    };
    lend_input(true);
    for order in BufReader::new(orders).lines() {
        match order.and_then(|order| follow(&order, store)) {
            Ok(next) => store = next,
            Err(error) => {
                eprintln!("ordre d'evcxr non suivi\u{a0}: {error}");
                std::process::exit(99);
            }
        }
    }
    std::process::exit(0);
}

/// Runs one cell on the variables of `store`; where they are afterwards.
fn follow(order: &str, store: *mut c_void) -> io::Result<*mut c_void> {
    let words: Vec<&str> = order.split(' ').collect();
    let ["LOAD_AND_RUN", library, function] = words[..] else {
        return Err(io::Error::other(order));
    };
    let (library, function) = (CString::new(library)?, CString::new(function)?);
    // SAFETY: evcxr compiled the library to be loaded here. It is never closed: what
    // it defines lives on in the variables.
    let loaded = unsafe { libc::dlopen(library.as_ptr(), libc::RTLD_LAZY | libc::RTLD_LOCAL) };
    if loaded.is_null() {
        return Err(loader_error());
    }
    // SAFETY: a library that is open, a name that ends.
    let found = unsafe { libc::dlsym(loaded, function.as_ptr()) };
    if found.is_null() {
        return Err(loader_error());
    }
    // SAFETY: evcxr gives this type to each function that it orders to run.
    let run: extern "C" fn(*mut c_void) -> *mut c_void = unsafe { std::mem::transmute(found) };
    let store = run(store);
    // Beside the buffer of standard output, where the cell's own text may wait.
    File::from(io::stdout().as_fd().try_clone_to_owned()?).write_all(DONE)?;
    Ok(store)
}

/// Why the loader refused.
fn loader_error() -> io::Error {
    // SAFETY: called behind a failure, by the thread that met it.
    let text = unsafe { libc::dlerror() };
    if text.is_null() {
        return io::ErrorKind::NotFound.into();
    }
    // SAFETY: the loader's text, copied before its next failure.
    io::Error::other(unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned())
}
