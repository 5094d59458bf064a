//! An exercise whose answer is a function: the inputs that it is tried on, what must
//! come out of them, and the mistakes, each with what it answers.
//!
//! A mistake is named when it explains the student's answers to all inputs. The tests
//! give each mistake's answers to the check, beside the answers written by hand.

use super::Fault;
use super::hints::Hint;
use super::likeness::likeness;
use super::numbers::{close, short, show};
use super::probe::{call, difference};
use super::registry::Mistakes;
#[cfg(test)]
use super::registry::{Exercise, Tried};

/// A mistake: key, hint, and what it answers, once for each way to make it.
pub(crate) struct Mistake<I: 'static, A: 'static> {
    pub key: &'static str,
    pub hint: &'static str,
    pub answers: &'static [fn(&I) -> A],
}

/// A list of mistakes, the answers of each below it: `"key" => "hint", |input| answer;`.
macro_rules! mistakes {
    ($($key:literal => $hint:literal $(, $answer:expr)*;)*) => {
        &[$($crate::check::task::Mistake { key: $key, hint: $hint, answers: &[$($answer),*] }),*]
    };
}
pub(crate) use mistakes;

/// Cases from the simplest on, with what happens in each: `input => "why";`.
macro_rules! cases {
    ($($input:expr => $why:literal;)*) => {
        || vec![$(($input, $why)),*]
    };
}
pub(crate) use cases;

/// What a function must do.
pub(crate) struct Task<I: 'static, A: 'static> {
    /// What it is tried on, unknown to the student.
    pub inputs: fn() -> Vec<I>,
    /// A call, as the student writes it.
    pub call: fn(&I) -> String,
    /// What must come out.
    pub truth: fn(&I) -> A,
    /// Mistakes; the first that explains an answer is the one that is named.
    pub mistakes: &'static [Mistake<I, A>],
    /// Where an answer that no mistake explains is tried next: the first case that
    /// goes wrong says where to look.
    pub cases: fn() -> Vec<(I, &'static str)>,
}

impl<I: 'static, A: Answer + 'static> Task<I, A> {
    /// Refuses a function that does something else.
    pub fn check(&self, student: impl Fn(&I) -> A) -> Result<(), Fault> {
        self.compare(&student).map_err(|fault| self.simplest(fault, student))
    }

    fn compare(&self, student: impl Fn(&I) -> A) -> Result<(), Fault> {
        let inputs = (self.inputs)();
        let calls: Vec<String> = inputs.iter().map(self.call).collect();
        let mut got = Vec::with_capacity(inputs.len());
        for (input, shown) in inputs.iter().zip(&calls) {
            got.push(call(shown, || student(input))?);
        }
        let want: Vec<A> = inputs.iter().map(self.truth).collect();
        let wrong = (0..inputs.len()).filter(|&i| !same(&got[i], &want[i]));
        let Some(at) = wrong.min_by_key(|&i| want[i].weight(&calls[i])) else { return Ok(()) };
        let explains = |answer: &fn(&I) -> A| {
            inputs.iter().zip(&got).all(|(input, got)| same(got, &answer(input)))
        };
        let named = self.mistakes.iter().filter(|mistake| mistake.answers.iter().any(explains));
        let named: Vec<&'static str> = named.map(|mistake| mistake.key).collect();
        let flat = |all: &[A]| all.iter().map(Answer::numbers).collect::<Vec<_>>();
        let shapes = got.iter().zip(&want).all(|(got, want)| got.shape() == want.shape());
        let like = if shapes { likeness(&flat(&got), &flat(&want)) } else { None };
        let (shape, mut differs) = got[at].differs(&want[at]);
        if let Some((_, Some(measured))) = &like {
            differs += &format!(" ({measured})");
        }
        let nan = flat(&got).iter().flatten().any(|v| v.is_nan());
        let like = if nan { Some("nan") } else { like.map(|(key, _)| key) };
        let mistake = named.first().copied().or(shape).or(like).unwrap_or("inconnue");
        let told = match named.first() {
            Some(_) if shape.is_none() => got[at].told(&want[at]),
            _ => differs.clone(),
        };
        let shown = &calls[at];
        let others = named.get(1..).unwrap_or_default().to_vec();
        let deeper = format!("Regardez `{shown}` : votre code {differs}.");
        Err(Fault { others, ..Fault::new(mistake, format!("`{shown}` {told}.")) }.deeper(deeper))
    }

    /// Refuses a function that answers the same to two inputs that want two answers.
    pub fn varies(&self, student: impl Fn(&I) -> A, inputs: [I; 2]) -> Result<(), Fault> {
        let [one, other] = inputs.each_ref().map(self.call);
        let first = call(&one, || student(&inputs[0]))?;
        if same(&first, &call(&other, || student(&inputs[1]))?) {
            let found = format!("`{one}` et `{other}` donnent {}.", show(&first.numbers()));
            return Err(Fault::new("valeur fixe", found));
        }
        Ok(())
    }

    /// `fault`, or, when nothing explains it, the first case that goes wrong.
    fn simplest(&self, fault: Fault, student: impl Fn(&I) -> A) -> Fault {
        if !fault.unnamed() {
            return fault;
        }
        for (input, why) in (self.cases)() {
            let shown = (self.call)(&input);
            let Ok(got) = call(&shown, || student(&input)) else { return fault };
            let (got, want) = (got.numbers(), (self.truth)(&input).numbers());
            if !close(&got, &want) {
                let found = format!("`{shown}` {}. {why}", difference(&got, &want));
                return Fault { mistake: "cas simple", found, ..fault };
            }
        }
        fault
    }
}

impl<I: 'static, A: Answer + 'static> Mistakes for Task<I, A> {
    fn hints(&self) -> Vec<Hint> {
        self.mistakes.iter().map(|mistake| (mistake.key, mistake.hint)).collect()
    }

    #[cfg(test)]
    fn trials(&'static self, exercise: &'static Exercise) -> Vec<Tried> {
        let each = |mistake: &'static Mistake<I, A>| {
            mistake.answers.iter().map(move |answer| {
                let check = move || self.check(answer).map(|()| String::new());
                Tried::wrong(mistake.key, move || exercise.judge(check))
            })
        };
        self.mistakes.iter().flat_map(each).collect()
    }
}

/// What a student's function gives.
pub(crate) trait Answer {
    /// Its numbers, one after the other.
    fn numbers(&self) -> Vec<f32>;

    /// How many there are in each list of it.
    fn shape(&self) -> Vec<usize> {
        vec![self.numbers().len()]
    }

    /// How long an example it makes, wanted from `call`: the shortest is shown.
    fn weight(&self, call: &str) -> usize {
        call.chars().count()
    }

    /// Where it differs from what is wanted, and the mistake that its shape is.
    fn differs(&self, want: &Self) -> (Option<&'static str>, String) {
        let (got, want) = (self.numbers(), want.numbers());
        ((got.len() != want.len()).then_some("longueur"), difference(&got, &want))
    }

    /// What is said of it when the mistake is known.
    fn told(&self, _: &Self) -> String {
        format!("donne `{}`", show(&self.numbers()))
    }
}

fn same<A: Answer>(got: &A, want: &A) -> bool {
    got.shape() == want.shape() && close(&got.numbers(), &want.numbers())
}

impl Answer for f32 {
    fn numbers(&self) -> Vec<f32> {
        vec![*self]
    }
}

impl Answer for f64 {
    fn numbers(&self) -> Vec<f32> {
        vec![*self as f32]
    }
}

impl Answer for usize {
    fn numbers(&self) -> Vec<f32> {
        vec![*self as f32]
    }
}

impl Answer for (f32, f32) {
    fn numbers(&self) -> Vec<f32> {
        vec![self.0, self.1]
    }
}

impl Answer for Vec<f32> {
    fn numbers(&self) -> Vec<f32> {
        self.clone()
    }
}

/// An image.
impl Answer for Vec<Vec<f32>> {
    fn numbers(&self) -> Vec<f32> {
        self.concat()
    }

    fn shape(&self) -> Vec<usize> {
        self.iter().map(Vec::len).collect()
    }

    fn weight(&self, _: &str) -> usize {
        self.numbers().len()
    }

    fn differs(&self, want: &Self) -> (Option<&'static str>, String) {
        let size = |image: &Self| (image.len(), image.first().map_or(0, Vec::len));
        let ((h, w), (eh, ew)) = (size(self), size(want));
        let (got, want) = (self.numbers(), want.numbers());
        if self.iter().any(|row| row.len() != w) {
            let found = "rend des lignes de longueurs différentes, au lieu de";
            return (Some("forme"), format!("{found} {eh} × {ew} nombres"));
        }
        if (h, w) != (eh, ew) {
            return (Some("forme"), format!("rend {h} × {w} nombres au lieu de {eh} × {ew}"));
        }
        let at = (0..got.len()).find(|&k| !close(&got[k..=k], &want[k..=k])).unwrap_or(0);
        let (i, j, value, right) = (at / w, at % w, short(got[at]), short(want[at]));
        (None, format!("donne `{value}` en ligne {i}, colonne {j}, au lieu de `{right}`"))
    }

    fn told(&self, want: &Self) -> String {
        self.differs(want).1
    }
}
