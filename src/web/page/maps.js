// What each layer gives, as pictures: an image of [h, w, k] values is k maps side by side,
// a sequence of memories [steps, units] one map, a list of values a strip of cells.
//
// The largest value of a layer has the full colour: vermilion above zero, blue below.

const PLUS = [213, 94, 0];
const MINUS = [0, 114, 178];

const KINDS = {
  dense: "couche dense",
  conv2d: "convolution",
  max_pool2d: "max-pooling",
  avg_pool2d: "pooling moyen",
  batch_norm: "normalisation par lot",
  activation: "activation",
  dropout: "dropout",
  flatten: "mise à plat",
  reshape: "autre forme",
  gru: "couche récurrente (GRU)",
  bidirectional: "couche récurrente à deux sens",
};

/** A count with its noun, in French: 1 carte, 2 cartes. */
function plural(count, noun) {
  return `${count.toLocaleString("fr-FR")}\u00a0${noun}${count > 1 ? "s" : ""}`;
}

/** The list of the layers in `list`; gives the function that shows their outputs. */
export function layersInto(list, layers) {
  const shows = layers.map((layer) => {
    const item = list.appendChild(document.createElement("li"));
    const title = item.appendChild(document.createElement("h3"));
    title.textContent = layer.name;
    const detail = item.appendChild(document.createElement("p"));
    const activation = layer.activation === "linear" ? "" : `, ${layer.activation}`;
    const weights = layer.weights ? `, ${plural(layer.weights, "paramètre")}` : "";
    const kind = `${KINDS[layer.kind] ?? layer.kind}${activation}`;
    detail.textContent = `${kind} → ${layer.shape.join("\u00a0×\u00a0")}${weights}`;
    if (layer.same) {
      detail.textContent += "\u00a0: les mêmes valeurs";
      return () => {};
    }
    const canvas = item.appendChild(document.createElement("canvas"));
    canvas.setAttribute("role", "img");
    return (values, paper) => show(canvas, layer, values, paper);
  });
  return (outputs, paper) => shows.forEach((one, i) => one(outputs[i], paper));
}

function show(canvas, layer, values, paper) {
  const { height, width, count, zoom } = tiles(layer.shape);
  const gap = height * width > 1 ? 1 : 0; // between maps, not between cells
  // As many maps a row as the page is wide.
  const room = canvas.parentElement.clientWidth || 320;
  const columns = Math.min(count, Math.max(Math.floor(room / ((width + gap) * zoom)), 1));
  const rows = Math.ceil(count / columns);
  const size = [columns * (width + gap) - gap, rows * (height + gap) - gap];
  [canvas.width, canvas.height] = size;
  canvas.style.width = `${size[0] * zoom}px`;
  const context = canvas.getContext("2d");
  const image = context.createImageData(...size);
  const most = values.reduce((a, v) => Math.max(a, Math.abs(v)), 0) || 1;
  for (let c = 0; c < count; c++) {
    const [left, top] = [(c % columns) * (width + gap), Math.floor(c / columns) * (height + gap)];
    for (let i = 0; i < height; i++) {
      for (let j = 0; j < width; j++) {
        const value = values[(i * width + j) * count + c] / most;
        const colour = value < 0 ? MINUS : PLUS;
        const at = 4 * ((top + i) * size[0] + left + j);
        for (let k = 0; k < 3; k++) image.data[at + k] = paper[k] + (colour[k] - paper[k]) * Math.abs(value);
        image.data[at + 3] = 255;
      }
    }
  }
  context.putImageData(image, 0, 0);
  canvas.setAttribute("aria-label", words(layer, values, count, height * width));
}

/** How a shape is laid out: `count` maps of `height` × `width` cells, each `zoom` pixels. */
function tiles(shape) {
  if (shape.length === 3) {
    const [height, width, count] = shape;
    const side = Math.max(height, width);
    return { height, width, count, zoom: side > 16 ? 2 : side > 8 ? 3 : side > 3 ? 5 : 8 };
  }
  if (shape.length === 2) return { height: shape[0], width: shape[1], count: 1, zoom: shape[1] > 80 ? 2 : 4 };
  return { height: 1, width: 1, count: shape[0], zoom: shape[0] > 300 ? 6 : shape[0] > 20 ? 9 : 16 };
}

/** The picture in words: how many values answer, and which map or cell most. */
function words(layer, values, count, cells) {
  let best = 0;
  let active = 0;
  values.forEach((value, at) => {
    if (value > 0) active++;
    if (value > values[best]) best = at;
  });
  const share = Math.round((100 * active) / values.length);
  const noun = layer.shape.length === 1 ? "valeur" : "carte";
  const shown = noun === "carte" ? `${plural(count, "carte")} de ${cells}\u00a0points` : plural(count, noun);
  const strongest = count > 1 ? `, ${noun} la plus forte\u00a0: n°\u00a0${(best % count) + 1}` : "";
  return `Couche ${layer.name}\u00a0: ${shown}, ${share}\u00a0% au-dessus de zéro${strongest}`;
}
