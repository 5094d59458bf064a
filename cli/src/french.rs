//! Numbers and durations as French writes them.

use std::time::Duration;

/// A number with so many decimals: `2,5`.
pub fn decimal(value: f64, decimals: usize) -> String {
    format!("{value:.decimals$}").replace('.', ",")
}

/// Points and the like: two decimals at most, none that is not needed.
pub fn number(value: f64) -> String {
    ((value * 100.0).round() / 100.0).to_string().replace('.', ",")
}

/// A duration as people say it: `0,3 s`, `42 s`, `6 min 5 s`.
pub fn human(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0..10 => format!("{} s", decimal(duration.as_secs_f64(), 1)),
        10..60 => format!("{seconds} s"),
        _ => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

/// A duration to come, rounded up: `40 s`, `3 min`, `1 h 05`.
pub fn about(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0..=90 => format!("{} s", seconds.div_ceil(10).max(1) * 10),
        91..3600 => format!("{} min", seconds.div_ceil(60)),
        _ => format!("{} h {:02}", seconds / 3600, seconds % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_a_comma() {
        assert_eq!((decimal(2.0, 1).as_str(), decimal(0.125, 3).as_str()), ("2,0", "0,125"));
        assert_eq!((number(2.0).as_str(), number(1.25).as_str()), ("2", "1,25"));
        assert_eq!(number(2.0 / 3.0), "0,67");
    }

    #[test]
    fn durations_are_french() {
        assert_eq!(human(Duration::from_millis(340)), "0,3 s");
        assert_eq!(human(Duration::from_secs(365)), "6 min 5 s");
        let about = |seconds| about(Duration::from_secs(seconds));
        let to_come = [0, 7, 41, 90, 91, 600, 3900].map(about);
        let said = ["10 s", "10 s", "50 s", "90 s", "2 min", "10 min", "1 h 05"];
        assert_eq!(to_come, said);
    }
}
