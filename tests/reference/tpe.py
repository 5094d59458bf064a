"""Gaps of Optuna's tree-structured Parzen estimator on the functions of
src/train/search/tests.rs.

    python -m venv /tmp/optuna && /tmp/optuna/bin/pip install optuna==5.0.0
    /tmp/optuna/bin/python tests/reference/tpe.py > tests/reference/tpe.json

For each function and budget: mean over 40 seeds of the difference between the
maximum (0) and the best of the trials, of which a quarter, ten at most, are drawn
at random, as in our search.
"""

import json
import math

import optuna

SEEDS = 40
A = [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]]
P = [
    [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
    [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
    [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650],
    [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
]


def network(trial):
    rate = (math.log10(trial.suggest_float("taux", 1e-5, 1.0, log=True)) + 2.5) / 2
    dropout = 2 * (trial.suggest_float("dropout", 0.0, 0.8) - 0.3)
    width = math.log2(trial.suggest_int("largeur", 8, 512, log=True) / 128) / 3
    wrong = trial.suggest_categorical("optimiseur", ["SGD", "RMSprop", "Adam"]) != "Adam"
    return -(rate**2 + dropout**2 + width**2 + 0.5 * wrong)


def branin(trial):
    x, y = trial.suggest_float("x", -5, 10), trial.suggest_float("y", 0, 15)
    a = y - 5.1 / (4 * math.pi**2) * x**2 + 5 / math.pi * x - 6
    return 0.397887 - (a**2 + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x) + 10)


def hartmann(trial):
    x = [trial.suggest_float(f"x{i}", 0, 1) for i in range(6)]
    hill = [sum(a * (v - p) ** 2 for a, v, p in zip(A[i], x, P[i])) for i in range(4)]
    return sum(c * math.exp(-h) for c, h in zip([1, 1.2, 3, 3.2], hill)) - 3.32237


def gap(function, budget, seed):
    sampler = optuna.samplers.TPESampler(n_startup_trials=min(budget // 4, 10), seed=seed)
    study = optuna.create_study(direction="maximize", sampler=sampler)
    study.optimize(function, n_trials=budget)
    return -study.best_value


optuna.logging.set_verbosity(optuna.logging.ERROR)
rows = []
for name, function in [("réseau", network), ("Branin", branin), ("Hartmann", hartmann)]:
    for budget in [24, 60]:
        mean = sum(gap(function, budget, seed) for seed in range(SEEDS)) / SEEDS
        rows.append({"function": name, "trials": budget, "gap": round(mean, 4)})
print(json.dumps(rows, ensure_ascii=False, indent=1))
