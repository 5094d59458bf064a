//! What a hand gets wrong in each kind of expression.

use std::ops::Range;

use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{BinOp, Expr, Lit, Token};

use crate::tables::{METHODS, VALUES};

/// One change of a text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Change {
    pub range: Range<usize>,
    pub text: String,
}

impl Change {
    pub fn apply(&self, source: &str) -> String {
        format!("{}{}{}", &source[..self.range.start], self.text, &source[self.range.end..])
    }
}

/// Collects the changes of a text.
pub struct Mutator<'s> {
    pub source: &'s str,
    /// The variables that a hand may take for one another.
    pub names: Vec<String>,
    pub changes: Vec<Change>,
}

impl Mutator<'_> {
    pub fn text(&self, of: &impl Spanned) -> &str {
        &self.source[of.span().byte_range()]
    }

    pub fn replace(&mut self, of: &impl Spanned, text: impl Into<String>) {
        self.changes.push(Change { range: of.span().byte_range(), text: text.into() });
    }

    pub fn binary(&mut self, e: &syn::ExprBinary) {
        let others: &[&str] = match e.op {
            BinOp::Add(_) => &["-", "*"],
            BinOp::Sub(_) => &["+"],
            BinOp::Mul(_) => &["/", "+"],
            BinOp::Div(_) => &["*"],
            BinOp::Rem(_) => &["/", "*"],
            BinOp::Lt(_) => &["<=", ">"],
            BinOp::Le(_) => &["<", ">="],
            BinOp::Gt(_) => &[">=", "<"],
            BinOp::Ge(_) => &[">", "<="],
            BinOp::Eq(_) => &["!="],
            BinOp::Ne(_) => &["=="],
            BinOp::And(_) => &["||"],
            BinOp::Or(_) => &["&&"],
            BinOp::AddAssign(_) => &["=", "-="],
            BinOp::SubAssign(_) => &["=", "+="],
            BinOp::MulAssign(_) => &["=", "/="],
            BinOp::DivAssign(_) => &["=", "*="],
            _ => &[],
        };
        others.iter().for_each(|other| self.replace(&e.op, *other));
        let (left, right) = (self.text(&e.left).to_owned(), self.text(&e.right).to_owned());
        let op = self.text(&e.op).to_owned();
        if op.ends_with('=') || ["<", ">", "&&", "||"].contains(&op.as_str()) {
            return;
        }
        // A term or a factor dropped, the two exchanged, one with the other sign.
        self.replace(e, left.clone());
        self.replace(e, right.clone());
        if matches!(e.op, BinOp::Sub(_) | BinOp::Div(_) | BinOp::Rem(_)) {
            self.replace(e, format!("{right} {op} {left}"));
        }
        self.replace(&e.right, format!("(-{right})"));
        // A cast moved outwards: a division between integers.
        let uncast = |side: &Expr, text: &str| match side {
            Expr::Cast(cast) => {
                (self.text(&cast.expr).to_owned(), Some(self.text(&cast.ty).to_owned()))
            }
            _ => (text.to_owned(), None),
        };
        if let ((a, Some(ty)), (b, Some(_))) = (uncast(&e.left, &left), uncast(&e.right, &right)) {
            self.replace(e, format!("({a} as usize {op} {b} as usize) as {ty}"));
        }
    }

    /// Arguments exchanged.
    pub fn arguments(&mut self, args: &Punctuated<Expr, Token![,]>) {
        let texts: Vec<(Range<usize>, String)> =
            args.iter().map(|arg| (arg.span().byte_range(), self.text(arg).to_owned())).collect();
        for pair in texts.windows(2) {
            let between = &self.source[pair[0].0.end..pair[1].0.start];
            let text = format!("{}{between}{}", pair[1].1, pair[0].1);
            self.changes.push(Change { range: pair[0].0.start..pair[1].0.end, text });
        }
    }

    pub fn method(&mut self, e: &syn::ExprMethodCall) {
        let receiver = self.text(&e.receiver).to_owned();
        // The call left out.
        self.replace(e, receiver.clone());
        let name = e.method.to_string();
        for (_, others) in METHODS.iter().filter(|(method, _)| *method == name) {
            others.iter().for_each(|other| self.replace(&e.method, *other));
        }
        let whole = self.text(e).to_owned();
        match name.as_str() {
            // The first or the last element skipped, the order turned.
            "iter" => {
                self.replace(e, format!("{whole}.skip(1)"));
                self.replace(e, format!("{whole}.rev().skip(1).rev()"));
                self.replace(e, format!("{whole}.rev()"));
            }
            "enumerate" => self.replace(e, format!("{whole}.skip(1)")),
            "normal" => self.replace(e, format!("{receiver}.uniform(-1.0, 1.0)")),
            "powi" | "powf" => self.replace(e, format!("{receiver} * 2.0")),
            _ => {}
        }
        // Two calls of a chain in the other order.
        if let Expr::MethodCall(inner) = &*e.receiver {
            let start = inner.receiver.span().byte_range().end;
            let (middle, end) = (inner.span().byte_range().end, e.span().byte_range().end);
            let text = format!("{}{}", &self.source[middle..end], &self.source[start..middle]);
            self.changes.push(Change { range: start..end, text });
        }
        self.arguments(&e.args);
    }

    pub fn literal(&mut self, lit: &Lit) {
        match lit {
            Lit::Int(n) => {
                let value: i64 = n.base10_parse().unwrap_or(0);
                let suffix = n.suffix();
                for other in [value + 1, value - 1, 0, 2 * value] {
                    if other >= 0 && other != value {
                        self.replace(lit, format!("{other}{suffix}"));
                    }
                }
            }
            Lit::Float(x) => {
                let value: f64 = x.base10_parse().unwrap_or(0.0);
                let suffix = x.suffix();
                for other in [2.0 * value, 0.0, 1.0, value / 10.0, -value] {
                    if other != value {
                        self.replace(lit, format!("({other:?}{suffix})"));
                    }
                }
            }
            Lit::Bool(b) => self.replace(lit, (!b.value).to_string()),
            _ => {}
        }
    }

    pub fn range(&mut self, e: &syn::ExprRange) {
        let part = |side: &Option<Box<Expr>>| side.as_ref().map(|s| self.text(s).to_owned());
        let (Some(from), Some(to)) = (part(&e.start), part(&e.end)) else { return };
        match e.limits {
            syn::RangeLimits::HalfOpen(_) => {
                self.replace(e, format!("{from}..={to}"));
                self.replace(e, format!("{from}..{to} - 1"));
                self.replace(e, format!("{from} + 1..{to}"));
                self.replace(e, format!("({from}..{to}).rev()"));
            }
            syn::RangeLimits::Closed(_) => self.replace(e, format!("{from}..{to}")),
        }
    }

    pub fn index(&mut self, e: &syn::ExprIndex) {
        let index = self.text(&e.index).to_owned();
        self.replace(&e.index, format!("{index} + 1"));
        self.replace(&e.index, format!("{index} - 1"));
        self.replace(&e.index, "0");
        if let Expr::Index(inner) = &*e.expr {
            let base = self.text(&inner.expr).to_owned();
            let first = self.text(&inner.index).to_owned();
            self.replace(e, format!("{base}[{index}][{first}]"));
        }
    }

    pub fn name(&mut self, e: &syn::ExprPath) {
        if let Some(last) = e.path.segments.last() {
            let name = last.ident.to_string();
            for (_, others) in VALUES.iter().filter(|(value, _)| *value == name) {
                others.iter().for_each(|other| self.replace(&last.ident, *other));
            }
            if e.path.segments.len() == 1 && self.names.contains(&name) {
                for other in self.names.clone() {
                    if other != name {
                        self.replace(e, other);
                    }
                }
            }
            // The default in place of an optimiser's first segment: `Adam::default()`.
            if let [first, _] = &e.path.segments.iter().collect::<Vec<_>>()[..] {
                let name = first.ident.to_string();
                for (_, others) in VALUES.iter().filter(|(value, _)| *value == name) {
                    others.iter().for_each(|other| self.replace(&first.ident, *other));
                }
            }
        }
    }
}
