// The data of the page: one JSON object, and a block of typed arrays for each embedded sample.

const report = JSON.parse(document.getElementById("data").textContent);
const blockElements = document.querySelectorAll("script.block");

// See class Block in block.hpp.
const arrayTypes = {
  1: Uint8Array, 2: Uint16Array, 4: Uint32Array, 20: Float32Array, 24: Float64Array,
};

class Block {
  constructor(buffer) {
    this.view = new DataView(buffer);
    this.at = 0;
  }
  next() {
    const type = arrayTypes[this.view.getUint32(this.at, true)];
    const count = this.view.getUint32(this.at + 4, true);
    const array = new type(this.view.buffer, this.at + 8, count);
    this.at += 8 + Math.ceil(array.byteLength / 8) * 8;
    return array;
  }
}

function bytesOf(base64) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(base64);
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let k = 0; k < text.length; ++k) bytes[k] = text.charCodeAt(k);
  return bytes;
}

async function inflated(base64) {
  const inflater = new DecompressionStream("deflate");
  const writer = inflater.writable.getWriter();
  // A failure shows where the other end is read.
  writer.write(bytesOf(base64)).catch(() => {});
  writer.close().catch(() => {});
  return new Response(inflater.readable).arrayBuffer();
}

// Spikes by tick: those of packet p are neurons[offsets[p]] up to neurons[offsets[p + 1]],
// ascending.
function readRaster(block, graded) {
  const ticks = block.next();
  const counts = block.next();
  const offsets = new Uint32Array(counts.length + 1);
  for (let p = 0; p < counts.length; ++p) offsets[p + 1] = offsets[p] + counts[p];
  const neurons = block.next();
  return {ticks, offsets, neurons, values: graded ? block.next() : null};
}

// Lists follow report.populations and report.traces; the order is that of read_samples() in
// sample_blocks.hpp.
async function readSample(number) {
  const block = new Block(await inflated(blockElements[number].textContent));
  const sample = {number, rasters: [], rates: [], images: []};
  report.populations.forEach((population, p) => {
    if (!population.raster) return;
    sample.rasters[p] = readRaster(block, population.graded);
    sample.rates[p] = block.next();
  });
  report.populations.forEach((population, p) => {
    if (population.image) sample.images[p] = block.next();
  });
  sample.readout = block.next();
  sample.traces = report.traces.map(() => block.next());
  return sample;
}

// The first index of an ascending array, within [from, to), whose value is not below `value`.
function lowerBound(array, value, from = 0, to = array.length) {
  while (from < to) {
    const middle = (from + to) >> 1;
    if (array[middle] < value) from = middle + 1;
    else to = middle;
  }
  return from;
}
