//! `cargo tp latence`: how long a kernel takes to start and to run small cells,
//! with and without the short way past cargo (see [`crate::shortcut`]).

use crate::french::decimal;
use crate::layout::Layout;
use crate::{install, process, shortcut};
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use std::process::{ExitCode, Stdio};

const MEASURE: &str = include_str!("../python/latency.py");

/// The kinds of cells, as `latency.py` names them, and in words.
const CELLS: [(&str, &str); 3] = [
    ("trivial", "cellule triviale (1 + 1)"),
    ("typed", "nouvelle variable typée"),
    ("tensor", "tenseur"),
];

#[derive(clap::Args)]
pub struct Args {
    /// Combien de fois chaque cellule est exécutée.
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=1000))]
    cells: u32,
    /// Combien de noyaux sont démarrés.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=100))]
    kernels: u32,
    /// Démarre ce nombre de noyaux en une minute, comme une classe qui arrive, et mesure
    /// leurs premières réponses et leur mémoire.
    #[arg(long, value_name = "N", conflicts_with_all = ["cells", "kernels"], value_parser = clap::value_parser!(u32).range(1..=200))]
    ensemble: Option<u32>,
}

/// What one kernel took, in seconds and MB.
#[derive(Deserialize)]
struct Measured {
    start: f64,
    memory: Option<f64>,
    cells: HashMap<String, Vec<f64>>,
}

/// What kernels took that started together, in seconds and MB.
#[derive(Deserialize)]
struct Room {
    starts: Vec<f64>,
    memory: Vec<Option<f64>>,
}

/// Measures both ways in turn, so that what else the machine does slows both.
pub fn run(args: Args) -> Result<ExitCode> {
    let layout = Layout::find()?;
    install::ensure(&layout)?;
    if let Some(count) = args.ensemble {
        eprintln!("{count} noyaux démarrent en une minute…");
        print!("{}", described(&measure(&layout, "room", count, "")?));
        return Ok(ExitCode::SUCCESS);
    }
    let (mut short, mut long) = (Vec::new(), Vec::new());
    for turn in 1..=args.kernels {
        eprintln!("Noyau {turn} sur {} (avec, puis sans le raccourci)…", args.kernels);
        short.push(measure(&layout, "cells", args.cells, "")?);
        long.push(measure(&layout, "cells", args.cells, "1")?);
    }
    print!("{}", table(&short, &long));
    Ok(ExitCode::SUCCESS)
}

/// Asks `latency.py`, by one of its two words and the number that belongs to it.
fn measure<T: DeserializeOwned>(layout: &Layout, what: &str, count: u32, off: &str) -> Result<T> {
    let output = process::command(layout.venv_bin("python"))
        .args(["-c", MEASURE, install::KERNEL])
        .arg(&layout.tp)
        .args([what, &count.to_string()])
        .envs(layout.jupyter_env())
        .env(shortcut::OFF, off)
        .stderr(Stdio::inherit())
        .output()
        .context("Python ne démarre pas ; relancez `cargo tp install`")?;
    if !output.status.success() {
        bail!("la mesure s'est interrompue (message ci-dessus)");
    }
    serde_json::from_slice(&output.stdout).context("la mesure ne se lit pas")
}

fn table(short: &[Measured], long: &[Measured]) -> String {
    let line = |name: &str, unit: &str, digits: usize, of: &dyn Fn(&Measured) -> Vec<f64>| {
        let [short, long] = [short, long].map(|kernels| {
            let value = median(kernels.iter().flat_map(of).collect());
            value.map_or("–".to_owned(), |value| format!("{} {unit}", decimal(value, digits)))
        });
        format!("{name:<42}{short:>12}{long:>18}\n")
    };
    let mut text = format!("{:<42}{:>12}{:>18}\n", "Médianes", "", "sans raccourci");
    text += &line("démarrage du noyau → premier `let`", "s", 1, &|kernel| vec![kernel.start]);
    for (kind, name) in CELLS {
        text += &line(name, "s", 2, &|kernel| kernel.cells.get(kind).cloned().unwrap_or_default());
    }
    text += &line("mémoire du noyau au repos (PSS)", "Mo", 0, &|kernel| {
        kernel.memory.into_iter().collect()
    });
    text
}

fn described(room: &Room) -> String {
    let slowest = room.starts.iter().copied().reduce(f64::max).unwrap_or_default();
    let typical = median(room.starts.clone()).unwrap_or_default();
    let mut text = format!(
        "{} noyaux ont répondu à leur première cellule\u{a0}: médiane {} s, le dernier {} s après son démarrage.\n",
        room.starts.len(),
        decimal(typical, 1),
        decimal(slowest, 1)
    );
    let memory: Vec<f64> = room.memory.iter().copied().flatten().collect();
    if let Some(each) = median(memory.clone()) {
        let all = memory.iter().sum::<f64>() / 1000.0;
        text += &format!(
            "Mémoire au repos (PSS)\u{a0}: {} Mo par noyau, {} Go ensemble.\n",
            decimal(each, 0),
            decimal(all, 1)
        );
    }
    text
}

/// The middle value, or the mean of the two in the middle.
fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let (middle, last) = (values.get(values.len() / 2)?, values.get((values.len() - 1) / 2)?);
    Some((middle + last) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_gives_medians_of_both_ways() {
        let kernel = |start: f64, memory: Option<f64>, trivial: &[f64]| Measured {
            start,
            memory,
            cells: HashMap::from([("trivial".to_owned(), trivial.to_vec())]),
        };
        let short = [kernel(4.0, Some(250.4), &[0.1, 0.2]), kernel(5.0, None, &[9.0])];
        let text = table(&short, &[kernel(7.25, None, &[0.25])]);
        let lines: Vec<_> =
            text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>()).collect();
        assert!(lines[1].ends_with(&["4,5", "s", "7,2", "s"]), "{text}");
        assert!(lines[2].ends_with(&["0,20", "s", "0,25", "s"]), "{text}");
        assert!(lines[4].ends_with(&["–", "–"]), "{text}");
        assert!(lines[5].ends_with(&["250", "Mo", "–"]), "{text}");
        assert_eq!(median(Vec::new()), None);
    }

    #[test]
    fn a_room_is_told_by_its_slowest() {
        let room =
            Room { starts: vec![30.0, 10.0, 20.24], memory: vec![Some(250.4), None, Some(260.0)] };
        let text = described(&room).replace('\u{a0}', " ");
        assert!(
            text.contains("3 noyaux") && text.contains("médiane 20,2 s, le dernier 30,0 s"),
            "{text}"
        );
        assert!(text.contains("255 Mo par noyau, 0,5 Go"), "{text}");
        assert!(!described(&Room { starts: vec![1.0], memory: vec![None] }).contains("Mémoire"));
    }
}
