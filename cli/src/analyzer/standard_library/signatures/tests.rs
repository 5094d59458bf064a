use super::*;

fn cut(source: &str) -> String {
    let texts = of(&[source.to_owned()]).unwrap();
    texts[0].split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn types_stay_and_bodies_go() {
    let source = r#"
        #![no_std]
        extern crate core;
        #[macro_use] extern crate libc;
        #[macro_use] extern crate alloc as other;
        /// Documentation.
        #[inline]
        pub fn shown<T>(x: [u8; { 1 + 1 }]) -> impl Fn(T) where T: Into<u8> { let y = 1; y }
        fn private() {}
        pub(crate) fn nearly() {}
        #[unstable(feature = "f")]
        pub fn unstable() {}
        pub const fn size() -> usize { 4 }
        pub struct S<T> { #[doc(hidden)] /// Nothing. 
            field: T }
        impl<T> Iterator for S<T> where for<'a> &'a T: Sized { type Item = T; fn next(&mut self) -> Option<T> { None } }
        impl<T> S<T> { pub fn len(&self) -> usize { self.count() } fn count(&self) -> usize { 3 } }
        impl S<u8> { fn count(&self) -> usize { 3 } }
        impl Add for f16 { type Output = f16; }
        pub trait Walk { fn go(&self); fn far(&self) { self.go() } #[unstable] fn fly(&self) {} }
    "#;
    assert_eq!(
        cut(source),
        "#![no_std] #[macro_use] extern crate alloc as other; /// Documentation. \
         pub fn shown<T>(x: [u8; { 1 + 1 }]) -> impl Fn(T) where T: Into<u8> {} \
         pub const fn size() -> usize { 4 } \
         pub struct S<T> { #[doc(hidden)] field: T } \
         impl<T> Iterator for S<T> where for<'a> &'a T: Sized { type Item = T; } \
         impl<T> S<T> { pub fn len(&self) -> usize {} } \
         pub trait Walk { fn go(&self); fn far(&self) {} }"
    );
}

/// A crate's macro may call the unstable function of another crate.
#[test]
fn what_exported_macros_call_stays() {
    let called = "#[unstable(feature = \"f\")] pub fn called() -> u8 { 3 } fn inner() {}";
    let macros = "#[macro_export] macro_rules! shown { () => { $crate::called() } }
                  macro_rules! hidden { () => { $crate::inner() } }";
    let texts = of(&[called.to_owned(), macros.to_owned()]).unwrap();
    assert!(texts[0].contains("called() -> u8 {}") && !texts[0].contains("inner"), "{texts:?}");
    assert!(texts[1].contains("macro_rules! shown") && !texts[1].contains("hidden"));
}

#[test]
fn what_is_not_understood_is_not_cut() {
    for source in ["fn f(", "mod m { fn f() }", "pub struct S"] {
        assert_eq!(of(&[source.to_owned()]), None, "{source}");
    }
}
