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
