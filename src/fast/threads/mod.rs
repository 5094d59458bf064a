//! Work in parallel (`team`) and the memory that stays between two steps, of a
//! thread (`scratch`) and of the process (`memory`).

pub(crate) mod memory;
pub(crate) mod scratch;
pub(crate) mod team;

pub(crate) use scratch::room;
pub(crate) use team::{alone, for_each, together, works_for_another};
