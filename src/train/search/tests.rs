//! Bayesian against random search on known functions; interruption and files.

use super::*;

/// A problem: its space and the function to maximise, whose maximum is 0.
struct Problem {
    name: &'static str,
    space: SearchSpace,
    score: fn(&Trial) -> f64,
}

/// A learning rate, a share and a choice, as in a search for a network.
fn network() -> Problem {
    let space = SearchSpace::new()
        .log_float("taux", 1e-5, 1.0)
        .float("dropout", 0.0, 0.8)
        .log_int("largeur", 8, 512)
        .choice("optimiseur", &["SGD", "RMSprop", "Adam"]);
    let score = |t: &Trial| {
        let rate = (t.float("taux").unwrap().log10() + 2.5) / 2.0;
        let dropout = 2.0 * (t.float("dropout").unwrap() - 0.3);
        let width = (t.int("largeur").unwrap() as f64 / 128.0).log2() / 3.0;
        let wrong = f64::from(t.choice("optimiseur").unwrap() != "Adam");
        -(rate * rate + dropout * dropout + width * width + 0.5 * wrong)
    };
    Problem { name: "réseau", space, score }
}

/// Branin's function: three minima, 0.397887.
fn branin() -> Problem {
    let space = SearchSpace::new().float("x", -5.0, 10.0).float("y", 0.0, 15.0);
    let score = |t: &Trial| {
        let (x, y) = (t.float("x").unwrap(), t.float("y").unwrap());
        let pi = std::f64::consts::PI;
        let a = y - 5.1 / (4.0 * pi * pi) * x * x + 5.0 / pi * x - 6.0;
        0.397_887 - (a * a + 10.0 * (1.0 - 1.0 / (8.0 * pi)) * x.cos() + 10.0)
    };
    Problem { name: "Branin", space, score }
}

/// Hartmann's function of six numbers: minimum −3.32237.
fn hartmann() -> Problem {
    const A: [[f64; 6]; 4] = [
        [10.0, 3.0, 17.0, 3.5, 1.7, 8.0],
        [0.05, 10.0, 17.0, 0.1, 8.0, 14.0],
        [3.0, 3.5, 1.7, 10.0, 17.0, 8.0],
        [17.0, 8.0, 0.05, 10.0, 0.1, 14.0],
    ];
    const P: [[f64; 6]; 4] = [
        [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
        [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
        [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650],
        [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
    ];
    let space = (0..6).fold(SearchSpace::new(), |s, i| s.float(&format!("x{i}"), 0.0, 1.0));
    let score = |t: &Trial| {
        let x: Vec<f64> = (0..6).map(|i| t.float(&format!("x{i}")).unwrap()).collect();
        let hill = |i: usize| (0..6).map(|j| A[i][j] * (x[j] - P[i][j]).powi(2)).sum::<f64>();
        let sum: f64 =
            [1.0, 1.2, 3.0, 3.2].iter().enumerate().map(|(i, c)| c * (-hill(i)).exp()).sum();
        sum - 3.322_37
    };
    Problem { name: "Hartmann", space, score }
}

fn run(search: &mut Search, score: fn(&Trial) -> f64, at_most: usize) {
    for _ in 0..at_most {
        let Some(mut trial) = search.ask().unwrap() else { return };
        trial.report(score(&trial) as f32);
        search.tell(trial).unwrap();
    }
}

fn search(problem: &Problem, strategy: Strategy, budget: usize, seed: u64) -> Search {
    Search::new(problem.name, problem.space.clone(), strategy, budget, seed).unwrap()
}

/// Mean of the best score over 40 searches.
fn mean_best(problem: &Problem, strategy: Strategy, budget: usize) -> f64 {
    let best = |seed| {
        let mut search = search(problem, strategy, budget, seed);
        run(&mut search, problem.score, budget);
        f64::from(search.best().unwrap().score().unwrap())
    };
    (0..40).map(best).sum::<f64>() / 40.0
}

/// The mean gap of Optuna's sampler after as many trials, from
/// `tests/reference/tpe.json`; `tpe.py` beside it makes that file.
fn optuna_gap(function: &str, trials: usize) -> f64 {
    let rows: serde_json::Value =
        serde_json::from_str(include_str!("../../../tests/reference/tpe.json")).unwrap();
    let row = rows.as_array().unwrap().iter();
    let mut row = row.filter(|row| row["function"] == function && row["trials"] == trials);
    row.next().unwrap()["gap"].as_f64().unwrap()
}

/// Prints a table of the mean gaps to the maximum.
#[test]
fn bayesian_search_comes_nearer_to_the_maximum_than_random_search() {
    println!(
        "{:<10} {:>6} {:>8} {:>8} {:>8}",
        "function", "trials", "random", "bayesian", "Optuna"
    );
    for problem in [network(), branin(), hartmann()] {
        for budget in [24, 60] {
            let gap = |strategy| -mean_best(&problem, strategy, budget);
            let (random, bayesian) = (gap(Strategy::Random), gap(Strategy::Bayesian));
            let (name, optuna) = (problem.name, optuna_gap(problem.name, budget));
            println!("{name:<10} {budget:>6} {random:>8.3} {bayesian:>8.3} {optuna:>8.3}");
            assert!(bayesian < 0.85 * random, "{name} {budget}: {random} {bayesian}");
            // Nearer than Optuna on the first two; on six numbers a fifth farther.
            assert!(bayesian < 1.3 * optuna, "{name} {budget}: {bayesian}, Optuna {optuna}");
        }
    }
}

#[test]
fn random_values_cover_their_domains() {
    let problem = network();
    let mut search = search(&problem, Strategy::Random, 3000, 1);
    run(&mut search, problem.score, 3000);
    let rates: Vec<f64> = search.trials().iter().map(|t| t.float("taux").unwrap()).collect();
    for power in -5..0 {
        let (low, high) = (10f64.powi(power), 10f64.powi(power + 1));
        let share = rates.iter().filter(|r| (low..high).contains(r)).count() as f64 / 3000.0;
        assert!((share - 0.2).abs() < 0.03, "{power}: {share}");
    }
    let count =
        |v: &str| search.trials().iter().filter(|t| t.choice("optimiseur").unwrap() == v).count();
    assert!(["SGD", "RMSprop", "Adam"].iter().all(|v| count(v) > 900));
    let widths: Vec<usize> = search.trials().iter().map(|t| t.int("largeur").unwrap()).collect();
    assert!(widths.contains(&8) && widths.iter().all(|w| (8..=512).contains(w)));
    assert!(widths.iter().any(|w| *w > 500));
}

#[test]
fn an_interrupted_search_goes_on_as_if_it_had_not_been() {
    let dir = tempfile::tempdir().unwrap();
    for strategy in [Strategy::Random, Strategy::Bayesian] {
        let path = dir.path().join(format!("essais/{strategy:?}.json"));
        let problem = network();
        let mut whole = search(&problem, strategy, 20, 7);
        run(&mut whole, problem.score, 20);
        let mut first = search(&problem, strategy, 20, 7).save_to(&path).unwrap();
        run(&mut first, problem.score, 13);
        let asked = first.ask().unwrap().unwrap();
        drop(first);
        let mut second = search(&problem, strategy, 20, 7).save_to(&path).unwrap();
        assert_eq!(second.trials().len(), 13);
        assert_eq!(second.ask().unwrap().unwrap(), asked);
        run(&mut second, problem.score, 20);
        let values = |s: &Search| -> Vec<_> {
            s.trials().iter().map(|t| (t.values.clone(), t.scores.clone())).collect()
        };
        assert_eq!(values(&second), values(&whole));
    }
}

#[test]
fn foreign_and_truncated_files_are_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("essais.json");
    let problem = network();
    let mut kept = search(&problem, Strategy::Random, 6, 7).save_to(&path).unwrap();
    run(&mut kept, problem.score, 6);
    let whole = std::fs::read(&path).unwrap();
    let refused = |search: Search, reason: &str| {
        let before = std::fs::read(&path).unwrap();
        let message = search.save_to(&path).unwrap_err().to_string();
        assert!(message.contains(reason) && message.contains("essais.json"), "{message}");
        assert_eq!(std::fs::read(&path).unwrap(), before);
    };
    refused(search(&problem, Strategy::Bayesian, 6, 7), "une autre stratégie");
    refused(search(&problem, Strategy::Random, 6, 8), "une autre graine");
    let mut other = network();
    other.space = other.space.float("x", 0.0, 1.0);
    refused(search(&other, Strategy::Random, 6, 7), "un autre espace");
    for len in [0, 10, whole.len() / 2, whole.len() - 2] {
        std::fs::write(&path, &whole[..len]).unwrap();
        refused(search(&problem, Strategy::Random, 6, 7), "illisible");
    }
    let edited = String::from_utf8(whole).unwrap().replacen("\"number\": 2", "\"number\": 5", 1);
    std::fs::write(&path, edited).unwrap();
    refused(search(&problem, Strategy::Random, 6, 7), "modifiés");
}

#[test]
fn the_median_rule_stops_the_lower_half() {
    let space = SearchSpace::new().float("x", 0.0, 1.0);
    let mut search = Search::random("médiane", space, 20, 1).unwrap();
    for level in [0.1, 0.3, 0.5, 0.7, 0.2, 0.6] {
        let mut trial = search.ask().unwrap().unwrap();
        for epoch in 0..3 {
            trial.report(level + 0.1 * epoch as f32);
            if search.should_stop(&mut trial) {
                break;
            }
        }
        search.tell(trial).unwrap();
    }
    let lengths: Vec<usize> = search.trials().iter().map(|t| t.scores.len()).collect();
    // The median of the first four at the first epoch is 0.4.
    assert_eq!(lengths, [3, 3, 3, 3, 1, 3]);
    assert!(search.trials()[4].stopped && !search.trials()[5].stopped);
    assert_eq!(search.best().unwrap().number, 4);
}

#[test]
fn mistakes_get_sentences() {
    let say = |space: SearchSpace| Search::random("r", space, 3, 0).unwrap_err().to_string();
    assert!(say(SearchSpace::new()).contains("vide"));
    assert!(say(SearchSpace::new().float("x", 1.0, 1.0)).contains("de 1 à 1"));
    assert!(say(SearchSpace::new().log_float("x", 0.0, 1.0)).contains("logarithmique"));
    assert!(say(SearchSpace::new().int("x", 1, 2).int("x", 1, 2)).contains("deux fois"));
    let mut search = Search::random("r", SearchSpace::new().int("n", 1, 2), 2, 0).unwrap();
    assert!(search.best().unwrap_err().to_string().contains("aucun essai"));
    let mut trial = search.ask().unwrap().unwrap();
    assert!(trial.float("n").unwrap_err().to_string().contains(".int(\"n\")"));
    assert!(trial.int("m").unwrap_err().to_string().contains("espace\u{a0}: n"));
    assert!(search.tell(trial.clone()).unwrap_err().to_string().contains("report"));
    trial.report(f32::NAN);
    search.tell(trial.clone()).unwrap();
    assert!(search.tell(trial).unwrap_err().to_string().contains("n°\u{a0}2"));
    assert_eq!(search.best().unwrap().score(), Some(f32::MIN));
}
