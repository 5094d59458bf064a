use super::*;

/// The distance to `expected` in units of its last place as an `f32`.
fn units(found: f32, expected: f64) -> f64 {
    let rounded = (expected as f32).abs().max(f32::MIN_POSITIVE);
    let unit = f64::from(f32::from_bits(rounded.to_bits() + 1)) - f64::from(rounded);
    (f64::from(found) - expected).abs() / unit
}

#[test]
fn equal_the_functions_in_double_precision() {
    let mut worst = [0f64; 4];
    for i in -420_000..420_000 {
        let x = i as f32 / 4000.0;
        let wide = f64::from(x);
        let mut note = |k: usize, found, expected| worst[k] = worst[k].max(units(found, expected));
        if (-87.0..88.7).contains(&x) {
            note(0, exp(x), wide.exp());
            note(1, sigmoid(x), 1.0 / (1.0 + (-wide).exp()));
        }
        note(2, tanh(x), wide.tanh());
        note(2, tanh(x / 100.0), f64::from(x / 100.0).tanh());
        note(3, ln(x.abs() + 1e-6), f64::from(x.abs() + 1e-6).ln());
        // Between the normal numbers and zero the step is the error.
        assert!((f64::from(exp(x)) - wide.exp()).abs() < 2e-45 + 3e-7 * wide.exp() || x > 88.7);
    }
    assert!(worst[0] < 2.0 && worst[1] < 3.0 && worst[2] < 3.0 && worst[3] < 1.0, "{worst:?}");
}

#[test]
fn the_ends_and_what_is_no_number() {
    for f in [exp, sigmoid, tanh, ln] {
        assert!(f(f32::NAN).is_nan());
    }
    assert_eq!([exp(f32::INFINITY), exp(89.0), ln(f32::INFINITY)], [f32::INFINITY; 3]);
    assert_eq!([exp(f32::NEG_INFINITY), exp(-105.0), tanh(0.0), ln(1.0)], [0.0; 4]);
    assert_eq!([exp(0.0), sigmoid(f32::INFINITY), tanh(f32::INFINITY)], [1.0; 3]);
    assert_eq!((tanh(f32::NEG_INFINITY), ln(0.0)), (-1.0, f32::NEG_INFINITY));
    assert!(ln(-1.0).is_nan() && sigmoid(f32::NEG_INFINITY) == 0.0);
    assert_eq!(tanh(1e-40), 1e-40);
    assert_eq!(double::exp(f64::NEG_INFINITY), 0.0);
    assert!(double::exp(f64::NAN).is_nan() && double::exp(711.0) == f64::INFINITY);
}

#[test]
fn angles_are_in_degrees() {
    for degrees in -800..800 {
        let degrees = degrees as f32 * 0.9;
        let (sin, cos) = f64::from(degrees).to_radians().sin_cos();
        let found = sin_cos(degrees);
        assert!((f64::from(found.0) - sin).abs() < 1e-7, "{degrees}");
        assert!((f64::from(found.1) - cos).abs() < 1e-7, "{degrees}");
    }
    assert_eq!(sin_cos(0.0), (0.0, 1.0));
    assert_eq!(sin_cos(-90.0), (-1.0, 0.0));
}

#[test]
fn double_precision_is_close_to_the_system_s() {
    let close = |found: f64, expected: f64, scale: f64| {
        assert!((found - expected).abs() <= 1e-15 * scale, "{found} {expected}");
    };
    for i in 0..=200_000 {
        let t = f64::from(i) / 200_000.0;
        let cosine = (std::f64::consts::TAU * t).cos();
        assert!((double::cos_turns(t) - cosine).abs() < 1e-15, "{t}");
        let x = (t - 0.5) * 60.0;
        close(double::exp(x), x.exp(), x.exp());
        let x = t + f64::EPSILON;
        close(double::ln(x), x.ln(), x.ln().abs());
        close(double::ln(1e300 * x), (1e300 * x).ln(), 691.0);
    }
    for x in [-745.0, -740.0, -710.0, 709.7] {
        assert!((double::exp(x) / x.exp() - 1.0).abs() < 0.1 && double::exp(x) > 0.0, "{x}");
    }
    close(double::ln(1e-310), 1e-310f64.ln(), 714.0);
    close(double::power(3.0, 0.25), 3f64.powf(0.25), 1.3);
    for t in [0, 1, 2, 1000, 123_457] {
        close(double::whole_power(0.999, t) * 1e-3, 0.999f64.powf(t as f64) * 1e-3, 1.0);
    }
}

/// The promise itself: these bits, whatever computes them.
#[test]
fn the_bits_are_these() {
    let mut hash = 0xcbf2_9ce4_8422_2325u64;
    let mut note = |bits: u64| hash = (hash ^ bits).wrapping_mul(0x0100_0000_01b3);
    for i in -20_000..20_000 {
        let x = i as f32 / 190.0;
        for f in [exp, sigmoid, tanh] {
            note(u64::from(f(x).to_bits()));
        }
        note(u64::from(ln(x.abs() + 1e-3).to_bits()));
        let wide = f64::from(x);
        note(double::exp(wide).to_bits());
        note(double::ln(wide.abs() + 1e-3).to_bits());
        note(double::cos_turns(wide.abs() / 106.0).to_bits());
    }
    assert_eq!(hash, 0x6160_3588_d86b_c3f1, "{hash:#018x}");
}
