//! How a cell shows a value that has no picture: in the form of `{:?}`.
//!
//! evcxr first compiles a cell with `value.evcxr_display()` at its end and, where
//! the type has no such method, a second time with `{:?}`. The types that most
//! cells end with have the method from here: these cells are compiled once.
//!
//! For numbers there is a second reason. In `let z = 3;` followed by `z`, the type of
//! `z` is still open when rustc looks; that alone is fine, but when any trait of any
//! crate has a method of that name (`evcxr_runtime::Display` does) rustc asks for
//! the type of `z` instead, which is no reason for evcxr to compile again. A trait in
//! scope that numbers implement answers the question before it is put.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;

use candle_core::{DType, Shape, Tensor, Var};

use crate::display::line;

/// A value that a cell shows in the form of `{:?}`, as evcxr would.
///
/// There is none for references and boxes: they show what they lead to, which may
/// be a picture.
pub trait Plain {
    /// Shows the value as the cell's result (evcxr calls it on the last expression).
    #[doc(hidden)]
    fn evcxr_display(&self);
}

fn show(value: &dyn Debug) {
    line::write(&line::block("text/plain", &format!("{value:?}")));
}

macro_rules! plain {
    ($($type:ty),*) => {
        $(impl Plain for $type {
            fn evcxr_display(&self) {
                show(self);
            }
        })*
    };
}

plain!((), bool, char, String, f32, f64, Tensor, Var, Shape, DType);
plain!(u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize);

impl Plain for str {
    fn evcxr_display(&self) {
        show(&self);
    }
}

impl<T: Debug> Plain for [T] {
    fn evcxr_display(&self) {
        show(&self);
    }
}

macro_rules! plain_of {
    ($($type:ty: $($part:ident)+;)*) => {
        $(impl<$($part: Debug),+> Plain for $type {
            fn evcxr_display(&self) {
                show(self);
            }
        })*
    };
}

plain_of! {
    Vec<T>: T;
    Option<T>: T;
    std::result::Result<T, E>: T E;
    HashMap<K, V>: K V;
    BTreeMap<K, V>: K V;
    (A, B): A B;
    (A, B, C): A B C;
    (A, B, C, D): A B C D;
}

impl<T: Debug, const N: usize> Plain for [T; N] {
    fn evcxr_display(&self) {
        show(self);
    }
}
