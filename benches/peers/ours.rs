// What `cargo tp bench` sends into a notebook's kernel, after benches/models.rs.

/// Images in [0, 1] in the shape that `model` wants.
fn inputs(set: &Dataset, model: &Model) -> Result<Tensor> {
    let shape = [&[set.len()], model.input_shape()].concat();
    Ok(set.images.to_dtype(DType::F32)?.affine(1.0 / 255.0, 0.0)?.reshape(shape)?)
}

/// Seconds of one epoch over the first `images` images, shuffling, batches and
/// metrics included.
fn fit(model: &mut Model, x: &Tensor, y: &Tensor, images: usize, batch_size: usize) -> Result<f64> {
    let (x, y) = (x.narrow(0, 0, images)?, y.narrow(0, 0, images)?);
    let start = std::time::Instant::now();
    model.fit(&x, &y, Fit { batch_size, verbose: Verbose::Silent, ..Fit::default() })?;
    Ok(start.elapsed().as_secs_f64())
}

/// Peak memory of this process in MB since the last call.
fn peak_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = peak.and_then(|text| text.split_whitespace().next()?.parse::<f64>().ok());
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    kilobytes.unwrap_or(f64::NAN) / 1024.0
}
