use super::super::alike::Pair;
use super::super::read::Answer;
use super::*;

fn answer(id: &str, state: State, points: f64, mistake: Option<(&str, &str)>) -> Answer {
    let mistake = mistake.map(|(key, hint)| (key.to_owned(), hint.to_owned()));
    Answer { id: id.to_owned(), state, points, max: 2.0, mistake, after: Some(90), tries: Some(3) }
}

fn student(name: &str, answers: Vec<Answer>, remarks: &[&str]) -> Student {
    Student {
        name: name.to_owned(),
        score: answers.iter().map(|answer| answer.points).sum(),
        max: 4.0,
        to_read: 1,
        state: "noté".to_owned(),
        remarks: remarks.iter().map(|remark| (*remark).to_owned()).collect(),
        sources: [("a".to_owned(), "if x < y { \"a\" }".to_owned())].into(),
        answers,
    }
}

fn class() -> Assignment {
    let hint = Some(("biais oublié", "Et <b> ?"));
    Assignment {
        name: "TP9".to_owned(),
        exercises: vec![
            ("tp9-a".to_owned(), "Le neurone".to_owned()),
            ("tp9-b".to_owned(), "tp9-b".to_owned()),
        ],
        students: vec![
            student(
                "ana",
                vec![
                    answer("tp9-a", State::Right, 2.0, None),
                    answer("tp9-b", State::Partial, 0.5, hint),
                ],
                &[],
            ),
            student(
                "<script>",
                vec![
                    answer("tp9-a", State::Wrong, 0.0, hint),
                    answer("tp9-b", State::Untried, 0.0, None),
                ],
                &["délai dépassé"],
            ),
        ],
        alike: vec![Pair { students: (0, 1), exercises: vec!["a".to_owned()], bits: 20.0 }],
    }
}

#[test]
fn nothing_that_a_student_wrote_is_markup() {
    let page = html(&[class()], false);
    assert!(!page.contains("<script") && page.contains("&lt;script&gt;"));
    assert!(page.contains("Et &lt;b&gt; ?") && page.contains("if x &lt; y { &quot;a&quot; }"));
    assert!(page.contains("default-src 'none'") && page.contains("lang=\"fr\""));
}

#[test]
fn each_cell_says_its_state_without_colour() {
    let page = html(&[class()], false);
    for expected in [
        "<td class=\"partiel\" title=\"tp9-b : en partie : biais oublié\"><span aria-hidden=\"true\">0,5</span><span class=\"cache\">en partie</span></td>",
        "<span class=\"cache\">pas essayé</span>",
        "<th scope=\"row\">ana</th><td>2,5/4</td>",
    ] {
        assert!(page.replace('\u{a0}', " ").contains(expected), "{expected}");
    }
}

#[test]
fn mistakes_are_counted_by_their_key() {
    let assignment = class();
    let hint = vec!["Et <b> ?".to_owned()];
    assert_eq!(assignment.mistakes("tp9-a"), [("biais oublié".to_owned(), hint, 1)]);
    let page = html(&[assignment], false).replace('\u{a0}', " ");
    assert!(page.contains("<td>biais oublié</td><td>1</td><td>Et &lt;b&gt; ?</td>"));
    assert!(page.contains("width:2.5em\"></span>50 %"), "one of two has the neuron right");
    assert!(page.contains("À regarder") && page.contains("délai dépassé"));
    assert!(page.contains("pas une conclusion"));
}

#[test]
fn the_table_has_the_same_numbers() {
    let table = String::from_utf8(super::super::table(&[class()]).unwrap()).unwrap();
    let lines: Vec<_> = table.lines().collect();
    assert_eq!(lines[1], "ana,TP9,tp9-a,2,2,juste,,,3,90");
    assert_eq!(lines[2], "ana,TP9,tp9-b,0.5,2,en partie,biais oublié,Et <b> ?,3,90");
    assert_eq!(lines.len(), 5);
}
