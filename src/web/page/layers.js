// The layers, one function each, for one image at a time.
//
// Images are channels-last, as in the library: row i, column j, channel c of an image
// of shape [h, w, k] is values[(i · w + j) · k + c]. Sums are made in double precision
// and kept in single, so that the results are the library's to a few millionths.

/** y[o] = bias[o] + Σ_i x[i] · kernel[i, o] */
export function dense(x, kernel, bias) {
  const outputs = bias.length;
  const sums = Float64Array.from(bias);
  for (let i = 0; i < x.length; i++) {
    const value = x[i];
    if (value === 0) continue; // most of a digit's image, and of what ReLU leaves
    for (let o = 0; o < outputs; o++) sums[o] += value * kernel[i * outputs + o];
  }
  return Float32Array.from(sums);
}

/**
 * y[i, j, o] = bias[o] + Σ x[s·i + a − top, s·j + b − left, c] · kernel[a, b, c, o]
 * summed over a < kh, b < kw and c; pixels outside the image are zero.
 */
export function conv2d(x, [height, width, channels], kernel, bias, size, stride, padding) {
  const [rows, top] = windows(height, size[0], stride[0], padding);
  const [columns, left] = windows(width, size[1], stride[1], padding);
  const filters = bias.length;
  const y = new Float32Array(rows * columns * filters);
  const sums = new Float64Array(filters);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      sums.set(bias);
      for (let a = 0; a < size[0]; a++) {
        const row = stride[0] * i + a - top;
        if (row < 0 || row >= height) continue;
        for (let b = 0; b < size[1]; b++) {
          const column = stride[1] * j + b - left;
          if (column < 0 || column >= width) continue;
          const pixel = (row * width + column) * channels;
          const tap = (a * size[1] + b) * channels;
          for (let c = 0; c < channels; c++) {
            const value = x[pixel + c];
            if (value === 0) continue;
            const weights = (tap + c) * filters;
            for (let o = 0; o < filters; o++) sums[o] += value * kernel[weights + o];
          }
        }
      }
      y.set(sums, (i * columns + j) * filters);
    }
  }
  return y;
}

/**
 * How many windows of size k, every s pixels, fit on n pixels, and how many zeros
 * stand before the first: "Same" surrounds the image with them, the odd one at the end.
 */
export function windows(n, k, s, padding) {
  if (padding !== "Same") return [Math.floor((n - k) / s) + 1, 0];
  const count = Math.ceil(n / s);
  return [count, Math.floor(Math.max((count - 1) * s + k - n, 0) / 2)];
}

/** y[i, j, c] = max x[s·i + a, s·j + b, c] over a < kh, b < kw */
export function maxPool2d(x, shape, size, stride) {
  return pool(x, shape, size, stride, -Infinity, (most, value) => Math.max(most, value), (most) => most);
}

/** y[i, j, c] = the mean of the same values */
export function avgPool2d(x, shape, size, stride) {
  const count = size[0] * size[1];
  return pool(x, shape, size, stride, 0, (sum, value) => sum + value, (sum) => sum / count);
}

function pool(x, [height, width, channels], size, stride, start, add, end) {
  const [rows] = windows(height, size[0], stride[0], "Valid");
  const [columns] = windows(width, size[1], stride[1], "Valid");
  const y = new Float32Array(rows * columns * channels);
  let at = 0;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      for (let c = 0; c < channels; c++) {
        let result = start;
        for (let a = 0; a < size[0]; a++) {
          for (let b = 0; b < size[1]; b++) {
            const pixel = (stride[0] * i + a) * width + stride[1] * j + b;
            result = add(result, x[pixel * channels + c]);
          }
        }
        y[at++] = end(result);
      }
    }
  }
  return y;
}

/** y = gamma · (x − mean) / √(variance + ε) + beta, feature by feature (the last axis) */
export function batchNorm(x, gamma, beta, mean, variance, epsilon) {
  const features = gamma.length;
  return x.map((value, at) => {
    const k = at % features;
    return (gamma[k] * (value - mean[k])) / Math.sqrt(variance[k] + epsilon) + beta[k];
  });
}

/**
 * A gated recurrent unit reads the steps x_t of a sequence with a memory h, zero at first:
 *
 *   z = σ(x_t·W_z + b_z + h·U_z + c_z)          what is kept of the memory
 *   r = σ(x_t·W_r + b_r + h·U_r + c_r)          what the candidate sees of it
 *   n = tanh(x_t·W_n + b_n + r·(h·U_n + c_n))   the candidate
 *   h ← z·h + (1 − z)·n
 *
 * W is `kernel`, U `recurrent`, b and c the two halves of `bias`; the gates stand side by
 * side in the order z, r, n. Gives the memory after each step, in the steps' own order.
 */
export function gru(x, [steps, inputs], kernel, recurrent, bias, backwards) {
  const units = bias.length / 6;
  const three = 3 * units;
  const memories = [];
  let h = new Float32Array(units);
  for (let position = 0; position < steps; position++) {
    const t = backwards ? steps - 1 - position : position;
    const outer = dense(x.subarray(t * inputs, (t + 1) * inputs), kernel, bias.subarray(0, three));
    const inner = dense(h, recurrent, bias.subarray(three));
    h = h.map((before, k) => {
      const z = sigmoid(outer[k] + inner[k]);
      const r = sigmoid(outer[units + k] + inner[units + k]);
      const n = Math.tanh(outer[2 * units + k] + r * inner[2 * units + k]);
      return z * before + (1 - z) * n;
    });
    memories[t] = h;
  }
  return memories;
}

/** A sequence of memories as one list of values, or the memory after the last step read. */
export function emit(memories, sequences, backwards) {
  if (!sequences) return memories[backwards ? 0 : memories.length - 1];
  return join(memories);
}

/** Lists of values put one after the other. */
export function join(parts) {
  const all = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** The activations, for values whose last axis has `width` of them. */
export function activate(name, x, width) {
  switch (name) {
    case "linear":
      return x;
    case "relu": // max(x, 0); a NaN stays one: a fault must be seen
      return x.map((v) => (v < 0 ? 0 : v));
    case "sigmoid": // 1 / (1 + e^-x)
      return x.map(sigmoid);
    case "tanh":
      return x.map(Math.tanh);
    case "softmax": { // e^(x_i − max x) / Σ_j e^(x_j − max x), row by row
      const y = new Float32Array(x.length);
      for (let row = 0; row < x.length; row += width) {
        const values = x.subarray(row, row + width);
        const most = values.reduce((a, b) => Math.max(a, b), -Infinity);
        const powers = Array.from(values, (v) => Math.exp(v - most));
        const sum = powers.reduce((a, b) => a + b);
        y.set(powers.map((power) => power / sum), row);
      }
      return y;
    }
    default:
      throw new Error(`activation inconnue : ${name}`);
  }
}

function sigmoid(v) {
  return 1 / (1 + Math.exp(-v));
}
