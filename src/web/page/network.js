// A network as `modele.save(…)` writes it: the safetensors file is in the page.
//
//   8 bytes: length of the header │ header in JSON │ the tensors' bytes
//
// The header says where each tensor lies, and under the key "mnist_tp" which layers there
// are: what `Sequential` holds. Tensors are named "layer.parameter".

import { activate, avgPool2d, batchNorm, conv2d, dense, emit, gru, join, maxPool2d, windows } from "./layers.js";

/** The network in the bytes of such a file: its name, its layers, how to run it. */
export function readNetwork(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = Number(view.getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  const described = JSON.parse(header.__metadata__.mnist_tp);
  const values = (name) => {
    const { dtype, data_offsets } = header[name];
    const [start, end] = data_offsets.map((offset) => 8 + length + offset);
    const copy = bytes.slice(start, end).buffer;
    return dtype === "F16" ? Float32Array.from(new Uint16Array(copy), single) : new Float32Array(copy);
  };
  let shape = described.input_shape;
  const layers = described.layers.map((spec) => {
    const layer = build(spec, shape, (parameter) => values(`${spec.name}.${parameter}`));
    shape = layer.shape;
    return { name: spec.name, kind: spec.kind, activation: spec.activation ?? "linear", ...layer };
  });
  // A network that ends without softmax gives scores; what comes after it changes no value.
  const last = layers.filter((layer) => !layer.same).at(-1);
  return { name: described.name, layers, scores: last?.activation !== "softmax" };
}

/** The number that 16 bits write: sign, 5 bits of exponent, 10 of fraction. */
function single(bits) {
  const sign = bits >> 15 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** A layer for inputs of shape `input`: the shape it gives, its parameters, its work. */
function build(spec, input, values) {
  const count = input.reduce((a, b) => a * b, 1);
  const [height, width, channels] = input;
  const image = (size, stride, padding, depth) => [
    windows(height, size[0], stride[0], padding)[0],
    windows(width, size[1], stride[1], padding)[0],
    depth,
  ];
  switch (spec.kind) {
    case "dense": {
      const [kernel, bias] = [values("kernel"), values("bias")];
      const run = (x) => activate(spec.activation, dense(x, kernel, bias), spec.units);
      return { shape: [spec.units], weights: kernel.length + bias.length, run };
    }
    case "conv2d": {
      const [kernel, bias] = [values("kernel"), values("bias")];
      const { filters, kernel_size, stride, padding } = spec;
      const run = (x) =>
        activate(spec.activation, conv2d(x, input, kernel, bias, kernel_size, stride, padding), filters);
      return { shape: image(kernel_size, stride, padding, filters), weights: kernel.length + bias.length, run };
    }
    case "max_pool2d":
    case "avg_pool2d": {
      const { size, stride } = spec;
      const pool = spec.kind === "max_pool2d" ? maxPool2d : avgPool2d;
      return { shape: image(size, stride, "Valid", channels), weights: 0, run: (x) => pool(x, input, size, stride) };
    }
    case "batch_norm": {
      const parts = ["gamma", "beta", "moving_mean", "moving_variance"].map(values);
      return { shape: input, weights: 4 * parts[0].length, run: (x) => batchNorm(x, ...parts, spec.epsilon) };
    }
    case "activation":
      return { shape: input, weights: 0, run: (x) => activate(spec.activation, x, input[input.length - 1]) };
    case "dropout": // drops nothing once the network has learnt
      return { shape: input, weights: 0, same: true, run: (x) => x };
    case "flatten":
      return { shape: [count], weights: 0, same: true, run: (x) => x };
    case "reshape":
      return { shape: spec.shape, weights: 0, same: true, run: (x) => x };
    case "gru":
    case "bidirectional":
      return recurrent(spec, input, values);
    default:
      throw new Error(`couche inconnue : ${spec.kind}`);
  }
}

/** A gated recurrent unit, or two that read the sequence from its two ends. */
function recurrent(spec, input, values) {
  const { units, return_sequences: sequences } = spec.kind === "gru" ? spec : spec.layer;
  const three = (prefix) => ["kernel", "recurrent_kernel", "bias"].map((name) => values(prefix + name));
  const shape = (width) => (sequences ? [input[0], width] : [width]);
  const size = (parts) => parts.reduce((sum, part) => sum + part.length, 0);
  if (spec.kind === "gru") {
    const own = three("");
    const run = (x) => emit(gru(x, input, ...own, false), sequences, false);
    return { shape: shape(units), weights: size(own), run };
  }
  // y_t = [forward_t, backward_t]
  const [ahead, back] = [three("forward_"), three("backward_")];
  const run = (x) => {
    const [first, second] = [gru(x, input, ...ahead, false), gru(x, input, ...back, true)];
    if (!sequences) return join([emit(first, false, false), emit(second, false, true)]);
    return join(first.flatMap((memory, t) => [memory, second[t]]));
  };
  return { shape: shape(2 * units), weights: size(ahead) + size(back), run };
}

/** What every layer gives for one image: 784 values in [0, 1], row after row. */
export function forward(network, image) {
  let x = image;
  return network.layers.map((layer) => (x = layer.run(x)));
}

/** The ten probabilities, from what the last layer gives. */
export function probabilities(network, outputs) {
  const last = outputs[outputs.length - 1];
  return network.scores ? activate("softmax", last, last.length) : last;
}
