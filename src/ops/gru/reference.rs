//! The formulas as loops in double precision, to read and to test against.

use super::Gru;

/// What one sequence leaves behind: memories (the first one zero) and gates,
/// both in the order of reading.
struct Trace {
    memory: Vec<Vec<f64>>,
    steps: Vec<Step>,
}

/// Gates of one step, and `h·U_n + c_n`.
struct Step {
    z: Vec<f64>,
    r: Vec<f64>,
    n: Vec<f64>,
    inner: Vec<f64>,
}

/// `y` for the sequences `x`, with the parameters kernel, recurrent kernel, bias.
pub fn forward(gru: &Gru, x: &[f32], params: &[Vec<f32>]) -> Vec<f32> {
    let mut y = Vec::new();
    for sequence in x.chunks_exact(gru.steps * gru.inputs) {
        let memory = read(gru, sequence, params).memory;
        let kept = |position: usize| memory[position + 1].iter().map(|h| *h as f32);
        if gru.return_sequences {
            // Step t is read in `at(t)`-th place too: the map is its own inverse.
            (0..gru.steps).for_each(|t| y.extend(kept(gru.at(t))));
        } else {
            y.extend(kept(gru.steps - 1));
        }
    }
    y
}

/// `dx` and the gradients of the parameters, for the gradient `dy` of the output.
pub fn backward(
    gru: &Gru,
    x: &[f32],
    params: &[Vec<f32>],
    dy: &[f32],
) -> (Vec<f32>, Vec<Vec<f32>>) {
    let (units, three, inputs) = (gru.units, 3 * gru.units, gru.inputs);
    let mut dx = vec![0.0f64; x.len()];
    let mut dparams: Vec<Vec<f64>> = params.iter().map(|p| vec![0.0; p.len()]).collect();
    let lengths = (gru.steps * inputs, dy.len() / (x.len() / (gru.steps * inputs)));
    let sequences = x.chunks_exact(lengths.0).zip(dy.chunks_exact(lengths.1));
    for ((x, dy), dx) in sequences.zip(dx.chunks_exact_mut(lengths.0)) {
        let Trace { memory, steps } = read(gru, x, params);
        let mut dh = vec![0.0; units];
        for position in (0..gru.steps).rev() {
            let t = gru.at(position);
            for k in 0..units {
                if gru.return_sequences {
                    dh[k] += f64::from(dy[t * units + k]);
                } else if position + 1 == gru.steps {
                    dh[k] += f64::from(dy[k]);
                }
            }
            let (before, step) = (&memory[position], &steps[position]);
            // Gradients of x·W + b and of h·U + c, gate after gate.
            let (mut outer, mut inner) = (vec![0.0; three], vec![0.0; three]);
            let mut d_before = vec![0.0; units];
            for k in 0..units {
                let (z, r, n) = (step.z[k], step.r[k], step.n[k]);
                let dn = dh[k] * (1.0 - z) * (1.0 - n * n);
                outer[k] = dh[k] * (before[k] - n) * z * (1.0 - z);
                outer[units + k] = dn * step.inner[k] * r * (1.0 - r);
                outer[2 * units + k] = dn;
                (inner[k], inner[units + k], inner[2 * units + k]) =
                    (outer[k], outer[units + k], dn * r);
                d_before[k] = dh[k] * z;
            }
            for g in 0..three {
                for i in 0..inputs {
                    dparams[0][i * three + g] += f64::from(x[t * inputs + i]) * outer[g];
                    dx[t * inputs + i] += f64::from(params[0][i * three + g]) * outer[g];
                }
                for i in 0..units {
                    dparams[1][i * three + g] += before[i] * inner[g];
                    d_before[i] += f64::from(params[1][i * three + g]) * inner[g];
                }
                dparams[2][g] += outer[g];
                dparams[2][three + g] += inner[g];
            }
            dh = d_before;
        }
    }
    let single = |values: Vec<f64>| values.into_iter().map(|v| v as f32).collect::<Vec<f32>>();
    (single(dx), dparams.into_iter().map(single).collect())
}

/// Reads one sequence.
fn read(gru: &Gru, x: &[f32], params: &[Vec<f32>]) -> Trace {
    let (units, three) = (gru.units, 3 * gru.units);
    let sigmoid = |v: f64| 1.0 / (1.0 + (-v).exp());
    let mut trace = Trace { memory: vec![vec![0.0; units]], steps: Vec::new() };
    for position in 0..gru.steps {
        let x = &x[gru.at(position) * gru.inputs..][..gru.inputs];
        let before = &trace.memory[position];
        let outer = |g: usize| {
            let products =
                (0..gru.inputs).map(|i| f64::from(x[i]) * f64::from(params[0][i * three + g]));
            f64::from(params[2][g]) + products.sum::<f64>()
        };
        let inner = |g: usize| {
            let products = (0..units).map(|i| before[i] * f64::from(params[1][i * three + g]));
            f64::from(params[2][three + g]) + products.sum::<f64>()
        };
        let gate = |first: usize| -> Vec<f64> {
            (first..first + units).map(|g| sigmoid(outer(g) + inner(g))).collect()
        };
        let (z, r) = (gate(0), gate(units));
        let inner: Vec<f64> = (2 * units..three).map(inner).collect();
        let n: Vec<f64> =
            (0..units).map(|k| (outer(2 * units + k) + r[k] * inner[k]).tanh()).collect();
        let after = (0..units).map(|k| z[k] * before[k] + (1.0 - z[k]) * n[k]).collect();
        trace.memory.push(after);
        trace.steps.push(Step { z, r, n, inner });
    }
    trace
}
