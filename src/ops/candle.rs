//! An [`Op`] as a differentiable operation on candle tensors.

use std::sync::{Arc, Mutex, PoisonError};

use candle_core::{
    CpuStorage, CustomOp1, CustomOp2, CustomOp3, DType, Device, Layout, Shape, Storage, Tensor,
};

use super::{Backward, Forward, Op, Pass, Saved};
use crate::{Error, Result};

/// Applies `op` to a batch `x`: `[n, …]` and its parameters, and records it for
/// `backward()`. The result is `[n, output_shape…]`, on the device of `x`, to which
/// the parameters are brought; elsewhere than on the CPU candle's own operations
/// are used ([`Op::portable`]).
///
/// # Errors
/// When `x` or a parameter is not f32, holds another number of values than `op`
/// needs, or the batch is empty.
pub fn apply(
    op: Arc<dyn Op>,
    pass: Pass,
    x: &Tensor,
    params: &[&Tensor],
    output_shape: &[usize],
) -> Result<Tensor> {
    crate::signs::go_on()?;
    crate::fast::threads::memory::keep();
    let n = batch_size(op.as_ref(), x)?;
    check_params(op.as_ref(), params)?;
    let mut shape = vec![n];
    shape.extend_from_slice(output_shape);
    if output_shape.iter().product::<usize>() != op.output_len() {
        return Err(Error::shape(op.name(), output_shape, format!("{} valeurs", op.output_len())));
    }
    let params: Vec<Tensor> =
        params.iter().map(|p| p.to_device(x.device())).collect::<candle_core::Result<_>>()?;
    if left_to_candle(x.device()) {
        let params: Vec<Tensor> =
            params.iter().map(Tensor::flatten_all).collect::<candle_core::Result<_>>()?;
        return Ok(op.portable(pass, &x.reshape((n, ()))?, &params)?.reshape(shape)?);
    }
    let call = Call { op, pass, shape: shape.into(), saved: Mutex::default() };
    let x = x.contiguous()?;
    let y = match &params[..] {
        [] => x.apply_op1(call),
        [a] => x.apply_op2(&a.contiguous()?, call),
        [a, b] => x.apply_op3(&a.contiguous()?, &b.contiguous()?, call),
        // candle's operations take three tensors at most: the parameters go as one.
        more => {
            let flat: Vec<Tensor> =
                more.iter().map(|p| p.flatten_all()).collect::<candle_core::Result<_>>()?;
            x.apply_op2(&Tensor::cat(&flat, 0)?, call)
        }
    }?;
    Ok(y)
}

#[cfg(test)]
thread_local! {
    /// Whether this thread's tensors count as being elsewhere.
    pub(crate) static FORCED: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// Whether tensors of `device` are left to candle.
fn left_to_candle(device: &Device) -> bool {
    #[cfg(test)]
    if FORCED.get() {
        return true;
    }
    !device.is_cpu()
}

fn batch_size(op: &dyn Op, x: &Tensor) -> Result<usize> {
    check_tensor(op, x)?;
    let n = x.dims().first().copied().unwrap_or(0);
    if n == 0 || op.input_len() == 0 {
        let expected = "un lot d'au moins une image, d'au moins une valeur";
        return Err(Error::shape(op.name(), x.dims(), expected));
    }
    if x.elem_count() != n * op.input_len() {
        let expected = format!("[{n}, …] avec {} valeurs par image", op.input_len());
        return Err(Error::shape(op.name(), x.dims(), expected));
    }
    Ok(n)
}

fn check_params(op: &dyn Op, params: &[&Tensor]) -> Result<()> {
    let lens = op.param_lens();
    if lens.len() != params.len() {
        return Err(Error::parameter("params", params.len(), format!("{} paramètres", lens.len())));
    }
    for (param, len) in params.iter().zip(lens) {
        check_tensor(op, param)?;
        if param.elem_count() != len {
            return Err(Error::shape(op.name(), param.dims(), format!("{len} valeurs")));
        }
    }
    Ok(())
}

fn check_tensor(op: &dyn Op, tensor: &Tensor) -> Result<()> {
    if tensor.dtype() != DType::F32 {
        let found = format!("{:?}", tensor.dtype());
        return Err(Error::parameter(
            format!("{} : type", op.name()),
            found,
            "F32 (`.to_dtype(DType::F32)?`)",
        ));
    }
    Ok(())
}

/// One application of an operation: it lives in the graph between the two passes.
struct Call {
    op: Arc<dyn Op>,
    pass: Pass,
    shape: Shape,
    saved: Mutex<Saved>,
}

impl Call {
    fn forward(&self, x: &[f32], params: &[&[f32]]) -> (CpuStorage, Shape) {
        let mut y = vec![0.0; self.shape.elem_count()];
        let params = &self.parts(params)[..];
        let mut saved = self.saved.lock().unwrap_or_else(PoisonError::into_inner);
        self.op.forward(Forward { pass: self.pass, x, params, y: &mut y, saved: &mut saved });
        (CpuStorage::F32(y), self.shape.clone())
    }

    /// The parameters one by one, when they came as one.
    fn parts<'a>(&self, params: &[&'a [f32]]) -> Vec<&'a [f32]> {
        let lens = self.op.param_lens();
        match params {
            [flat] if lens.len() > 1 => {
                let mut rest = *flat;
                let cut = |len: usize| {
                    let (first, others) = rest.split_at(len);
                    rest = others;
                    first
                };
                lens.into_iter().map(cut).collect()
            }
            separate => separate.to_vec(),
        }
    }

    fn backward(
        &self,
        x: &Tensor,
        params: &[&Tensor],
        y: &Tensor,
        dy: &Tensor,
    ) -> candle_core::Result<(Option<Tensor>, Vec<Tensor>)> {
        let mut dx = x.track_op().then(|| vec![0.0; x.elem_count()]);
        let mut dparams: Vec<Vec<f32>> =
            self.op.param_lens().into_iter().map(|len| vec![0.0; len]).collect();
        let mut dy = dy.contiguous()?.flatten_all()?.to_vec1::<f32>()?;
        let y = y.contiguous()?;
        {
            let guards: Vec<_> = params.iter().map(|p| p.storage_and_layout()).collect();
            let params = guards
                .iter()
                .map(|(storage, layout)| host(storage, layout))
                .collect::<candle_core::Result<Vec<_>>>()?;
            let params = self.parts(&params);
            let (x_guard, x_layout) = x.storage_and_layout();
            let (y_guard, y_layout) = y.storage_and_layout();
            let mut saved = self.saved.lock().unwrap_or_else(PoisonError::into_inner);
            self.op.backward(Backward {
                pass: self.pass,
                x: host(&x_guard, x_layout)?,
                params: &params,
                y: host(&y_guard, y_layout)?,
                dy: &mut dy,
                saved: &mut saved,
                dx: dx.as_deref_mut(),
                dparams: &mut dparams,
            });
        }
        let device = x.device();
        if params.len() < dparams.len() {
            dparams = vec![dparams.concat()];
        }
        let dx = dx.map(|values| Tensor::from_vec(values, x.dims(), device)).transpose()?;
        let dparams = dparams
            .into_iter()
            .zip(params)
            .map(|(values, param)| Tensor::from_vec(values, param.dims(), device))
            .collect::<candle_core::Result<_>>()?;
        Ok((dx, dparams))
    }
}

/// The values of a contiguous f32 tensor of the CPU.
pub(crate) fn host<'a>(storage: &'a Storage, layout: &Layout) -> candle_core::Result<&'a [f32]> {
    match storage {
        Storage::Cpu(storage) => slice(storage, layout),
        _ => candle_core::bail!("tensor expected on the CPU"),
    }
}

fn slice<'a>(storage: &'a CpuStorage, layout: &Layout) -> candle_core::Result<&'a [f32]> {
    match layout.contiguous_offsets() {
        Some((start, end)) => Ok(&storage.as_slice::<f32>()?[start..end]),
        None => candle_core::bail!("contiguous tensor expected"),
    }
}

impl CustomOp1 for Call {
    fn name(&self) -> &'static str {
        self.op.name()
    }

    fn cpu_fwd(&self, s: &CpuStorage, l: &Layout) -> candle_core::Result<(CpuStorage, Shape)> {
        Ok(self.forward(slice(s, l)?, &[]))
    }

    fn bwd(&self, x: &Tensor, y: &Tensor, dy: &Tensor) -> candle_core::Result<Option<Tensor>> {
        Ok(self.backward(x, &[], y, dy)?.0)
    }
}

impl CustomOp2 for Call {
    fn name(&self) -> &'static str {
        self.op.name()
    }

    fn cpu_fwd(
        &self,
        s1: &CpuStorage,
        l1: &Layout,
        s2: &CpuStorage,
        l2: &Layout,
    ) -> candle_core::Result<(CpuStorage, Shape)> {
        Ok(self.forward(slice(s1, l1)?, &[slice(s2, l2)?]))
    }

    fn bwd(
        &self,
        x: &Tensor,
        a: &Tensor,
        y: &Tensor,
        dy: &Tensor,
    ) -> candle_core::Result<(Option<Tensor>, Option<Tensor>)> {
        let (dx, mut dparams) = self.backward(x, &[a], y, dy)?;
        Ok((dx, dparams.pop()))
    }
}

impl CustomOp3 for Call {
    fn name(&self) -> &'static str {
        self.op.name()
    }

    fn cpu_fwd(
        &self,
        s1: &CpuStorage,
        l1: &Layout,
        s2: &CpuStorage,
        l2: &Layout,
        s3: &CpuStorage,
        l3: &Layout,
    ) -> candle_core::Result<(CpuStorage, Shape)> {
        Ok(self.forward(slice(s1, l1)?, &[slice(s2, l2)?, slice(s3, l3)?]))
    }

    fn bwd(
        &self,
        x: &Tensor,
        a: &Tensor,
        b: &Tensor,
        y: &Tensor,
        dy: &Tensor,
    ) -> candle_core::Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let (dx, mut dparams) = self.backward(x, &[a, b], y, dy)?;
        let db = dparams.pop();
        Ok((dx, dparams.pop(), db))
    }
}
