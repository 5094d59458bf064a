"""Programs that run whole notebooks: nbclient, nbconvert and nbgrader."""

import json
import os
import subprocess
import sys
import tempfile

import nbformat
from kernels import FRONT, check, spec
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_code_cell, new_notebook

COMPILE_ERROR = "let a: i32 = inconnu + 1;"
PANIC = 'let b: Vec<i32> = Vec::new();\nprintln!("{}", b[2]);'


def notebook(*cells):
    metadata = {"kernelspec": {"name": "front", "display_name": "essai", "language": "rust"}}
    cells = [cell if isinstance(cell, dict) else new_code_cell(cell) for cell in cells]
    return new_notebook(cells=cells, metadata=metadata)


def nbclient():
    book = notebook("1 + 1", PANIC, "2 + 2")
    try:
        NotebookClient(book, timeout=120, startup_timeout=180).execute()
        raise AssertionError("a panic went through")
    except CellExecutionError as error:
        check("nbclient stops at the failure", error.ename == "Panic", error)
    check("with its output", book.cells[1].outputs[-1].output_type == "error", book.cells[1])
    check("and not further", book.cells[2].outputs == [], book.cells[2])
    book = notebook(COMPILE_ERROR, '"x".parse::<i32>()?;', "2 + 2")
    NotebookClient(book, timeout=120, startup_timeout=180, allow_errors=True).execute()
    errors = [cell.outputs[-1].get("ename") for cell in book.cells]
    check("allow_errors goes on", errors == ["Compilation", "Erreur", None], errors)


def nbconvert(folder):
    path = os.path.join(folder, "fautif.ipynb")
    nbformat.write(notebook("1 + 1", PANIC), path)
    command = [sys.executable, "-m", "jupyter", "nbconvert", "--to", "html", "--execute", path]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    check("nbconvert --execute fails", done.returncode != 0 and "index out of bounds" in done.stderr, done)


def cell(grade_id, source, *, points=None):
    """A solution of the student's, or a test worth points."""
    tags = dict(schema_version=3, grade_id=grade_id, locked=points is not None)
    tags |= dict(grade=points is not None, solution=points is None, task=False)
    if points is not None:
        tags["points"] = points
    return new_code_cell(source, metadata={"nbgrader": tags})


def assignment(a, b, c):
    return notebook(
        cell("a", a), cell("test_a", "assert_eq!(a, 3);", points=2),
        cell("b", b), cell("test_b", "assert_eq!(b[2], 7);", points=4),
        cell("c", c), cell("test_c", "assert_eq!(c, 5);", points=8),
    )


def nbgrader(folder):
    """A submission with a compile error and a panic is graded, not lost."""
    def write(book, *path):
        path = os.path.join(folder, *path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        nbformat.write(book, path)

    def call(*arguments):
        command = [sys.executable, "-m", "nbgrader", *arguments, f"--course-dir={folder}"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=400, cwd=folder)
        check(f"nbgrader {arguments[0]}", done.returncode == 0, done.stdout + done.stderr)

    blank = "// BEGIN SOLUTION\n{}\n// END SOLUTION"
    write(assignment(*(blank.format(code) for code in ("let a = 3;", "let b = [1, 2, 7];", "let c = 5;"))),
          "source", "tp", "tp.ipynb")
    with open(os.path.join(folder, "nbgrader_config.py"), "w") as file:
        file.write(
            "c = get_config()\n"
            "c.ClearSolutions.code_stub = {'rust': 'todo!()'}\n"
            "c.ClearSolutions.begin_solution_delimeter = 'BEGIN SOLUTION'\n"
            "c.ClearSolutions.end_solution_delimeter = 'END SOLUTION'\n"
            "c.ExecutePreprocessor.timeout = 120\nc.Execute.timeout = 120\n"
            "c.ExecutePreprocessor.startup_timeout = 180\nc.Execute.startup_timeout = 180\n"
        )
    call("generate_assignment", "tp", "--create")
    write(assignment(COMPILE_ERROR, PANIC, "let c = 5;"), "submitted", "ada", "tp", "tp.ipynb")
    call("autograde", "tp", "--create")

    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{folder}/gradebook.db") as book:
        submission = book.find_submission("tp", "ada")
        scores = {grade.name: grade.auto_score for grade in submission.notebooks[0].grades}
    check("what is right counts", scores == {"test_a": 0, "test_b": 0, "test_c": 8}, scores)
    graded = nbformat.read(os.path.join(folder, "autograded", "ada", "tp", "tp.ipynb"), as_version=4)
    names = [out.ename for c in graded.cells for out in c.outputs if out.output_type == "error"]
    check("each failure has its name", names[0] == "Compilation" and "Panic" in names, names)


# nbgrader calls alembic by its name.
os.environ["PATH"] = os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"]
with tempfile.TemporaryDirectory() as folder:
    os.makedirs(os.path.join(folder, "jupyter/kernels/front"))
    with open(os.path.join(folder, "jupyter/kernels/front/kernel.json"), "w") as file:
        json.dump(spec(FRONT), file)
    os.environ["JUPYTER_PATH"] = os.path.join(folder, "jupyter")
    os.environ["JUPYTER_CONFIG_DIR"] = os.path.join(folder, "config")
    nbclient()
    nbconvert(folder)
    course = os.path.join(folder, "cours")
    os.makedirs(course)
    nbgrader(course)
