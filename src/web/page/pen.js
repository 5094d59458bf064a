// What is drawn: strokes, each a list of points, and the grey picture that they make.
//
//   grey(p) = 255 · (1 − clip(r + ½ − d(p), 0, 1)),  d(p) = distance of p to the stroke
//
// The picture is computed here, not taken from the browser's canvas: every browser then
// gives the network the same pixels.

/** Side of the picture, in pixels. */
export const SIDE = 280;
/** Half of the pen's width: after reduction its strokes are as wide as MNIST's. */
const RADIUS = 11;
/** Points keep this far from the border, so that no stroke is cut. */
const MARGIN = RADIUS + 3;

/** A sheet of paper that keeps its strokes. */
export class Drawing {
  constructor() {
    this.strokes = [];
    this.grey = new Uint8Array(SIDE * SIDE).fill(255);
  }

  get empty() {
    return this.strokes.length === 0;
  }

  /** Puts the pen down. */
  begin(x, y) {
    const point = inside(x, y);
    this.strokes.push([point]);
    this.ink(point, point);
  }

  /** Moves the pen, which is down. */
  extend(x, y) {
    const stroke = this.strokes[this.strokes.length - 1];
    const [last, point] = [stroke[stroke.length - 1], inside(x, y)];
    if (point[0] === last[0] && point[1] === last[1]) return;
    stroke.push(point);
    this.ink(last, point);
  }

  /** Takes the last stroke away. */
  undo() {
    const kept = this.strokes.slice(0, -1);
    this.clear();
    for (const [first, ...others] of kept) {
      this.begin(...first);
      for (const point of others) this.extend(...point);
    }
  }

  clear() {
    this.strokes = [];
    this.grey.fill(255);
  }

  /** Blackens what is near the segment from `a` to `b`. */
  ink([ax, ay], [bx, by]) {
    const [dx, dy] = [bx - ax, by - ay];
    const length = dx * dx + dy * dy;
    const reach = RADIUS + 1;
    for (let y = Math.floor(Math.min(ay, by) - reach); y <= Math.max(ay, by) + reach; y++) {
      for (let x = Math.floor(Math.min(ax, bx) - reach); x <= Math.max(ax, bx) + reach; x++) {
        const along = length > 0 ? ((x - ax) * dx + (y - ay) * dy) / length : 0;
        const part = Math.min(Math.max(along, 0), 1);
        const distance = Math.hypot(x - ax - part * dx, y - ay - part * dy);
        const ink = Math.min(Math.max(RADIUS + 0.5 - distance, 0), 1);
        const at = y * SIDE + x;
        this.grey[at] = Math.min(this.grey[at], Math.round(255 * (1 - ink)));
      }
    }
  }
}

function inside(x, y) {
  const within = (v) => Math.min(Math.max(v, MARGIN), SIDE - 1 - MARGIN);
  return [within(x), within(y)];
}
