//! What holds for every figure.

use candle_core::{DType, Device, Tensor};

use super::*;
use crate::data::Dataset;
use crate::display::theme::SCHEME;
use crate::eval::ConfusionMatrix;
use crate::train::History;

/// The text before the next tag.
fn until(rest: &str) -> &str {
    rest.split('<').next().unwrap_or_default()
}

/// Reads `svg` tag by tag: every tag closes, attributes are quoted, ids are
/// given once, nothing runs and nothing is fetched. Returns the ids.
pub(crate) fn check_svg(svg: &str) -> Vec<String> {
    let (mut open, mut ids, mut rest) = (Vec::new(), Vec::new(), svg);
    while let Some((text, after)) = rest.split_once('<') {
        assert!(!text.contains('>'), "« {text} »");
        for entity in text.split('&').skip(1) {
            assert!(entity.contains(';'), "& not escaped in « {text} »");
        }
        let (tag, after) = after.split_once('>').expect("a tag that closes");
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name.to_string()), "{name}");
            continue;
        }
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        assert_eq!(attributes.matches('"').count() % 2, 0, "{tag}");
        for (key, value) in attributes.split("\" ").filter_map(|a| a.split_once("=\"")) {
            assert!(!key.trim().starts_with("on"), "{tag}");
            let value = value.trim_end_matches(['"', '/']);
            match key.trim() {
                "id" => ids.push(value.to_string()),
                "href" => assert!(value.starts_with("data:image/png;base64,"), "{tag}"),
                "xmlns" => {}
                _ => assert!(!value.contains("://"), "{tag}"),
            }
        }
        assert!(!["script", "foreignObject", "a"].contains(&name), "{tag}");
        assert!(
            name != "style" || SCHEME.starts_with(&format!("<style>{}", until(rest))),
            "{rest}"
        );
        if !tag.ends_with('/') {
            open.push(name.trim_end_matches('/').to_string());
        }
    }
    assert!(open.is_empty(), "left open: {open:?}");
    let mut once = ids.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), ids.len(), "an id given twice");
    ids
}

pub(crate) fn set(n: usize) -> Dataset {
    let pixels: Vec<u8> = (0..n * 784).map(|i| (i * 7 % 256) as u8).collect();
    let labels: Vec<u8> = (0..n).map(|i| (i % 10) as u8).collect();
    Dataset::new(
        "essai <&>",
        Tensor::from_vec(pixels, (n, 28, 28), &Device::Cpu).unwrap(),
        Tensor::from_vec(labels, n, &Device::Cpu).unwrap(),
    )
    .unwrap()
}

fn predictions(n: usize) -> Tensor {
    let classes: Vec<u32> = (0..n as u32).map(|i| if i % 5 == 0 { 3 } else { i % 10 }).collect();
    Tensor::from_vec(classes, n, &Device::Cpu).unwrap()
}

fn history(epochs: usize) -> History {
    let values: Vec<f32> = (1..=epochs).map(|e| 1.0 / e as f32).collect();
    History {
        name: "réseau".into(),
        loss: values.clone(),
        accuracy: values.clone(),
        val_loss: values.clone(),
        val_accuracy: values.clone(),
        seconds: vec![0.5; epochs],
        params: None,
    }
}

fn all() -> Vec<Figure> {
    let set = set(40);
    let chart = LineChart::new("<script>alert(1)</script>").axes("a & b", "\"c\"");
    vec![
        show_digit(&set, 3).unwrap(),
        show_digits(&set, 0..40).unwrap(),
        show_digits_by_class(&set, 5).unwrap(),
        show_errors(&set, &predictions(40), 4).unwrap(),
        show_image("une", &set.image(0).unwrap()).unwrap(),
        show_images("des", &set.images, &[]).unwrap(),
        ConfusionMatrix::new(&set.labels, &predictions(40)).unwrap().plot().unwrap(),
        plot_functions("f", &[("tanh", f64::tanh as fn(f64) -> f64)], -1.0..1.0).unwrap(),
        history(3).plot().unwrap(),
        history(1).plot().unwrap(),
        plot_histories(&[&history(3), &history(5)]).unwrap(),
        chart
            .line_with_errors("<b>", &[(0.0, 1.0), (1.0, f64::NAN), (2.0, 3.0)], &[0.1])
            .line("", &[(1.0, 2.0)])
            .dashed_like(0)
            .mark_x(1.5, "ici")
            .figure()
            .unwrap(),
    ]
}

#[test]
fn every_figure_is_well_formed_and_says_what_it_shows() {
    for figure in all() {
        let svg = figure.svg();
        let ids = check_svg(&svg);
        assert_eq!(ids.len(), 2, "title and description");
        assert!(svg.contains(&format!(r#"aria-labelledby="{} {}""#, ids[0], ids[1])));
        assert!(svg.contains(r#"role="img""#));
        assert!(!figure.title().is_empty() && figure.alt().len() >= 10, "{figure:?}");
        assert!(!svg.contains("<script"), "{figure:?}");
    }
}

#[test]
fn ids_differ_between_figures_and_between_copies() {
    let figure = show_digit(&set(1), 0).unwrap();
    let page = [figure.svg(), figure.svg(), show_digit(&set(2), 1).unwrap().svg()].concat();
    assert_eq!(check_svg(&page).len(), 6);
}

#[test]
fn figures_compose_into_one() {
    let figures = all();
    let one = Figure::compose("Tout", &figures, 3).unwrap();
    assert_eq!(check_svg(&one.svg()).len(), 2);
    assert!(figures.iter().all(|f| one.alt().contains(f.title())));
    assert!(Figure::compose("Rien", &[], 3).is_err());
    assert!(Figure::compose("Rien", &figures, 0).is_err());
}

#[test]
fn a_row_is_no_wider_than_a_page() {
    let one = ImageGrid::new("").image(&[7; 9], 3, "une").image_width(400.0).figure().unwrap();
    let four = Figure::compose("Quatre", &vec![one.clone(); 4], 4).unwrap();
    assert!(four.size().0 < 1200.0 && four.size().1 > 2.0 * one.size().1, "{:?}", four.size());
    assert!(!four.alt().starts_with([':', ' ']) && one.alt().contains("une"), "{four:?}");
}

#[test]
fn marks_and_colours_are_a_network_s_own() {
    let named = |name: &str| History { name: name.into(), ..history(3) };
    let (a, b) = (named("réseau A"), named("réseau B"));
    let color = |figure: &Figure, name: &str| {
        let svg = figure.svg();
        let place = svg.find(&format!(">{name}</text>")).unwrap();
        let start = svg[..place].rfind("<line").unwrap();
        let line = &svg[start..place];
        line[line.find("light-dark").unwrap()..].split(')').next().unwrap().to_owned()
    };
    let both = plot_histories(&[&a, &b]).unwrap();
    let turned = plot_histories(&[&b, &a]).unwrap();
    let chart = LineChart::new("t").line("réseau B", &[(0.0, 1.0), (1.0, 2.0)]);
    let chart = chart.line("réseau A", &[(0.0, 2.0), (1.0, 1.0)]).figure().unwrap();
    for name in ["réseau A", "réseau B"] {
        assert_eq!(color(&both, name), color(&turned, name));
        assert_eq!(color(&both, name), color(&chart, name));
    }
    assert_eq!(both.svg().matches("tirets\u{a0}: validation").count(), 1);
    assert_eq!(both.svg().matches(">réseau A</text>").count(), 1);
}

#[test]
fn coinciding_curves_are_both_seen() {
    let points: Vec<(f64, f64)> = (0..9).map(|i| (f64::from(i), f64::from(i * i))).collect();
    let figure = LineChart::new("t").line("une", &points).line("autre", &points).figure().unwrap();
    assert!(figure.svg().contains(r#"stroke-width="24""#), "the lower one is wider");
    let words = figure.alt().replace('\u{a0}', " ");
    assert!(words.contains("« une » et « autre » se confondent"), "{words}");
    let apart: Vec<(f64, f64)> = points.iter().map(|(x, y)| (*x, 64.0 - y)).collect();
    let figure = LineChart::new("t").line("une", &points).line("autre", &apart).figure().unwrap();
    assert!(!figure.alt().contains("confondent"), "{figure:?}");
}

#[test]
fn figures_of_nothing_are_errors_not_panics() {
    let (empty, ten) = (set(0), set(10));
    assert!(show_digit(&empty, 0).is_err());
    assert!(show_digits(&ten, 0..11).is_err());
    assert!(show_digits(&ten, 3..3).is_err());
    assert!(show_digits(&set(401), 0..401).is_err());
    assert!(show_digits_by_class(&empty, 5).is_err());
    assert!(show_digits_by_class(&ten, 0).is_err());
    assert!(show_errors(&ten, &predictions(9), 4).is_err());
    let right = ten.labels.to_dtype(DType::U32).unwrap();
    assert!(show_errors(&ten, &right, 4).is_err());
    assert!(show_images("rien", &empty.images, &[]).is_err());
    assert!(show_images("une légende de trop", &ten.images, &["a"; 11]).is_err());
    assert!(show_image("trop", &ten.images).is_err());
    assert!(History::default().plot().is_err());
    assert!(plot_histories(&[]).is_err());
    assert!(plot_functions("rien", &[], 0.0..1.0).is_err());
    assert!(plot_functions("vide", &[("f", f64::tanh as fn(f64) -> f64)], 1.0..1.0).is_err());
    assert!(LineChart::new("rien").figure().is_err());
    assert!(LineChart::new("NaN").line("a", &[(0.0, f64::NAN)]).figure().is_err());
    assert!(ImageGrid::new("rien").figure().is_err());
}

#[test]
fn an_image_must_be_whole_rows() {
    for (len, columns) in [(10, 3), (2, 3), (4, 0), (0, 0)] {
        let grid = ImageGrid::new("t").image(&vec![7; len], columns, "");
        let text = grid.figure().unwrap_err().to_string();
        assert!(text.contains(&format!("par lignes de {columns}\u{a0}; il faut")), "{text}");
    }
    assert!(ImageGrid::new("t").image(&[7; 9], 3, "").figure().is_ok());
}

#[test]
fn points_far_outside_a_fixed_range_still_draw() {
    let points = [(0.0, 0.5), (1.0, 1e30), (2.0, -1e300), (3.0, 0.5)];
    let chart = LineChart::new("t").line("a", &points).dashed_like(0).y_range(0.0, 1.0);
    check_svg(&chart.figure().unwrap().svg());
}

#[test]
fn odd_values_still_draw() {
    for points in [
        vec![(1.0, 5.0)],
        vec![(0.0, 0.0), (1.0, 0.0)],
        vec![(0.0, 1e-12), (1e12, 1e30)],
        vec![(0.0, f64::INFINITY), (1.0, 2.0), (2.0, -1e300)],
    ] {
        let figure = LineChart::new("t").line("a", &points).figure().unwrap();
        check_svg(&figure.svg());
    }
}

#[test]
fn a_figure_is_kept_as_svg_or_html() {
    let folder = tempfile::tempdir().unwrap();
    let figure = show_digit(&set(1), 0).unwrap();
    for name in ["un.svg", "deux.HTML"] {
        figure.save(folder.path().join(name)).unwrap();
        let text = std::fs::read_to_string(folder.path().join(name)).unwrap();
        assert!(text.contains("<svg xmlns="));
    }
    assert!(figure.save(folder.path().join("trois.gif")).is_err());
    figure.save(folder.path().join("nouveau/quatre.svg")).unwrap();
    assert!(folder.path().join("nouveau/quatre.svg").is_file());
}
