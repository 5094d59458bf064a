//! The mistakes that a hand makes in right code, as replacements of its text.

use std::ops::Range;

use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{BinOp, Block, Expr, Lit, Pat, Stmt, Token, UnOp};

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

/// Every change of `cell` within `places`; `names` are other variables in reach.
pub fn changes(cell: &str, places: &[Range<usize>], names: &[&str]) -> Vec<Change> {
    let source = format!("{{{cell}\n}}");
    let block: Block = syn::parse_str(&source).unwrap_or_else(|e| panic!("{e} in\n{cell}"));
    let mut locals = Locals(names.iter().map(|name| (*name).to_owned()).collect());
    locals.visit_block(&block);
    let mut mutator = Mutator { source: &source, names: locals.0, changes: Vec::new() };
    mutator.visit_block(&block);
    let mut all: Vec<Change> = Vec::new();
    for change in mutator.changes {
        // The brace before the cell.
        let range = change.range.start - 1..change.range.end - 1;
        let inside = places.iter().any(|p| p.start <= range.start && range.end <= p.end);
        let change = Change { range, text: change.text };
        if inside && cell[change.range.clone()] != change.text && !all.contains(&change) {
            all.push(change);
        }
    }
    all
}

/// The variables that a cell declares.
struct Locals(Vec<String>);

impl Visit<'_> for Locals {
    fn visit_pat(&mut self, pat: &Pat) {
        if let Pat::Ident(name) = pat
            && !self.0.contains(&name.ident.to_string())
        {
            self.0.push(name.ident.to_string());
        }
        visit::visit_pat(self, pat);
    }
}

struct Mutator<'s> {
    source: &'s str,
    names: Vec<String>,
    changes: Vec<Change>,
}

impl Mutator<'_> {
    fn text(&self, of: &impl Spanned) -> &str {
        &self.source[of.span().byte_range()]
    }

    fn replace(&mut self, of: &impl Spanned, text: impl Into<String>) {
        self.changes.push(Change { range: of.span().byte_range(), text: text.into() });
    }

    fn binary(&mut self, e: &syn::ExprBinary) {
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
    fn arguments(&mut self, args: &Punctuated<Expr, Token![,]>) {
        let texts: Vec<(Range<usize>, String)> =
            args.iter().map(|arg| (arg.span().byte_range(), self.text(arg).to_owned())).collect();
        for pair in texts.windows(2) {
            let between = &self.source[pair[0].0.end..pair[1].0.start];
            let text = format!("{}{between}{}", pair[1].1, pair[0].1);
            self.changes.push(Change { range: pair[0].0.start..pair[1].0.end, text });
        }
    }

    fn method(&mut self, e: &syn::ExprMethodCall) {
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

    fn literal(&mut self, lit: &Lit) {
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

    fn range(&mut self, e: &syn::ExprRange) {
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

    fn index(&mut self, e: &syn::ExprIndex) {
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

    fn name(&mut self, e: &syn::ExprPath) {
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

impl<'ast> Visit<'ast> for Mutator<'_> {
    fn visit_expr(&mut self, e: &'ast Expr) {
        match e {
            Expr::Binary(e) => self.binary(e),
            Expr::Assign(a) => {
                let (left, right) = (self.text(&a.left).to_owned(), self.text(&a.right).to_owned());
                self.replace(a, format!("{left} += {right}"));
            }
            Expr::MethodCall(e) => self.method(e),
            Expr::Call(e) => self.arguments(&e.args),
            Expr::Lit(e) => self.literal(&e.lit),
            Expr::Range(e) => self.range(e),
            Expr::Index(e) => self.index(e),
            Expr::Path(e) => self.name(e),
            Expr::Paren(p) => {
                let inner = self.text(&p.expr).to_owned();
                self.replace(p, inner);
            }
            Expr::Try(t) => {
                if let Expr::MethodCall(call) = &*t.expr {
                    let receiver = self.text(&call.receiver).to_owned();
                    self.replace(t, receiver.clone());
                    self.replace(t, format!("{receiver}.clone()"));
                }
            }
            Expr::Unary(u) if matches!(u.op, UnOp::Neg(_) | UnOp::Not(_)) => {
                let inner = self.text(&u.expr).to_owned();
                self.replace(u, inner);
            }
            Expr::If(i) => {
                let cond = self.text(&i.cond).to_owned();
                if !cond.starts_with("let ") {
                    self.replace(&i.cond, "true");
                    self.replace(&i.cond, "false");
                    self.replace(&i.cond, format!("!({cond})"));
                }
            }
            Expr::ForLoop(l) => {
                // Ended after the first turn, and without its first one.
                let end = l.body.span().byte_range().end - 1;
                self.changes.push(Change { range: end..end, text: " break; ".into() });
            }
            Expr::Tuple(t) => self.arguments(&t.elems),
            Expr::Array(a) => self.arguments(&a.elems),
            Expr::Struct(s) if s.rest.is_some() => {
                // A field left at its default.
                for field in &s.fields {
                    let range = field.span().byte_range();
                    let comma = self.source[range.end..].find(',').map_or(0, |at| at + 1);
                    let range = range.start..range.end + comma;
                    self.changes.push(Change { range, text: String::new() });
                }
            }
            Expr::Return(r) => {
                if let Some(value) = &r.expr {
                    let value = self.text(value).to_owned();
                    self.replace(r, format!("let _ = {value}"));
                }
            }
            _ => {}
        }
        visit::visit_expr(self, e);
    }

    fn visit_block(&mut self, block: &'ast Block) {
        // A statement left out.
        for stmt in &block.stmts {
            if matches!(stmt, Stmt::Expr(_, Some(_))) {
                self.replace(stmt, "");
            }
        }
        visit::visit_block(self, block);
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        if !mac.path.is_ident("vec") {
            return;
        }
        let list = Punctuated::<Expr, Token![,]>::parse_terminated;
        let repeated = |input: syn::parse::ParseStream<'_>| {
            let value: Expr = input.parse()?;
            input.parse::<Token![;]>()?;
            Ok((value, input.parse::<Expr>()?))
        };
        if let Ok((value, count)) = repeated.parse2(mac.tokens.clone()) {
            <Self as Visit<'_>>::visit_expr(self, &value);
            <Self as Visit<'_>>::visit_expr(self, &count);
        } else if let Ok(values) = list.parse2(mac.tokens.clone()) {
            self.arguments(&values);
            values.iter().for_each(|value| <Self as Visit<'_>>::visit_expr(self, value));
        }
    }
}
