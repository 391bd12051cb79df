// Gradio hands in: element, props, watch. Everything below happens in the browser: opacity,
// classes and read-out cost no request.
const find = (selector) => element.querySelector(selector);
const hidden = new Set();
let value = null;
let labelMap = null;

async function inflate(base64) {
  const packed = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function paint() {
  const canvas = find('.overlay');
  canvas.width = value ? value.width : 0;
  canvas.height = value ? value.height : 0;
  if (!value || !labelMap) return;
  const context = canvas.getContext('2d');
  const pixels = context.createImageData(value.width, value.height);
  const colours = new Uint32Array(256);
  for (const { index, colour } of value.classes) {
    if (hidden.has(index)) continue;
    const rgb = parseInt(colour.slice(1), 16);
    // Little-endian RGBA: alpha in the highest byte, red in the lowest.
    colours[index] = (255 << 24) | ((rgb & 255) << 16) | (rgb & 0xff00) | (rgb >> 16);
  }
  const target = new Uint32Array(pixels.data.buffer);
  for (let i = 0; i < labelMap.length; i++) target[i] = colours[labelMap[i]];
  context.putImageData(pixels, 0, 0);
}

function legendEntry({ index, name, colour, share }) {
  const item = document.createElement('li');
  const button = document.createElement('button');
  const swatch = document.createElement('i');
  button.type = 'button';
  button.dataset.index = index;
  button.title = `Show or hide ${name}`;
  button.setAttribute('aria-pressed', String(!hidden.has(index)));
  swatch.style.background = colour;
  const percent = 100 * share;
  button.append(swatch, `${name} ${percent < 0.1 ? '<0.1' : percent.toFixed(1)} %`);
  item.append(button);
  return item;
}

async function update() {
  const next = props.value;
  const map = next && next.label_map ? await inflate(next.label_map) : null;
  if (next !== props.value) return; // a newer result arrived while this one was unpacked
  if (!value || !next || value.label_set !== next.label_set) hidden.clear();
  value = map ? next : null;
  labelMap = map;
  find('.empty').style.display = value ? 'none' : 'grid';
  find('.photo').style.display = value ? 'block' : 'none';
  find('.download').style.display = value ? 'inline' : 'none';
  find('.legend').replaceChildren(...(value ? value.classes.map(legendEntry) : []));
  if (value) {
    find('.photo').src = value.photo.url;
    find('.download').href = value.mask.url;
    find('.download').download = value.mask.orig_name;
  }
  paint();
  element.dataset.result = value ? value.result_id : '';
}

find('.legend').addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (!button) return;
  const index = Number(button.dataset.index);
  if (!hidden.delete(index)) hidden.add(index);
  button.setAttribute('aria-pressed', String(!hidden.has(index)));
  paint();
});
find('.opacity').addEventListener('input', (event) => {
  find('.overlay').style.opacity = event.target.value / 100;
});
find('.shown').addEventListener('change', (event) => {
  find('.overlay').style.visibility = event.target.checked ? 'visible' : 'hidden';
});
find('.stage').addEventListener('pointermove', (event) => {
  if (!value) return;
  const box = find('.overlay').getBoundingClientRect();
  const x = Math.floor((event.clientX - box.left) / box.width * value.width);
  const y = Math.floor((event.clientY - box.top) / box.height * value.height);
  if (x < 0 || y < 0 || x >= value.width || y >= value.height) return;
  const found = value.classes.find(({ index }) => index === labelMap[y * value.width + x]);
  find('.tip').textContent = found ? found.name : '';
  find('.tip').style.display = found ? 'block' : 'none';
});
find('.stage').addEventListener('pointerleave', () => {
  find('.tip').style.display = 'none';
});
watch('value', update);
update();
