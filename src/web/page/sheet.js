// The drawings that the reader has labelled: their confusion matrix, and the picture that
// makes a data set of them, for `read_sheet` in the library.
//
// The picture has ten rows of 28 × 28 tiles: row d holds the drawings of the digit d, from
// the left. So the labels cannot get lost on the way.

const TILE = 28;

/** counts[true][read] of the kept drawings. */
export function confusion(kept) {
  const counts = Array.from({ length: 10 }, () => new Array(10).fill(0));
  for (const { label, read } of kept) counts[label][read]++;
  return counts;
}

/** The picture of all drawings: its size, and grey levels as in MNIST, 0 for paper. */
export function sheet(kept) {
  const rows = Array.from({ length: 10 }, (_, digit) => kept.filter(({ label }) => label === digit));
  const width = TILE * Math.max(...rows.map((row) => row.length), 1);
  const height = TILE * rows.length;
  const values = new Uint8Array(width * height);
  rows.forEach((row, digit) =>
    row.forEach(({ image }, column) => {
      for (let y = 0; y < TILE; y++) {
        const line = image.subarray(y * TILE, (y + 1) * TILE);
        values.set(line, (digit * TILE + y) * width + column * TILE);
      }
    }),
  );
  return { width, height, values };
}

/** A grey picture as the bytes of a PNG file, without compression. */
export function png({ width, height, values }) {
  // Each row of a PNG begins with the number of its filter, 0 for none.
  const rows = new Uint8Array((width + 1) * height);
  for (let y = 0; y < height; y++) rows.set(values.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  const header = [...word(width), ...word(height), 8, 0, 0, 0, 0]; // 8 bits, grey
  return Uint8Array.from([
    ...[137, 80, 78, 71, 13, 10, 26, 10],
    ...chunk("IHDR", header),
    ...chunk("IDAT", stored(rows)),
    ...chunk("IEND", []),
  ]);
}

function word(value) {
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}

function chunk(name, data) {
  const body = [...new TextEncoder().encode(name), ...data];
  return [...word(data.length), ...body, ...word(crc32(body))];
}

/** zlib's format, in blocks that are stored as they are. */
function stored(bytes) {
  const out = [0x78, 0x01];
  const largest = 65535;
  for (let start = 0; start < bytes.length; start += largest) {
    const block = bytes.subarray(start, start + largest);
    const last = start + largest >= bytes.length ? 1 : 0;
    const length = [block.length & 255, block.length >> 8];
    out.push(last, ...length, ...length.map((byte) => byte ^ 255));
    for (const byte of block) out.push(byte);
  }
  let [a, b] = [1, 0]; // Adler's sum
  for (const byte of bytes) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return [...out, b >> 8, b & 255, a >> 8, a & 255];
}

function crc32(bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
