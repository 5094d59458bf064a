"""JupyterLab in headless Chromium: TP1's training run by clicking, in both themes.

TP1 is the solution's notebook up to its training, then a cell that panics and
one behind it. Screenshots go to the folder named by SHOTS.
"""

import json
import os
import re
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

import nbformat
from kernels import TP, check
from nbformat.v4 import new_code_cell
from playwright.sync_api import sync_playwright

SOLUTION, SHOTS, CHROMIUM = (os.environ[name] for name in ("SOLUTION", "SHOTS", "CHROMIUM"))
VENV = os.path.dirname(os.path.dirname(os.path.abspath(sys.executable)))


def practical():
    """The notebook, and the indices of its training, panic and last code cells."""
    book = nbformat.read(SOLUTION, as_version=4)
    code = [cell for cell in book.cells if cell.cell_type == "code"]
    training = next(i for i, cell in enumerate(code) if ".fit(&x_train" in cell.source)
    last = book.cells.index(code[training])
    book.cells = book.cells[: last + 1]
    book.cells += [new_code_cell("let trop = vec![1, 2][historique.loss.len()];"), new_code_cell('"jamais"')]
    book.metadata.kernelspec = {"name": "essai", "display_name": "Rust (TP MNIST)", "language": "rust"}
    return book, training


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)


class Lab:
    """JupyterLab with the kernel of this checkout, in a folder of its own."""

    def __init__(self, folder):
        argv = [TP, "kernel", "{connection_file}"]
        spec = {"argv": argv, "display_name": "Rust (TP MNIST)", "language": "rust", "interrupt_mode": "message"}
        write(os.path.join(folder, "share/kernels/essai/kernel.json"), json.dumps(spec))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        token = secrets.token_hex(8)
        self.address = f"http://127.0.0.1:{port}/doc/tree/%s?token={token}"
        environment = dict(os.environ, JUPYTER_PATH=os.path.join(folder, "share"))
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR"):
            environment[name] = os.path.join(folder, name.lower())
        del environment["JUPYTER_NO_CONFIG"]
        command = [os.path.join(VENV, "bin/jupyter-lab"), "--no-browser", "--allow-root", "--expose-app-in-browser"]
        command += ["--port", str(port), "--ServerApp.root_dir", folder, f"--IdentityProvider.token={token}"]
        self.log = open(os.path.join(folder, "lab.log"), "w+")
        self.server = subprocess.Popen(command, env=environment, stdout=self.log, stderr=self.log)
        end = time.monotonic() + 120
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/api?token={token}", timeout=5)
                return
            except OSError:
                if time.monotonic() > end or self.server.poll() is not None:
                    self.log.seek(0)
                    raise AssertionError("JupyterLab does not start\n" + self.log.read()) from None
                time.sleep(0.3)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.terminate()
        try:
            self.server.wait(15)
        except subprocess.TimeoutExpired:
            self.server.kill()
        self.log.close()


def code_cell(page, index):
    """The notebook draws only the cells near the view: they are scrolled to."""
    page.evaluate(
        """async index => {
            const content = window.jupyterapp.shell.currentWidget.content;
            const codes = content.widgets.filter(widget => widget.model.type === 'code');
            const position = content.widgets.indexOf(codes[index]);
            content.activeCellIndex = position;
            await content.scrollToItem(position, 'start');
        }""",
        index,
    )
    return page.locator(".jp-Notebook .jp-CodeCell.jp-mod-active")


def command(page, name, arguments=None):
    page.evaluate("([name, given]) => window.jupyterapp.commands.execute(name, given || {})", [name, arguments])


def click_run(page):
    page.locator('.jp-NotebookPanel-toolbar [data-command="notebook:run-cell-and-select-next"], '
                 '.jp-NotebookPanel-toolbar [data-jp-item-name="run"] jp-button, '
                 '.jp-NotebookPanel-toolbar [data-jp-item-name="run"] button').first.click()


# Notes each text of a cell's last output as soon as it is there, and how high the
# outputs are in each frame, once there are two.
OBSERVE = """cell => {
    window.shown = [];
    window.heights = [];
    new MutationObserver(() => {
        const output = [...cell.querySelectorAll('.jp-OutputArea-output')].pop();
        const text = output ? output.innerText : '';
        if (text.includes('poque') && !window.shown.includes(text)) window.shown.push(text);
    }).observe(cell, {childList: true, characterData: true, subtree: true});
    const sample = () => {
        const outputs = cell.querySelectorAll('.jp-OutputArea-output');
        if (outputs.length >= 2) window.heights.push(outputs[0].parentElement.parentElement.offsetHeight);
        if (cell.isConnected) requestAnimationFrame(sample);
    };
    requestAnimationFrame(sample);
}"""
ENDED = "window.shown.some(text => text.includes('époques en'))"


# The panel behind a figure, as it is seen.
PAPER = "cell => getComputedStyle(cell.querySelectorAll('svg.tp-theme > rect')[1]).fill"
PAPERS = {"light": "rgb(255, 255, 255)", "dark": "rgb(23, 25, 28)"}


def train(page, training, theme):
    code_cell(page, training).evaluate(OBSERVE)
    click_run(page)
    cell = code_cell(page, training)
    page.wait_for_function(f"window.shown.length >= 10 || {ENDED}", timeout=900_000)
    cell.screenshot(path=f"{SHOTS}/{theme}-en-cours.png")
    page.wait_for_function(ENDED, timeout=900_000)
    seen = page.evaluate("window.shown")
    check(f"{theme}: the panel moves", len(seen) > 10, seen)
    heights = page.evaluate("window.heights")
    check("nothing below it moves", max(heights) - min(heights) <= 4, sorted(set(heights)))
    check("and ends", "époques en" in seen[-1], seen[-1:])
    check("the final figure is there", cell.locator("svg, img").count() > 0)
    check(f"{theme}: the figure follows it", cell.evaluate(PAPER) == PAPERS[theme], cell.evaluate(PAPER))
    cell.screenshot(path=f"{SHOTS}/{theme}-fin.png")
    page.mouse.move(700, 500)
    page.mouse.wheel(0, -220)
    page.wait_for_timeout(500)
    page.screenshot(path=f"{SHOTS}/{theme}-page.png")


SETTLED = """() => {
    const {content, sessionContext} = window.jupyterapp.shell.currentWidget;
    const codes = content.widgets.filter(widget => widget.model.type === 'code');
    return sessionContext.session.kernel.status === 'idle'
        && codes.every(widget => widget.model.executionState === 'idle');
}"""


def stop_at_the_panic(page, training, theme):
    code_cell(page, training + 1)
    command(page, "notebook:run-all-below")
    cell = code_cell(page, training + 1)
    error = cell.locator(".jp-OutputArea-output").first
    error.wait_for(timeout=300_000)
    text = error.inner_text()
    check("a panic is an error", "Panic" in text and "backtrace" not in text, text)
    cell.screenshot(path=f"{SHOTS}/{theme}-panic.png")
    # Whatever was sent has been answered.
    page.wait_for_function(SETTLED, timeout=300_000)
    behind = code_cell(page, training + 2)
    check("the cell behind is not run", behind.locator(".jp-OutputArea-output").count() == 0)


def main(folder):
    book, training = practical()
    nbformat.write(book, os.path.join(folder, "TP1.ipynb"))
    with Lab(folder) as lab, sync_playwright() as playwright:
        options = dict(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        with playwright.chromium.launch(**options) as browser:
            page = browser.new_page(viewport={"width": 1300, "height": 1080})
            page.goto(lab.address % "TP1.ipynb")
            page.locator(".jp-Notebook .jp-Cell").first.wait_for(timeout=120_000)
            idle = re.compile("Rust.*(Idle|inactif|En attente)", re.I)
            page.get_by_text(idle).first.wait_for(timeout=300_000)
            code_cell(page, training)
            command(page, "notebook:run-all-above")
            for theme in ("Light", "Dark"):
                command(page, "apputils:change-theme", {"theme": f"JupyterLab {theme}"})
                # What is seen from here on is of this round.
                command(page, "notebook:clear-all-cell-outputs")
                train(page, training, theme.lower())
                stop_at_the_panic(page, training, theme.lower())


with tempfile.TemporaryDirectory() as folder:
    main(folder)
