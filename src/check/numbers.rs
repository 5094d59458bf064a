//! Numbers of an answer: compared, and shown in a sentence.

/// Whether two answers agree: same length, each number equal to 1e-4 (relative
/// above 1); `NaN` and infinities agree with themselves.
pub(crate) fn close(got: &[f32], want: &[f32]) -> bool {
    got.len() == want.len()
        && got.iter().zip(want).all(|(g, w)| {
            g == w || (g.is_nan() && w.is_nan()) || (g - w).abs() <= 1e-4 * (1.0 + w.abs())
        })
}

/// Answers as Rust prints them, shortened.
pub(crate) fn show(values: &[f32]) -> String {
    let shown: Vec<String> = values.iter().take(6).map(|v| short(*v)).collect();
    let more = if values.len() > 6 { ", …" } else { "" };
    match values {
        [one] => short(*one),
        _ => format!("[{}{more}]", shown.join(", ")),
    }
}

/// A list as an argument, between brackets even when it holds one number.
pub(crate) fn list(values: &[f32]) -> String {
    match values {
        [one] => format!("[{}]", short(*one)),
        _ => show(values),
    }
}

/// A number with at most four decimals, or three digits that tell, as Rust writes it.
pub(crate) fn short(value: f32) -> String {
    if value != 0.0 && value.is_finite() && (value.abs() < 1e-3 || value.abs() >= 1e7) {
        let text = format!("{value:.2e}");
        let (digits, power) = text.split_once('e').unwrap_or((&text, "0"));
        return format!("{}e{power}", trimmed(digits));
    }
    trimmed(&format!("{value:.4}"))
}

fn trimmed(text: &str) -> String {
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text.to_owned()
    }
}

/// A number as French prose writes it, with as many decimals as tell something.
pub(crate) fn french(value: f32) -> String {
    let value = f64::from(value);
    let decimals = match value.abs() {
        v if v >= 100.0 => 1,
        v if v >= 1e-3 || v == 0.0 => 4,
        v if v >= 1e-6 => 7,
        _ => return crate::french::comma(short(value as f32)).replace('-', "−"),
    };
    let text = crate::french::number(value, decimals);
    match text.contains(',') {
        true => text.trim_end_matches('0').trim_end_matches(',').to_owned(),
        false => text,
    }
}
