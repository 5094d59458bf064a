"""Grades submissions with nbgrader's own autograde and feedback, for `cargo tp grade`.

Arguments: the course folder and its configuration file. Standard input: one JSON
line a submission, {"student", "assignment", "executed", "known"}: `executed` is the
submission with the outputs that `tp execute` wrote, `known` what was answered for it
before, if it was. One JSON line each on standard output, in the same order. The
errors that nbgrader meets in one submission do not keep the others from being graded.
"""

import json
import logging
import os
import re
import sys
import traceback

import nbformat
from nbconvert import Exporter
from nbgrader import utils
from nbgrader.api import MissingEntry
from nbgrader.apps import NbGraderAPI
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    LimitOutput,
    NbGraderPreprocessor,
    SaveAutoGrades,
)
from traitlets import default
from traitlets.config import PyFileConfigLoader

from export import rendered
from formulas import on_a_deep_stack
from marks import Marks
from page import Page


class Execute(NbGraderPreprocessor):
    """Takes the outputs of the executed copy, in place of executing anything.

    What comes back are the outputs of the cells, nothing else: their sources stay
    those that were restored, and a cell that is not the executed one was not run.
    """

    executed = None

    def preprocess(self, nb, resources):
        executed = nbformat.read(self.executed, as_version=4)
        ran = {cell.id: cell for cell in executed.cells if cell.cell_type == "code"}
        for cell in nb.cells:
            if cell.cell_type != "code" or not cell.source.strip():
                continue
            same = ran.get(cell.id)
            if same is not None and same.source == cell.source:
                cell.outputs, cell.execution_count = same.outputs, same.execution_count
            else:
                # nbgrader gives all its points to a test cell without outputs.
                cell.outputs = [nbformat.v4.new_output("error", ename="NonExécutée", evalue="", traceback=[])]
        return nb, resources


class Feedback(Exporter):
    """The student's page: that of `cargo tp html`, with the marks and the comments."""

    # The cells that wait for the teacher.
    unread = []

    @default("file_extension")
    def _file_extension_default(self):
        return ".html"

    def from_notebook_node(self, nb, resources=None, **options):
        nb, resources = super().from_notebook_node(nb, resources, **options)
        graded = resources["nbgrader"]
        page = Page(f"{graded['notebook']}.ipynb", folder=None)
        marks = Marks(page, self.unread, graded["late_penalty"])
        text, _ = on_a_deep_stack(rendered, nb, page, "cargo tp grade", marks)
        return text, resources


def determine_grade(cell, log=None, judge=utils.determine_grade):
    """nbgrader's own, but text on stderr (`eprintln!`, `dbg!`) is no failure by itself."""
    cell = nbformat.from_dict(cell)
    cell.outputs = [output for output in cell.get("outputs", []) if output.get("name") != "stderr"]
    return judge(cell, log)


def main(course, config_file):
    utils.determine_grade = determine_grade
    config = PyFileConfigLoader(os.path.basename(config_file), os.path.dirname(config_file)).load_config()
    config.CourseDirectory.root = course
    config.Autograde.autograde_preprocessors = [
        Execute,
        LimitOutput,
        SaveAutoGrades,
        AssignLatePenalties,
        CheckCellMetadata,
    ]
    config.GenerateFeedback.exporter_class = Feedback
    config.NbGraderAPI.log_level = logging.INFO
    api = NbGraderAPI(config=config)
    solutions = {}
    for line in sys.stdin:
        request = json.loads(line)
        student, assignment = request["student"], request["assignment"]
        answer = {"student": student, "assignment": assignment}
        Execute.executed, known = request["executed"], request["known"]
        try:
            if known and (again := marked_by_hand(api, course, assignment, student, known)):
                print(json.dumps(again), flush=True)
                continue
            if assignment not in solutions:
                solutions[assignment] = api.generate_assignment(assignment)
            if solutions[assignment]["success"]:
                answer.update(grade(api, course, assignment, student))
            else:
                answer["error"] = "nbgrader refuse la solution : " + cause(solutions[assignment])
        except Exception as error:  # whatever it is, the next submission is another one
            traceback.print_exc()
            answer["error"] = f"{type(error).__name__} : {error}"[:300]
        print(json.dumps(answer), flush=True)


def grade(api, course, assignment, student):
    outcome = api.autograde(assignment, student)
    if not outcome["success"]:
        return {"error": cause(outcome)}
    answer = scores(api, assignment, student)
    answer["remarks"] = restored(outcome["log"])
    return answer | feedback(api, course, assignment, student, answer)


def marked_by_hand(api, course, assignment, student, known):
    """The answer given before, with what was marked by hand since; none where the
    gradebook does not know of it."""
    present = scores(api, assignment, student)
    page = known.get("feedback")
    if "error" in present or not page or not os.path.isfile(page):
        return None
    if all(present[key] == known[key] for key in present):
        return known
    answer = known | present
    return answer | feedback(api, course, assignment, student, answer)


def feedback(api, course, assignment, student, answer):
    """Writes the page for the student; where it is."""
    remarks = answer.get("remarks", [])
    Feedback.unread = [exercise["id"] for exercise in answer.get("exercises", []) if exercise["manual"]]
    outcome = api.generate_feedback(assignment, student)
    page = os.path.join(course, "feedback", student, assignment, f"{assignment}.html")
    if outcome["success"] and os.path.isfile(page):
        return {"remarks": remarks, "feedback": page}
    return {"remarks": [*remarks, "pas de retour : " + cause(outcome)], "feedback": None}


def scores(api, assignment, student):
    with api.gradebook as gradebook:
        try:
            submission = gradebook.find_submission(assignment, student)
        except MissingEntry:
            return {"error": "nbgrader n'a rien enregistré"}
        exercises = []
        for notebook in submission.notebooks:
            cells = {cell.name: cell for cell in notebook.notebook.source_cells}
            order = {name: rank for rank, name in enumerate(cells)}
            for grade in sorted(notebook.grades, key=lambda grade: order.get(grade.name, 0)):
                exercises.append(
                    {
                        "id": grade.name,
                        "score": grade.score,
                        "max": grade.max_score,
                        "manual": bool(grade.needs_manual_grade),
                    }
                )
        return {"score": submission.score, "max": submission.max_score, "exercises": exercises}


def restored(log):
    """The test cells that nbgrader put back."""
    changed = set(re.findall(r"'(?:checksum|cell_type|points|locked)' for cell (\S+) has changed", log))
    missing = set(re.findall(r"Missing grade cell (\S+) encountered", log))
    remarks = [f"vérification modifiée, restaurée : {name}" for name in sorted(changed)]
    return remarks + [f"vérification supprimée, remise : {name}" for name in sorted(missing)]


def cause(outcome):
    """Why nbgrader failed, in one line."""
    text = f"{outcome.get('error') or ''}\n{outcome.get('log') or ''}"
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if re.match(r"(\[\w+ \| ERROR\]|\w+(\.\w+)*(Error|Exception)\b)", line)]
    return (errors or lines or ["sans message"])[-1][:300]


if __name__ == "__main__":
    main(*sys.argv[1:])
