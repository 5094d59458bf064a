//! The mistakes that a hand makes in right code, as replacements of its text.

use std::ops::Range;

use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Block, Expr, Pat, Stmt, Token, UnOp};

use crate::hand::{Change, Mutator};

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
