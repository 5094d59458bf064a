"""nbgrader for Rust notebooks: read by `cargo tp release` (through nbconvert)
and, copied into a course directory, by nbgrader itself."""

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
