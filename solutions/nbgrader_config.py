"""nbgrader for Rust notebooks: read by `cargo tp release` (through nbconvert)
and, copied into a course directory, by nbgrader itself (`cargo tp grade`)."""

import secrets

from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearOutput,
    DeduplicateIds,
    OverwriteCells,
    OverwriteKernelspec,
)

c = get_config()  # noqa: F821 (given by nbgrader and nbconvert)

# What replaces a solution. It compiles wherever a typed value is awaited, and
# running it says that the blank is still to be completed.
c.ClearSolutions.code_stub = {"rust": 'todo!("à compléter")'}
c.ClearSolutions.text_stub = "*Votre réponse ici.*"
c.ClearSolutions.begin_solution_delimeter = "BEGIN SOLUTION"
c.ClearSolutions.end_solution_delimeter = "END SOLUTION"

# nbgrader's own pipeline for students' notebooks, without its database.
c.NotebookExporter.preprocessors = [
    "nbgrader.preprocessors.LockCells",
    "nbgrader.preprocessors.ClearSolutions",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.CheckCellMetadata",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbgrader.preprocessors.ClearMarkScheme",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# A Rust kernel takes longer to start than the 30 s that nbgrader allows.
c.Execute.timeout = 600
c.Execute.startup_timeout = 600

# A cell tagged `skip-execution` is not executed, and a test cell without outputs
# has all its points: here only a tag that nobody can guess would do so.
c.Execute.skip_cells_with_tag = secrets.token_hex()


class RestoreCells(OverwriteCells):
    """Puts changed and deleted test cells back, with a notice that is Rust."""

    def preprocess_cell(self, cell, resources, cell_index):
        cell, resources = super().preprocess_cell(cell, resources, cell_index)
        # A copied or added cell has lost its identifier here; what is left of its
        # metadata would end nbgrader with a KeyError.
        if "nbgrader" in cell.metadata and "grade_id" not in cell.metadata.nbgrader:
            cell.metadata.pop("nbgrader")
        return cell, resources

    def add_missing_grade_cells(self, nb, resources):
        """As nbgrader's, which fails where the exercise itself is deleted with its test."""
        source = self.gradebook.find_notebook(self.notebook_id, self.assignment_id)
        tests = {cell.name: cell.max_score for cell in source.grade_cells}
        answers = {cell.name for cell in source.solution_cells}
        place = 0
        for cell in source.source_cells:
            ids = [other.metadata.get("nbgrader", {}).get("grade_id") for other in nb.cells]
            if cell.name in ids:
                place = ids.index(cell.name) + 1
            elif cell.name in tests:
                self.log.warning(f"Missing grade cell {cell.name} encountered, adding to notebook")
                back = self.missing_cell_transform(cell, tests[cell.name], is_solution=cell.name in answers)
                nb.cells.insert(place, back)
                place += 1
        return nb, resources

    def missing_cell_transform(self, source_cell, *args, **kwargs):
        cell = super().missing_cell_transform(source_cell, *args, **kwargs)
        if cell.cell_type == "code":
            cell.source = f"// Cellule supprimée de la copie, remise par nbgrader.\n{source_cell.source}"
        return cell


c.OverwriteCells.add_missing_cells = True
c.Autograde.sanitize_preprocessors = [
    ClearOutput,
    DeduplicateIds,
    OverwriteKernelspec,
    RestoreCells,
    CheckCellMetadata,
]
