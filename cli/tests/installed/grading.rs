//! The whole way of a graded notebook with the real nbgrader and the real
//! kernel: released, answered by students good and bad, graded, handed back.

use crate::common::{SOLUTION, sandbox, tp};
use serde_json::Value;
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

const ARGMAX: &str =
    "scores.iter().enumerate().fold(0, |m, (i, s)| if *s > scores[m] { i } else { m })";
/// Half right: the largest is sought from 0 on.
const FROM_ZERO: &str = "let (mut place, mut record) = (0, 0.0);\n    for (i, s) in scores.iter().enumerate() {\n        if *s > record {\n            (place, record) = (i, *s);\n        }\n    }\n    place";
const RATE: &str = "let n = predites.iter().zip(vraies).filter(|(p, v)| **p == u32::from(**v)).count();\n    n as f32 / vraies.len() as f32";
const ERRORS: &str = "(0..vraies.len()).filter(|i| u32::from(vraies[*i]) != predites[*i]).map(|i| i as u32).collect()";
/// It leaves its core to the copies beside it.
const ENDLESS: &str = "loop { std::thread::sleep(std::time::Duration::from_millis(1)); std::hint::black_box(scores); }";
/// Far more than a cell takes that ends.
const LIMITS: [&str; 4] = ["--timeout", "90", "--solution", SOLUTION];

/// A student's notebook: the released one, its cells changed.
struct Copy(Value);

impl Copy {
    /// The released notebook; without its figure, which earns nothing and takes time.
    fn of(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap();
        let mut notebook: Value = serde_json::from_str(&text).unwrap();
        notebook["cells"].as_array_mut().unwrap().retain(|cell| cell["id"] != "figure");
        Self(notebook)
    }

    fn cell(&mut self, id: &str) -> &mut Value {
        let cells = self.0["cells"].as_array_mut().unwrap();
        let found = |cell: &&mut Value| cell["metadata"]["nbgrader"]["grade_id"] == id;
        cells.iter_mut().find(found).unwrap()
    }

    /// Fills a blank.
    fn answer(mut self, id: &str, code: &str) -> Self {
        let cell = self.cell(id);
        let source = match &cell["source"] {
            Value::Array(lines) => lines.iter().filter_map(Value::as_str).collect::<String>(),
            other => other.as_str().unwrap().to_owned(),
        };
        assert!(source.contains("todo!"), "{source}");
        cell["source"] = source.replace("todo!(\"à compléter\")", code).into();
        self
    }

    /// Writes over a whole cell.
    fn write(mut self, id: &str, source: &str) -> Self {
        self.cell(id)["source"] = source.into();
        self
    }

    fn tag(mut self, id: &str, tag: &str) -> Self {
        self.cell(id)["metadata"]["tags"] = [tag].into();
        self
    }

    /// Adds a test cell at the end.
    fn add(mut self, mut cell: Value, id: &str, points: u32) -> Self {
        cell["id"] = "ajoutee".into();
        cell["metadata"]["nbgrader"]["grade_id"] = id.into();
        cell["metadata"]["nbgrader"]["points"] = points.into();
        cell["source"] = format!("{points}.0").into();
        self.0["cells"].as_array_mut().unwrap().push(cell);
        self
    }

    fn delete(mut self, id: &str) -> Self {
        let cells = self.0["cells"].as_array_mut().unwrap();
        cells.retain(|cell| cell["metadata"]["nbgrader"]["grade_id"] != id);
        self
    }

    fn hand_in(self, folder: &Path, student: &str) -> PathBuf {
        let path = folder.join(student).join("notation.ipynb");
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, self.0.to_string()).unwrap();
        path
    }
}

#[test]
fn submissions_good_and_bad_are_all_graded() {
    let folder = tempfile::tempdir().unwrap();
    let (handed_in, out) = (folder.path().join("copies"), folder.path().join("notes"));
    let (waiting, waited) = (folder.path().join("boucles"), folder.path().join("notes-boucles"));
    let released = folder.path().join("notation.ipynb");
    let to = folder.path().to_str().unwrap();
    assert!(tp(&["release", "--out", to, SOLUTION]).status.success());
    let copy = || Copy::of(&released);

    // An answer that shows a file of the teacher's.
    let secret = folder.path().join("secret.png");
    fs::write(&secret, "les notes de la classe").unwrap();
    let answer = format!("Pour des entrées de même échelle. ![]({})", secret.display());
    copy()
        .answer("argmax", ARGMAX)
        // Text on stderr is no failure.
        .answer("taux-reussite", &format!("eprintln!(\"note\");\n    {RATE}"))
        .answer("erreurs", ERRORS)
        .write("question", &answer)
        .hand_in(&handed_in, "juste");
    let test = copy().cell("tp1-argmax").clone();
    let half = copy()
        .answer("argmax", FROM_ZERO)
        .answer("taux-reussite", "(predites.len() / vraies.len()) as f32")
        .tag("tp1-taux-reussite", "skip-execution")
        .add(test.clone(), "tp1-argmax", 1)
        .hand_in(&handed_in, "moitie");
    copy()
        .answer("argmax", "let x: usize = \"un\"; x")
        .answer("taux-reussite", "panic!(\"oh\")")
        .answer("erreurs", "std::process::exit(0)")
        .hand_in(&handed_in, "fautes");
    copy()
        .answer("argmax", "std::process::abort()")
        .answer(
            "taux-reussite",
            "fn tour(n: u64) -> u64 { 1 + std::hint::black_box(tour(n + 1)) }\n    tour(0) as f32",
        )
        .answer("erreurs", ERRORS)
        .hand_in(&handed_in, "plantages");
    let sly = copy()
        .answer("argmax", ENDLESS)
        .answer("taux-reussite", "0.5")
        .write("tp1-taux-reussite", "2.0")
        .answer("erreurs", ERRORS)
        .delete("tp1-erreurs")
        .add(test, "riche", 100)
        .hand_in(&waiting, "ruse");
    copy().delete("argmax").delete("tp1-argmax").hand_in(&handed_in, "efface");
    fs::create_dir_all(handed_in.join("absent")).unwrap();
    fs::create_dir_all(handed_in.join("illisible")).unwrap();
    fs::write(handed_in.join("illisible/notation.ipynb"), "{\"cells\": [").unwrap();

    // The copy that ends at its time limit waits for it beside the others.
    let (graded, checked) = std::thread::scope(|scope| {
        let grade = |source, out| scope.spawn(move || grade(source, out));
        let graded = [grade(&handed_in, &out), grade(&waiting, &waited)];
        let checked = [&half, &sly].map(|path| scope.spawn(move || check(path)));
        (graded.map(|run| run.join().unwrap()), checked.map(|run| run.join().unwrap()))
    });
    let [mut table, late] = graded;
    table.0.extend(late.0);
    let exercises = ["tp1-argmax", "tp1-taux-reussite", "tp1-erreurs"];
    let points =
        |student: &str| exercises.map(|id| table.field(student, id).parse::<f64>().unwrap());
    assert_eq!(points("juste"), [1.0, 2.0, 1.0]);
    assert_eq!((table.field("juste", "maximum"), table.field("juste", "a_lire")), ("6", "1"));
    assert_eq!(points("fautes"), [0.0, 0.0, 0.0]);
    // Partial credit reaches nbgrader, and a test that is tagged to be skipped runs.
    assert_eq!(points("moitie"), [0.5, 0.0, 0.0]);
    // A process that dies costs its own exercise.
    assert_eq!(points("plantages"), [0.0, 0.0, 1.0]);

    // The test cell of the rate says "2.0" no more; the deleted one is back and
    // its right answer counts, although the endless loop cost its process.
    assert_eq!(points("ruse"), [0.0, 0.0, 1.0]);
    let remarks = table.field("ruse", "remarques");
    for remark in ["restaurée", "remise", "délai dépassé"] {
        assert!(remarks.contains(remark), "{remark}: {remarks}");
    }
    assert_eq!(points("efface"), [0.0, 0.0, 0.0]);
    assert!(table.field("efface", "remarques").contains("remise"), "an exercise deleted whole");
    let remarks = table.field("fautes", "remarques");
    assert!(remarks.contains("ne compile pas"), "{remarks}");
    assert!(table.field("absent", "etat").contains("notebook absent"));
    assert!(table.field("illisible", "etat").contains("JSON incorrect"));
    for student in ["juste", "moitie", "fautes", "plantages", "ruse", "absent", "illisible"] {
        let out = if student == "ruse" { &waited } else { &out };
        let page = fs::read_to_string(out.join("retours").join(student).join("notation.html"));
        let page = page.unwrap();
        assert!(page.contains("<html") && !page.contains("src=\"http"), "{student}");
        assert!(!page.contains("<script") && !page.contains("Test cell"), "{student}");
    }
    let page = fs::read_to_string(out.join("retours/juste/notation.html")).unwrap();
    for told in ["Note\u{a0}: 4 / 6.", "1\u{a0}réponse reste à lire", "à lire / 2\u{a0}points"] {
        assert!(page.contains(told), "{told}");
    }
    assert!(page.contains("secret.png") && !page.contains("bGVzIG5vdGVzIGRlIGxhIGNsYXNzZ"));
    let page = fs::read_to_string(out.join("retours/moitie/notation.html")).unwrap();
    assert!(page.contains("href=\"#note-tp1-argmax\"") && page.contains("id=\"note-tp1-argmax\""));
    assert!(page.contains("0,5 / 1\u{a0}point<"));

    // `tp check` sees the same points, an endless loop included.
    for (student, last) in ["moitie", "ruse"].into_iter().zip(checked) {
        let score: f64 = exercises.iter().map(|id| table.points(student, id)).sum();
        assert_eq!((&last["score"], &last["max"]), (&score.into(), &4.0.into()), "{last}");
        for exercise in last["exercises"].as_array().unwrap() {
            let id = exercise["id"].as_str().unwrap();
            if exercise["manual"] == false {
                assert_eq!(exercise["score"].as_f64().unwrap(), table.points(student, id), "{id}");
            }
        }
    }
}

/// `tp grade` of a folder: the table.
fn grade(source: &Path, out: &Path) -> Table {
    let (source, target) = (source.to_str().unwrap(), out.to_str().unwrap());
    let graded = tp(&[&["grade", source, "--out", target], &LIMITS[..], sandbox()].concat());
    assert!(graded.status.success());
    Table::read(&out.join("notes.csv"))
}

/// `tp check` of a copy: the report, its last line.
fn check(path: &Path) -> Value {
    let checked =
        tp(&[&["check", path.to_str().unwrap(), "--json"], &LIMITS[..], sandbox()].concat());
    assert!(checked.status.success(), "{}", path.display());
    let text = String::from_utf8(checked.stdout).unwrap();
    serde_json::from_str(text.lines().last().unwrap()).unwrap()
}

/// The table of the scores, by student and column.
struct Table(HashMap<String, HashMap<String, String>>);

impl Table {
    fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap();
        println!("{text}");
        let mut lines = text.lines().map(fields);
        let header = lines.next().unwrap();
        let rows = lines.map(|row| {
            let student = row[0].clone();
            (student, header.iter().cloned().zip(row).collect())
        });
        Self(rows.collect())
    }

    fn field(&self, student: &str, column: &str) -> &str {
        &self.0[student][column]
    }

    fn points(&self, student: &str, column: &str) -> f64 {
        self.field(student, column).parse().unwrap()
    }
}

/// The fields of a line; quotes may hold commas.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            c => fields.last_mut().unwrap().push(c),
        }
    }
    fields
}
