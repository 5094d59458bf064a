//! Convolution: where the windows fall ([`window`]), the sheet of zeros that an
//! image lies on (`frame`), and two ways to walk over it, by the inner loops of
//! `direct` or with the fewer products of `winograd`; `correlation` chooses.

pub(crate) mod correlation;
pub(crate) mod direct;
pub(crate) mod frame;
pub(crate) mod places;
pub mod window;
mod winograd;
