// The drawings that the reader kept with their true labels: small pictures, the confusion
// matrix of the reader's own hand, and the file to take away.

import { confusion, png, sheet } from "./sheet.js";

const SIDE = 28;

export class Collection {
  /**
   * `find` gives the page's elements, `current` the image that is drawn and the digit that
   * the network reads, `clear` makes room for the next drawing.
   */
  constructor(find, current, clear) {
    this.find = find;
    this.current = current;
    this.clear = clear;
    this.kept = [];
    this.buttons = Array.from({ length: 10 }, (_, digit) => {
      const button = find("etiquettes").appendChild(document.createElement("button"));
      button.type = "button";
      button.textContent = digit;
      button.setAttribute("aria-label", `C’était un ${digit}`);
      button.addEventListener("click", () => this.keep(digit));
      return button;
    });
    find("feuille").addEventListener("click", () => this.download());
  }

  /** Whether there is a drawing to keep. */
  enable(drawn) {
    for (const button of this.buttons) button.disabled = !drawn;
  }

  /** Keeps the present drawing as a `label`, and makes room for the next. */
  keep(label) {
    const { image, read } = this.current();
    if (!image) return;
    this.kept.push({ image, label, read });
    this.clear();
    this.show();
    const said = label === read ? "bien lu" : `lu comme un ${read}`;
    this.find("garde").textContent = `Dessin gardé\u00a0: un ${label}, ${said}.`;
  }

  remove(drawing) {
    this.kept = this.kept.filter((other) => other !== drawing);
    this.show();
    this.find("garde").textContent = "Dessin retiré.";
  }

  show() {
    const right = this.kept.filter(({ label, read }) => label === read).length;
    this.find("recueil").hidden = this.kept.length === 0;
    const count = this.kept.length;
    this.find("compte").textContent =
      `${count}\u00a0dessin${count > 1 ? "s" : ""} gardé${count > 1 ? "s" : ""}, dont ${right} bien lu${right > 1 ? "s" : ""}.`;
    this.find("dessins").replaceChildren(...this.kept.map((drawing) => this.thumbnail(drawing)));
    const body = this.find("confusion");
    body.replaceChildren();
    confusion(this.kept).forEach((counts, label) => {
      const row = body.insertRow();
      row.innerHTML = `<th scope="row">${label}</th>`;
      counts.forEach((times, digit) => {
        const cell = row.insertCell();
        cell.textContent = times || "·";
        cell.className = times === 0 ? "zero" : digit === label ? "juste" : "faux";
      });
    });
  }

  thumbnail(drawing) {
    const { image, label, read } = drawing;
    const item = document.createElement("li");
    const button = item.appendChild(document.createElement("button"));
    button.type = "button";
    button.className = label === read ? "juste" : "faux";
    button.title = `Un ${label}, lu ${read}\u00a0: cliquez pour le retirer`;
    button.setAttribute("aria-label", `Retirer ce dessin\u00a0: un ${label}, lu ${read}`);
    const canvas = button.appendChild(document.createElement("canvas"));
    [canvas.width, canvas.height] = [SIDE, SIDE];
    const context = canvas.getContext("2d");
    const pixels = context.createImageData(SIDE, SIDE);
    image.forEach((level, i) => pixels.data.set([level, level, level, 255], 4 * i));
    context.putImageData(pixels, 0, 0);
    button.append(`${label}\u00a0→\u00a0${read}`);
    button.addEventListener("click", () => this.remove(drawing));
    return item;
  }

  /** The sheet as a file, by a link that the browser downloads. */
  download() {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([png(sheet(this.kept))], { type: "image/png" }));
    link.download = "mes_chiffres.png";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }
}
