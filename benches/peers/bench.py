"""Drives the measures: this library in a notebook's kernel, Keras and PyTorch
each in a process, one after the other on the same cores, several rounds.

    bench.py KERNEL PEERS_PYTHON [--quick] [--avx2] [--model=NAME …]

Beside the rows of the six models: cnn-predict-10000, the 10,000 test images;
cnn-epoch-60000, one epoch at batch 32 from each of three seeds (median time,
mean accuracies; one seed with --quick). Times are of one step, but of the whole for these two.

--avx2 keeps this library from AVX-512 (MNIST_TP_SIMD); the peers keep theirs.

Called by `cargo tp bench`. Prints a table, then one line of JSON per row.
"""

import json
import os
import pathlib
import statistics
import subprocess
import sys

from jupyter_client.manager import start_new_kernel

HERE = pathlib.Path(__file__).resolve().parent
MODELS = ["dense-784", "dense-128-64", "cnn", "lenet", "deep", "gru"]
KEYS = ["keras", "torch"]


class Peer:
    """Keras or PyTorch in a process of its own."""

    def __init__(self, python, name):
        command = [python, str(HERE / "worker.py"), name]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, **request):
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            sys.exit("a peer stopped; its message is above")
        return json.loads(line)

    def build(self, model, batch, seed=0):
        self.ask(do="build", model=model, batch=batch, seed=seed)

    def fit(self, images, batch):
        return self.ask(do="fit", images=images, batch=batch)["seconds"]

    def accuracy(self):
        return self.ask(do="test")["accuracy"]

    def predict(self):
        return self.ask(do="predict")["seconds"]


class Ours:
    """This library, in cells of the kernel that students use."""

    def __init__(self, kernel):
        self.manager, self.client = start_new_kernel(kernel_name=kernel, startup_timeout=600)
        root = HERE.parents[1]
        self.cell(f":dep mnist_tp = {{ path = {json.dumps(str(root))} }}")
        self.cell("use mnist_tp::prelude::*;")
        self.cell((root / "benches/models.rs").read_text())
        self.cell((HERE / "ours.rs").read_text())
        self.cell("let mnist = Mnist::load()?; let y = mnist.train.labels.clone();")

    def cell(self, code):
        """Runs a cell; its printed text. Anything on stderr is a failure."""
        out, err = [], []

        def hook(message):
            content = message["content"]
            if message["msg_type"] == "stream":
                (out if content["name"] == "stdout" else err).append(content["text"])
            elif message["msg_type"] == "error":
                err.append("\n".join(content.get("traceback", [])))

        reply = self.client.execute_interactive(code, output_hook=hook, timeout=3600)
        if err or reply["content"]["status"] != "ok":
            sys.exit("a cell failed:\n" + "".join(err))
        return "".join(out).strip()

    def number(self, code):
        return float(self.cell(f'println!("{{}}", {code});'))

    def level(self):
        return self.cell('println!("{:?}", mnist_tp::fast::simd::level());')

    def build(self, model, batch, seed=0):
        self.cell(f'let mut model = build("{model}", {seed})?;')
        self.cell("let x = inputs(&mnist.train, &model)?;")
        self.cell("let x_test = inputs(&mnist.test, &model)?;")
        self.number("peak_mb()")
        self.fit(2 * batch, batch)

    def fit(self, images, batch):
        return self.number(f"fit(&mut model, &x, &y, {images}, {batch})?")

    def accuracy(self):
        return self.number("model.evaluate(&x_test, &mnist.test.labels)?.accuracy")

    def predict(self):
        self.cell("let start = std::time::Instant::now(); let _ = model.predict_classes(&x_test)?;"
                  " let seconds = start.elapsed().as_secs_f64();")
        return self.number("seconds")

    def peak(self):
        return self.number("peak_mb()")

    def stop(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel()


def compare(model, batch, scale, samples, **more):
    """One row: medians in milliseconds and their ratios."""
    ms = {name: 1e3 * statistics.median(times) / scale for name, times in samples.items()}
    row = {"model": model, "batch": batch, "ms": round(ms["ours"], 4)}
    row |= {f"{key}_ms": round(ms[key], 4) for key in KEYS}
    row |= {f"ratio_{key}": round(ms["ours"] / ms[key], 3) for key in KEYS}
    return row | more


def rounds(frameworks, count, measure):
    samples = {name: [] for name in frameworks}
    for _ in range(count):
        for name, framework in frameworks.items():
            samples[name].append(measure(framework))
    return samples


def percent(accuracy):
    scores = {"accuracy": round(accuracy["ours"], 4)}
    return scores | {f"{key}_accuracy": round(accuracy[key], 4) for key in KEYS}


def epochs(frameworks, model, batch, seeds):
    """One epoch on all images, from each of the seeds."""
    times = {name: [] for name in frameworks}
    accuracy = {name: [] for name in frameworks}
    for seed in seeds:
        for name, framework in frameworks.items():
            framework.build(model, batch, seed)
            times[name].append(framework.fit(60_000, batch))
            accuracy[name].append(framework.accuracy())
    mean = {name: statistics.mean(values) for name, values in accuracy.items()}
    peak = round(frameworks["ours"].peak(), 1)
    return compare(f"{model}-epoch-60000", batch, 1, times, peak_mb=peak, **percent(mean))


def measure(frameworks, model, batch, quick):
    for framework in frameworks.values():
        framework.build(model, batch)
    # (A step of the deep networks is long enough with fewer images.)
    images = 3_000 if quick and model in ["deep", "gru"] else 6_000
    # From scratch, on all images unless --quick: the accuracy of each.
    for framework in frameworks.values():
        framework.fit(images if quick else 60_000, batch)
    accuracy = {name: framework.accuracy() for name, framework in frameworks.items()}
    times = rounds(frameworks, 3 if quick else 7, lambda f: f.fit(images, batch))
    peak = round(frameworks["ours"].peak(), 1)
    steps = -(-images // batch)
    scores = percent(accuracy)
    yield compare(model, batch, steps, times, peak_mb=peak, **scores)
    if model == "cnn" and batch == 32:
        times = rounds(frameworks, 3 if quick else 7, lambda f: f.predict())
        yield compare("cnn-predict-10000", 256, 1, times, peak_mb=peak, **scores)
        yield epochs(frameworks, model, batch, [1] if quick else [1, 2, 3])


def show(row):
    cells = [row["ms"], row["keras_ms"], row["torch_ms"], row["ratio_keras"], row["ratio_torch"]]
    accuracies = " / ".join(f"{100 * row[k]:.2f}" for k in
                            ["accuracy", "keras_accuracy", "torch_accuracy"])
    print(f"{row['model']:<18}{row['batch']:>5}" + "".join(f"{c:>10.3f}" for c in cells)
          + f"{row['peak_mb']:>9.0f}  {accuracies}", flush=True)


def main():
    kernel, python = sys.argv[1:3]
    quick = "--quick" in sys.argv
    chosen = [word.removeprefix("--model=") for word in sys.argv if word.startswith("--model=")]
    unknown = set(chosen) - set(MODELS)
    if unknown:
        sys.exit(f"unknown model {sorted(unknown)}; the models are {MODELS}")
    if "--avx2" in sys.argv:
        os.environ["MNIST_TP_SIMD"] = "avx2"
    ours = Ours(kernel)
    print(f"instructions: {ours.level()} (ours)")
    frameworks = {"ours": ours} | {key: Peer(python, key) for key in KEYS}
    print(f"{'model':<18}{'batch':>5}{'ms':>10}{'keras ms':>10}{'torch ms':>10}"
          f"{'/keras':>10}{'/torch':>10}{'peak MB':>9}  accuracy % (ours / keras / torch)")
    rows = []
    try:
        for model in chosen or MODELS:
            for batch in [32, 128]:
                for row in measure(frameworks, model, batch, quick):
                    rows.append(row)
                    show(row)
    finally:
        ours.stop()
        for key in KEYS:
            frameworks[key].process.kill()
    for row in rows:
        print(json.dumps(row))


if __name__ == "__main__":
    main()
