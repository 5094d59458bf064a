//! What needs the set-up: the real kernel, nbgrader, a browser. All in one program, so
//! that while one test waits for a compiler or a page, another has the machine:
//! `cargo test --test installed front::` runs a part of it.

mod class;
mod common;
mod container;
mod front;
mod grading;
mod html;
mod pack;
mod resaved;
mod sandbox;
mod slurm;
mod web;
