use super::*;

#[test]
fn settings_without_sense_are_refused() {
    let refused = |optimizer: Optimizer, name: &str| {
        let message = optimizer.check().unwrap_err().to_string();
        assert!(message.starts_with(name) && message.contains("il faut un nombre"), "{message}");
    };
    for epsilon in [0.0, -1e-7, 1e-60, f64::NAN, f64::INFINITY] {
        refused(RmsProp { epsilon, ..RmsProp::default() }.into(), "epsilon");
        refused(Adam { epsilon, ..Adam::default() }.into(), "epsilon");
        refused(AdamW { epsilon, ..AdamW::default() }.into(), "epsilon");
    }
    for weight_decay in [-0.1, f64::NAN, f64::INFINITY] {
        refused(AdamW { weight_decay, ..AdamW::default() }.into(), "weight_decay");
    }
    refused(Sgd { momentum: 1.0, ..Sgd::default() }.into(), "momentum");
    assert!(Optimizer::from(AdamW { weight_decay: 0.0, ..AdamW::default() }).check().is_ok());
}
