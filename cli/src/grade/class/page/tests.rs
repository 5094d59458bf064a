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

/// A colour's red, green and blue, from 0 to 255.
type Colour = [f64; 3];

/// The contrast of WCAG 2, from 1 to 21.
fn contrast(a: Colour, b: Colour) -> f64 {
    let light = |colour: Colour| {
        let [r, g, b] = colour.map(|part| {
            let part = part / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05
    };
    let (a, b) = (light(a), light(b));
    a.max(b) / a.min(b)
}

/// What stands between `start` and the brace that closes it.
fn block<'a>(css: &'a str, start: &str) -> Option<&'a str> {
    let (_, rest) = css.split_once(start)?;
    let mut depth = 1;
    let end = rest.find(|sign| {
        depth += i32::from(sign == '{') - i32::from(sign == '}');
        depth == 0
    });
    Some(&rest[..end?])
}

/// The page's colours by their names, in one of its looks.
struct Look(Vec<(String, String)>);

impl Look {
    /// Light, then what `media` changes.
    fn new(media: Option<&str>) -> Self {
        let mut names = Vec::new();
        for css in [STYLE, OWN] {
            let changed = media.and_then(|media| block(css, &format!("@media {media} {{")));
            for rules in [Some(css), changed].into_iter().flatten() {
                let root = block(rules, ":root {").unwrap_or_default();
                let lines = root.split(';').filter_map(|line| line.trim().split_once(": "));
                names.extend(lines.map(|(name, value)| (name.to_owned(), value.to_owned())));
            }
        }
        Self(names)
    }

    /// `#rrggbb`, `#rgb`, `var(--name)`, or a share of one colour in another.
    fn colour(&self, value: &str) -> Colour {
        if let Some(digits) = value.strip_prefix('#') {
            let each = digits.len() / 3;
            return [0, 1, 2].map(|part| {
                let digits = digits[part * each..(part + 1) * each].repeat(3 - each);
                f64::from(u8::from_str_radix(&digits, 16).unwrap())
            });
        }
        if let Some(mixed) = value.strip_prefix("color-mix(in srgb, ") {
            let (first, second) = mixed.trim_end_matches(')').split_once("%, ").unwrap();
            let (first, share) = first.rsplit_once(' ').unwrap();
            let share = share.parse::<f64>().unwrap() / 100.0;
            let (first, second) = (self.colour(first), self.colour(&format!("{second})")));
            return [0, 1, 2].map(|part| share * first[part] + (1.0 - share) * second[part]);
        }
        let name = value.strip_prefix("var(").unwrap().trim_end_matches(')');
        // The last word counts.
        let (_, value) = self.0.iter().rfind(|(known, _)| known == name).expect(name);
        self.colour(value)
    }

    /// What a class of the page has of a property.
    fn of(&self, class: &str, property: &str) -> Option<Colour> {
        let rule = block(OWN, &format!("\n.{class} {{"))?;
        let mut lines = rule.split(';').filter_map(|line| line.trim().split_once(": "));
        let (_, value) = lines.rfind(|(name, _)| *name == property)?;
        Some(self.colour(value))
    }
}

#[test]
fn signs_and_bars_stand_out_in_every_look() {
    assert!((contrast([0.0; 3], [255.0; 3]) - 21.0).abs() < 1e-9);
    let grey = [118.0, 118.0, 118.0];
    assert!((contrast(grey, [255.0; 3]) - 4.54).abs() < 0.01, "WCAG's own example");
    for media in [None, Some("(prefers-color-scheme: dark)"), Some("print")] {
        let look = Look::new(media);
        let (paper, ink) = (look.colour("var(--fond)"), look.colour("var(--texte)"));
        for class in ["juste", "partiel", "faux", "vide", "lire", "legende"] {
            let colours = (look.of(class, "color"), look.of(class, "background"));
            assert_ne!(colours, (None, None), "{class}");
            let found = contrast(colours.0.unwrap_or(ink), colours.1.unwrap_or(paper));
            assert!(found >= 4.5, "{class}, {media:?}: {found:.2}");
        }
        let bar = contrast(look.of("barre", "background").unwrap(), paper);
        assert!(bar >= 3.0, "{media:?}: {bar:.2}");
    }
    let all = [None, Some("(prefers-color-scheme: dark)")].map(|media| Look::new(media).0.len());
    assert!(all[1] > all[0], "the dark look changes some");
}
