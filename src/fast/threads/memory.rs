//! Memory that stays with the process between two steps.
//!
//! candle allocates every result anew. The C library gives large blocks back to
//! the system when they are freed, and each page of the next ones costs a fault:
//! half the time of a step written by hand. Told to keep them, it reuses them.

/// Tells the C library once to keep freed blocks of up to 32 MiB (its limit).
pub(crate) fn keep() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        static ONCE: std::sync::Once = std::sync::Once::new();
        ONCE.call_once(|| {
            // SAFETY: `mallopt` takes two integers and may be called at any time.
            unsafe {
                libc::mallopt(libc::M_MMAP_THRESHOLD, 32 << 20);
                libc::mallopt(libc::M_TRIM_THRESHOLD, 256 << 20);
                libc::mallopt(libc::M_TOP_PAD, 16 << 20);
            }
        });
    }
}
