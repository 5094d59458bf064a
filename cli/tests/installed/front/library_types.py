"""What evcxr must know of the standard library, of which it is shown a part only.

Each expression is stored without its type; rustc then holds the type that evcxr
wrote for it to the one given here."""

USES = """use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::rc::Rc;
use std::sync::{Arc, Mutex, RwLock, mpsc};
use std::time::{Duration, Instant};
use std::path::PathBuf;
#[derive(Clone, Debug, PartialEq, Default)] struct Point { x: f32, y: f32 }
impl std::ops::Add for Point { type Output = Point; fn add(self, o: Point) -> Point { Point { x: self.x + o.x, y: self.y + o.y } } }"""

# Used by the others, by name.
BASE = [
    ("entiers", "vec![1, 2, 3]", "Vec<i32>"),
    ("réels", "vec![0.5f32; 10]", "Vec<f32>"),
    ("texte", 'String::from("abc")', "String"),
    ("peut", "Some(3)", "Option<i32>"),
    ("table", 'HashMap::from([("a", 1), ("b", 2)])', "HashMap<&'static str, i32>"),
    ("point", "Point { x: 1.0, y: 2.0 }", "Point"),
]

TYPES = [
    # Vec, slices, arrays
    ("entiers.len()", "usize"),
    ("entiers.first().copied()", "Option<i32>"),
    ("entiers[1..].to_vec()", "Vec<i32>"),
    ("entiers[0] + 5", "i32"),
    ("-réels[0] * 2.0", "f32"),
    ("entiers.chunks(2).map(|c| c.to_vec()).collect::<Vec<_>>()", "Vec<Vec<i32>>"),
    ("entiers.windows(2).all(|w| w[0] < w[1])", "bool"),
    ("entiers.binary_search(&3)", "Result<usize, usize>"),
    ("entiers.contains(&3)", "bool"),
    ("réels.clone().into_boxed_slice()", "Box<[f32]>"),
    ("vec![vec![1u8, 2], vec![3]].concat()", "Vec<u8>"),
    ("[1, 2, 3].map(|x| x * 2)", "[i32; 3]"),
    ("[[0u8; 28]; 28]", "[[u8; 28]; 28]"),
    ("std::array::from_fn::<f32, 4, _>(|i| i as f32)", "[f32; 4]"),
    # Adaptors
    ("entiers.iter().map(|x| x * 2).collect::<Vec<_>>()", "Vec<i32>"),
    ("réels.iter().zip(entiers.iter()).map(|(a, b)| (*a, *b)).collect::<Vec<_>>()", "Vec<(f32, i32)>"),
    ("entiers.iter().sum::<i32>()", "i32"),
    ("réels.iter().cloned().fold(0.0, f32::max)", "f32"),
    ("réels.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).map(|(i, _)| i)", "Option<usize>"),
    ("réels.iter().map(|x| x * x).sum::<f32>().sqrt()", "f32"),
    ("réels.iter().position(|x| *x > 3.0)", "Option<usize>"),
    ("réels.iter().copied().reduce(f32::min)", "Option<f32>"),
    ("(0..10).step_by(2).map(|x| x as f32 / 10.0).collect::<Vec<_>>()", "Vec<f32>"),
    ("(1..=5).rev().map(|x| x * x).filter(|x| x % 2 == 1).sum::<i32>()", "i32"),
    ("entiers.iter().flat_map(|x| vec![*x; 2]).filter(|x| x % 2 == 0).take(3).skip(1).collect::<Vec<_>>()", "Vec<i32>"),
    ("entiers.iter().scan(0, |s, x| { *s += x; Some(*s) }).collect::<Vec<_>>()", "Vec<i32>"),
    ("entiers.iter().copied().partition::<Vec<i32>, _>(|x| *x > 1)", "(Vec<i32>, Vec<i32>)"),
    ("std::iter::successors(Some(1u32), |x| Some(x * 2)).nth(3)", "Option<u32>"),
    ("entiers.clone().into_iter().map(f64::from).product::<f64>()", "f64"),
    ("réels.iter().copied().fold((f32::INFINITY, 0.0f32), |(a, b), x| (a.min(x), b.max(x)))", "(f32, f32)"),
    # Text
    ('format!("{} {point:?}", texte)', "String"),
    ("texte.chars().rev().collect::<String>()", "String"),
    ("texte.split(',').map(str::to_owned).collect::<Vec<_>>()", "Vec<String>"),
    ("texte.parse::<f64>()", "Result<f64, std::num::ParseFloatError>"),
    ('"12".parse::<u8>().unwrap_or(3)', "u8"),
    ("texte.as_bytes().to_vec()", "Vec<u8>"),
    ('"a b".split_whitespace().count()', "usize"),
    ("texte.trim().to_uppercase()", "String"),
    ('texte.clone() + "x"', "String"),
    ('entiers.iter().map(|x| x.to_string()).collect::<Vec<_>>().join(", ")', "String"),
    ('"1 2".split(\' \').map(|x| x.parse::<f32>()).collect::<Result<Vec<_>, _>>()?', "Vec<f32>"),
    ('"é".char_indices().collect::<Vec<_>>()', "Vec<(usize, char)>"),
    ("'a'.to_digit(16).unwrap_or_default()", "u32"),
    # Tables
    ('table.get("a").copied()', "Option<i32>"),
    ("table.keys().copied().collect::<Vec<_>>()", "Vec<&'static str>"),
    ("BTreeMap::from([(1u8, 'a')])", "BTreeMap<u8, char>"),
    ("entiers.iter().copied().collect::<HashSet<_>>()", "HashSet<i32>"),
    ("VecDeque::from(vec![1u64])", "VecDeque<u64>"),
    ("{ let mut t = HashMap::new(); *t.entry(texte.clone()).or_insert(1.0) += 1.0; t }", "HashMap<String, f64>"),
    # Option, Result
    ("peut.map(|x| x as f32 + 0.5)", "Option<f32>"),
    ("Ok::<i32, String>(3).map_err(|e| e.len())", "Result<i32, usize>"),
    ('peut.ok_or("rien")', "Result<i32, &'static str>"),
    ('peut.and_then(|x| if x > 2 { Some("x".to_string()) } else { None })', "Option<String>"),
    ('"3".parse::<i32>()?', "i32"),
    ("peut.is_some_and(|x| x > 2)", "bool"),
    ("Some(3).zip(Some('a')).unwrap_or_default()", "(i32, char)"),
    ("match peut { Some(x) => x as f64, None => panic!() }", "f64"),
    ("if let Some(x) = peut { x } else { 0 }", "i32"),
    # Numbers
    ("1.5f32.sqrt()", "f32"),
    ("2f64.powi(3) * std::f64::consts::PI", "f64"),
    ("1.0f32.exp() / (1.0 + 2.0f32.ln()).clamp(0.0, 1.0)", "f32"),
    ("&2.0f32 + &3.0", "f32"),
    ("200u8.wrapping_add(100)", "u8"),
    ("5u8.checked_add(250)", "Option<u8>"),
    ("3usize.pow(2) + 1", "usize"),
    ("(-3i32).abs() as usize", "usize"),
    ("5u32.to_le_bytes()", "[u8; 4]"),
    ("1u64 << 3 | 1", "u64"),
    ("u8::try_from(3i32)", "Result<u8, std::num::TryFromIntError>"),
    ("i32::from_str_radix(\"7\", 8)", "Result<i32, std::num::ParseIntError>"),
    ("std::num::NonZero::new(3u8)", "Option<std::num::NonZero<u8>>"),
    ("std::mem::size_of::<u8>()", "usize"),
    ("std::cmp::max(1, 2)", "i32"),
    # Pointers, cells, threads, time, files
    ("Rc::new(RefCell::new(vec![1]))", "Rc<RefCell<Vec<i32>>>"),
    ("Rc::new(RefCell::new(vec![1])).borrow().len()", "usize"),
    ("Arc::new(Mutex::new(0.5f32))", "Arc<Mutex<f32>>"),
    ("*Mutex::new(0.5f32).lock().unwrap()", "f32"),
    ("Box::new(3)", "Box<i32>"),
    ("Cell::new(4u8)", "Cell<u8>"),
    ("RwLock::new(String::new())", "RwLock<String>"),
    ("std::sync::atomic::AtomicUsize::new(3)", "std::sync::atomic::AtomicUsize"),
    ("std::thread::spawn(|| 3u8)", "std::thread::JoinHandle<u8>"),
    ("mpsc::channel::<u8>()", "(mpsc::Sender<u8>, mpsc::Receiver<u8>)"),
    ("Instant::now()", "Instant"),
    ("Instant::now().elapsed().as_secs_f64()", "f64"),
    ("Duration::from_millis(30)", "Duration"),
    ('std::fs::read_to_string("x")', "Result<String, std::io::Error>"),
    ('PathBuf::from("x").join("y")', "PathBuf"),
    ("std::env::args().collect::<Vec<_>>()", "Vec<String>"),
    # A type of one's own
    ("point.clone() + Point::default()", "Point"),
    ("point == Point::default()", "bool"),
]

# What is proposed behind each of these, among others, and nothing that is private there.
COMPLETED = [
    ("entiers.", "push sort_by iter len is_empty extend_from_slice chunks windows contains retain join", "extend_desugared"),
    ("texte.", "push_str trim chars parse split len lines to_uppercase", "push_str_slice"),
    ("1f32.", "sqrt powi exp ln abs clamp total_cmp max tanh is_nan", None),
    ("1u8.", "wrapping_add checked_sub pow leading_zeros abs_diff to_le_bytes", "one_less_than_next_power_of_two"),
    ("entiers.iter().", "map filter zip enumerate collect fold sum rev copied", "post_inc_start"),
    ("peut.", "map unwrap_or is_some ok_or and_then expect take", None),
    ("table.", "insert get entry keys values contains_key iter", None),
    ("std::", "vec collections time f32 thread println assert_eq", None),
    ("std::collections::", "HashMap BTreeMap HashSet VecDeque", None),
    ("std::f32::consts::", "PI E TAU LN_2", None),
    ("Vec::<u8>::", "new with_capacity from", "extend_with"),
]

# A word of what is said of the name at the end.
INSPECTED = [
    ("entiers.push", "Appends an element to the back of a collection"),
    ("1f32.sqrt", "Returns the square root of a number"),
    ("1u8.wrapping_add", "Wrapping (modular) addition"),
    ("entiers.iter", "Returns an iterator over the slice"),
]
