// What moves the pen: mouse, finger or stylus (pointer events), or the keyboard.

import { SIDE } from "./pen.js";

/** How far an arrow key moves the pen, and with Shift, in pixels of the picture. */
const STEP = 8;
const FAR = 32;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Draws on `drawing` what happens on `canvas`; `cursor` shows where the keyboard's pen is. */
export function listen(canvas, cursor, drawing, { changed, ended, undo, clear, label }) {
  let active = null; // the pointer that draws: a second finger does not
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    const to = (at, start, size) => ((at - start) * SIDE) / size;
    return [to(event.clientX, box.left, box.width), to(event.clientY, box.top, box.height)];
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (active !== null || event.button !== 0) return;
    lift();
    active = event.pointerId;
    canvas.setPointerCapture(active);
    drawing.begin(...place(event));
    changed();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.pointerId !== active) return;
    // A browser may put several moves together.
    const moves = event.getCoalescedEvents?.() ?? [];
    for (const move of moves.length ? moves : [event]) drawing.extend(...place(move));
    changed();
  });
  const end = (event) => {
    if (event.pointerId !== active) return;
    active = null;
    ended();
  };
  canvas.addEventListener("pointerup", end);
  canvas.addEventListener("pointercancel", end);

  let [x, y] = [SIDE / 2, SIDE / 4];
  let down = false;
  const lift = () => {
    if (down) ended();
    down = false;
    show();
  };
  const show = () => {
    cursor.style.left = `${(100 * x) / SIDE}%`;
    cursor.style.top = `${(100 * y) / SIDE}%`;
    cursor.classList.toggle("pose", down);
  };
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = ARROWS[event.key];
    if (arrow) {
      const step = event.shiftKey ? FAR : STEP;
      const to = (at, way) => Math.min(Math.max(at + way * step, 0), SIDE - 1);
      [x, y] = [to(x, arrow[0]), to(y, arrow[1])];
      if (down) drawing.extend(x, y);
      show();
      changed();
    } else if (event.key === " ") {
      if (down) {
        lift();
      } else {
        down = true;
        drawing.begin(x, y);
        show();
        changed();
      }
    } else if (event.key === "Backspace") {
      lift();
      undo();
    } else if (event.key === "Delete") {
      lift();
      clear();
    } else if (/^[0-9]$/.test(event.key)) {
      lift();
      label(Number(event.key));
    } else {
      return;
    }
    event.preventDefault();
  });
  addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
    event.preventDefault();
    lift();
    undo();
  });
  canvas.addEventListener("blur", lift);
  show();
}
