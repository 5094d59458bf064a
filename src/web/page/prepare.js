// From a drawing to the image that the network sees, as MNIST was made: the longer side
// 20 pixels, strokes 2 to 4 of them wide, the centre of mass in the middle of 28 × 28.
//
// This is the library's `data/digits/normalize.rs`, step by step, for a picture that shows
// one digit. The library works in single precision: `f` rounds where it does, and the
// same pixels give the same image (a test holds the two together).

const f = Math.fround;
const SIDE = 28;
/** Longer side of a digit. */
const BOX = 20;
/** Size in which outlines are measured. */
const FINE = 160;
/** The width of most strokes of MNIST, in pixels of the 20 × 20 box. */
const THINNEST = f(2.3);
const WIDEST = f(4.2);
/** Ink from which a pixel belongs to a stroke. */
const STROKE = f(f(0.55) * f(0.35));

const clamp = (value, least, most) => Math.min(Math.max(value, least), most);

function plane(width, height, at) {
  const values = new Float32Array(width * height);
  for (let y = 0, i = 0; y < height; y++) for (let x = 0; x < width; x++, i++) values[i] = at(x, y);
  return { width, height, values };
}

/**
 * The 28 × 28 grey levels (0 paper, 255 ink) of a picture of `side` × `side` grey levels
 * (255 paper, 0 ink); null where there is no stroke.
 */
export function prepare(grey, side) {
  const ink = isolated(grey, side);
  if (!ink) return null;
  const { values } = normalised(ink);
  return Uint8Array.from(values, (value) => Math.round(f(value * 255)));
}

/** The ink of the digit in its rectangle and two pixels around; 0 away from strokes. */
function isolated(grey, side) {
  const ink = { width: side, height: side, values: new Float32Array(grey).map((g) => f(1 - f(g / 255))) };
  const box = bounds(ink, STROKE);
  if (!box) return null;
  const stroke = (x, y) => x >= 0 && y >= 0 && x < side && y < side && ink.values[y * side + x] > STROKE;
  const near = (x, y) => {
    for (let v = y - 1; v <= y + 1; v++) for (let u = x - 1; u <= x + 1; u++) if (stroke(u, v)) return true;
    return false;
  };
  return plane(box.width + 4, box.height + 4, (x, y) => {
    const u = box.left + x - 2;
    const v = box.top + y - 2;
    const value = u >= 0 && v >= 0 && u < side && v < side ? ink.values[v * side + u] : 0;
    return value > 0 && near(u, v) ? value : 0;
  });
}

/** ink(p) = clip(r + ½ − d(p), 0, 1): the outline grown or shrunk by r, then made small. */
function normalised(ink) {
  const inked = Float32Array.from(ink.values.filter((v) => v > 0)).sort();
  const strong = inked[Math.round(f((inked.length - 1) * f(0.85)))];
  const scale = f(FINE / Math.max(ink.width, ink.height));
  const large = resized(ink, scaled(ink.width, scale), scaled(ink.height, scale));
  const limit = f(f(0.4) * strong);
  const margin = Math.floor(FINE / 3);
  const filled = plane(large.width + 2 * margin, large.height + 2 * margin, (x, y) => {
    const u = x - margin;
    const v = y - margin;
    const within = u >= 0 && v >= 0 && u < large.width && v < large.height;
    return within && large.values[v * large.width + u] > limit ? 1 : 0;
  });
  const box = bounds(filled, 0.5);
  const longer = Math.max(box.width, box.height);
  const inside = distances(filled, 0);
  const stroke = strokeWidth(inside);
  const wanted = clamp(f(f(stroke * BOX) / longer), THINNEST, WIDEST);
  // s·(longer + 2r) = 20 and s·(stroke + 2r) = wanted
  const spread = Math.max(f(longer - stroke), f(f(0.2) * longer));
  const grown = f(f(f(f(wanted * spread) / f(BOX - wanted)) - stroke) / 2);
  const r = clamp(grown, f(-stroke / 4), FINE / 4);
  const outside = distances(filled, 1);
  const fine = {
    ...filled,
    values: outside.values.map((out, i) => {
      const signed = out > 0 ? f(out - 0.5) : f(0.5 - inside.values[i]);
      return clamp(f(f(r + 0.5) - signed), 0, 1);
    }),
  };
  return centred(shrunk(fine));
}

const scaled = (size, scale) => Math.max(Math.round(f(size * scale)), 1);

/** The bounding box of `fine` scaled so that its longer side is 20 pixels. */
function shrunk(fine) {
  const { left, top, width, height } = bounds(fine, 0.5);
  const scale = f(BOX / Math.max(width, height));
  const crop = plane(width, height, (x, y) => fine.values[(top + y) * fine.width + left + x]);
  return resized(crop, scaled(width, scale), scaled(height, scale));
}

/** `small` in 28 × 28, its centre of mass in the middle, moved by whole pixels. */
function centred(small) {
  let [mass, right, down] = [0, 0, 0];
  small.values.forEach((value, i) => {
    mass = f(mass + value);
    right = f(right + f(value * (i % small.width)));
    down = f(down + f(value * Math.floor(i / small.width)));
  });
  const corner = (sum, size) =>
    clamp(Math.round(f((SIDE - 1) / 2 - f(sum / Math.max(mass, f(1e-6))))), 0, SIDE - size);
  const [left, top] = [corner(right, small.width), corner(down, small.height)];
  return plane(SIDE, SIDE, (x, y) => {
    const [u, v] = [x - left, y - top];
    const within = u >= 0 && v >= 0 && u < small.width && v < small.height;
    return within ? clamp(small.values[v * small.width + u], 0, 1) : 0;
  });
}

/** Mean width of the strokes: across a bar of width w the distance to its edge is w/4 on average. */
function strokeWidth(inside) {
  let [count, sum] = [0, 0];
  for (const distance of inside.values) {
    if (distance > 0) [count, sum] = [count + 1, f(sum + f(distance - 0.5))];
  }
  return Math.max(f(f(4 * sum) / count), 1);
}

/** For each pixel, how far the next pixel of value `target` is, in steps of 1 and √2. */
function distances({ width, height, values }, target) {
  const diagonal = f(Math.SQRT2);
  const out = values.map((value) => (value === target ? 0 : width + height));
  const nearer = (at, from, cost) => {
    const way = f(out[from] + cost);
    if (way < out[at]) out[at] = way;
  };
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      if (x > 0) nearer(at, at - 1, 1);
      if (y === 0) continue;
      if (x > 0) nearer(at, at - width - 1, diagonal);
      nearer(at, at - width, 1);
      if (x < width - 1) nearer(at, at - width + 1, diagonal);
    }
  }
  for (let y = height - 1, at = out.length - 1; y >= 0; y--) {
    for (let x = width - 1; x >= 0; x--, at--) {
      if (x < width - 1) nearer(at, at + 1, 1);
      if (y === height - 1) continue;
      if (x < width - 1) nearer(at, at + width + 1, diagonal);
      nearer(at, at + width, 1);
      if (x > 0) nearer(at, at + width - 1, diagonal);
    }
  }
  return { width, height, values: out };
}

/** The rectangle around all that is above `limit`; null where nothing is. */
function bounds({ width, height, values }, limit) {
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      if (!(values[at] > limit)) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = y;
    }
  }
  return right < 0 ? null : { left, top, width: right + 1 - left, height: bottom + 1 - top };
}

/** In another size: the mean over the covered area to shrink, linear interpolation to grow. */
function resized(source, width, height) {
  return transposed(resizedRows(transposed(resizedRows(source, width)), height));
}

function transposed({ width, height, values }) {
  return plane(height, width, (x, y) => values[x * width + y]);
}

function resizedRows(source, width) {
  if (width === source.width) return source;
  const taps = Array.from({ length: width }, (_, i) => tap(source.width, width, i));
  return plane(width, source.height, (x, y) => {
    const [start, weights] = taps[x];
    let sum = 0;
    weights.forEach((weight, k) => {
      const at = start + k;
      if (at < source.width) sum = f(sum + f(source.values[y * source.width + at] * weight));
    });
    return sum;
  });
}

/** Which source pixels make the i-th of `to`, from the first one, and their weights. */
function tap(from, to, i) {
  const scale = from / to;
  if (to < from) {
    const [start, end] = [i * scale, (i + 1) * scale];
    const first = Math.floor(start);
    const weights = [];
    for (let p = first; p < Math.min(Math.ceil(end), from); p++) {
      weights.push(f(Math.max(Math.min(end, p + 1) - Math.max(start, p), 0) / scale));
    }
    return [first, weights];
  }
  const centre = clamp((i + 0.5) * scale - 0.5, 0, from - 1);
  const first = Math.min(Math.floor(centre), Math.max(from - 2, 0));
  const part = f(centre - first);
  return [first, [f(1 - part), part]];
}
