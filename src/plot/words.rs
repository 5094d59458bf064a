//! A chart in words, for those who do not see it.

use super::draw::Curve;
use crate::french;

/// The axes; first and last value of each curve, number and range of separate
/// points; which curves coincide; what is left out below the axis.
pub(super) fn chart(
    x_label: &str,
    y_label: &str,
    curves: &[Curve],
    together: &[(String, String)],
    below: Option<&(String, Vec<f64>)>,
) -> String {
    let mut words = match (x_label, y_label) {
        ("", "") => String::new(),
        (x, "") => format!("Abscisse : {x}. "),
        ("", y) => format!("Ordonnée : {y}. "),
        (x, y) => format!("Abscisse : {x} ; ordonnée : {y}. "),
    };
    for (joined, one, several) in [(true, "Courbe", "Courbes"), (false, "Points", "Points")] {
        let parts: Vec<String> =
            curves.iter().filter(|c| c.joined == joined).filter_map(curve).collect();
        match parts.len() {
            0 => {}
            1 => words.push_str(&format!("{one} : {}. ", parts[0])),
            _ => words.push_str(&format!("{several} : {}. ", parts.join(" ; "))),
        }
    }
    for (a, b) in together {
        words.push_str(&format!("« {a} » et « {b} » se confondent par endroits. "));
    }
    if let Some((name, xs)) = below {
        let places: Vec<String> = xs.iter().map(|x| short(*x)).collect();
        words.push_str(&format!("Au bord inférieur : {name} (en {}).", places.join(" ; ")));
    }
    words.trim_end().to_owned()
}

/// One curve; `None` where nothing of it can be drawn.
fn curve(curve: &Curve) -> Option<String> {
    let mut finite = curve.points.iter().filter(|p| is_finite(p));
    let first = finite.next()?;
    let name = &curve.name;
    if !curve.joined {
        let values = finite.chain([first]).map(|p| p.1);
        let count = values.clone().count();
        let low = values.clone().fold(f64::INFINITY, f64::min);
        let high = values.fold(f64::NEG_INFINITY, f64::max);
        let colon = if name.is_empty() { "" } else { " : " };
        let range = match low < high {
            true => format!("de {} à {}", short(low), short(high)),
            false => format!("à {}", short(low)),
        };
        return Some(format!("{name}{colon}{} {range}", french::plural(count, "point")));
    }
    let last = finite.next_back().unwrap_or(first);
    let go = if name.is_empty() { "de ".to_owned() } else { format!("{name} va de ") };
    let [x0, y0, x1, y1] = [first.0, first.1, last.0, last.1].map(short);
    Some(format!("{go}{y0} (en {x0}) à {y1} (en {x1})"))
}

/// Whether both coordinates are finite.
pub(super) fn is_finite((x, y): &(f64, f64)) -> bool {
    x.is_finite() && y.is_finite()
}

/// At most four decimals, without closing zeros.
pub(super) fn short(value: f64) -> String {
    if value != 0.0 && value.abs() < 1e-3 {
        return french::comma(format!("{value:.1e}"));
    }
    let text = french::number(value, 4);
    if !text.contains(',') {
        return text;
    }
    text.trim_end_matches('0').trim_end_matches(',').to_string()
}
