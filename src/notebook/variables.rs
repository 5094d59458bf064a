//! Where evcxr keeps a notebook's variables between two cells.
//!
//! evcxr compiles its store with each cell, hash table included, which is half of what
//! there is to compile in a small one. The command line lets cells call these functions
//! in its place (`cli/src/shortcut/store.rs`): they are compiled once, with the library.

use std::any::Any;
use std::collections::HashMap;

/// The variables by their names.
pub type Variables = HashMap<String, Box<dyn Any>>;

/// A store without variables, which lives until the process ends.
#[inline(never)]
pub fn store() -> *mut Variables {
    Box::into_raw(Box::default())
}

/// Keeps a variable.
#[inline(never)]
pub fn put(variables: &mut Variables, name: &str, value: Box<dyn Any>) {
    variables.insert(name.to_owned(), value);
}

/// Looks at a variable, if there is one of that name.
#[inline(never)]
pub fn get<'a>(variables: &'a Variables, name: &str) -> Option<&'a dyn Any> {
    variables.get(name).map(AsRef::as_ref)
}

/// Hands a variable out, if there is one of that name.
#[inline(never)]
pub fn take(variables: &mut Variables, name: &str) -> Option<Box<dyn Any>> {
    variables.remove(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_is_there_until_it_is_taken() {
        let mut variables = Variables::new();
        put(&mut variables, "é", Box::new(3_u8));
        put(&mut variables, "é", Box::new(4_u8));
        assert_eq!(get(&variables, "é").unwrap().downcast_ref(), Some(&4_u8));
        assert_eq!(*take(&mut variables, "é").unwrap().downcast::<u8>().unwrap(), 4);
        assert!(take(&mut variables, "é").is_none() && get(&variables, "x").is_none());
    }
}
