// Drawing each layer into the canvases over the photo.
const RAMP = ['#440154', '#414487', '#2a788e', '#22a884', '#7ad151', '#fde725']; // viridis
const ERROR_COLOURS = { missed: '#0072b2', invented: '#e69f00', confused: '#d655a0', void: '#777777' };
const HATCH_PX = 8;

const rampColours = Uint32Array.from({ length: 256 }, (_, level) => {
  const position = level / 255 * (RAMP.length - 1);
  const from = Math.min(Math.floor(position), RAMP.length - 2);
  const mix = (shift) => {
    const [low, high] = [RAMP[from], RAMP[from + 1]].map((colour) => parseInt(colour.slice(1), 16) >> shift & 255);
    return Math.round(low + (high - low) * (position - from));
  };
  return ((255 << 24) | (mix(0) << 16) | (mix(8) << 8) | mix(16)) >>> 0;
});
find('.ramp').style.background = `linear-gradient(to right, ${RAMP.join(', ')})`;

// Colour per class index; 0, that is transparent, for hidden ones and for void.
function classColours() {
  const colours = new Uint32Array(256);
  for (const one of value.classes) if (isShown(one)) colours[one.index] = packed(colourOf(one));
  return colours;
}

function draw(canvas, width, height, fill) {
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d');
  const image = context.createImageData(width, height);
  fill(new Uint32Array(image.data.buffer), width, height);
  context.putImageData(image, 0, 0);
}

function fillClasses(map) {
  const colours = classColours();
  return (target) => {
    for (let i = 0; i < target.length; i++) target[i] = colours[map[i]];
  };
}

// Pixels near another class, each in the colour of its own.
function fillContours(map) {
  const colours = classColours();
  return (target, width, height) => {
    const reach = Math.max(2, Math.round(Math.max(width, height) / 400));
    for (let y = 0; y < height; y++) {
      const up = Math.max(0, y - reach) * width;
      const down = Math.min(height - 1, y + reach) * width;
      for (let x = 0; x < width; x++) {
        const own = map[y * width + x];
        const left = y * width + Math.max(0, x - reach);
        const right = y * width + Math.min(width - 1, x + reach);
        if (map[up + x] !== own || map[down + x] !== own || map[left] !== own || map[right] !== own) {
          target[y * width + x] = colours[own];
        }
      }
    }
  };
}

// Finer than four pixels per cell of the logits there is nothing to see.
function heatSize(logits) {
  const width = Math.min(value.width, Math.ceil(4 * logits.width * logits.used[1]));
  const height = Math.min(value.height, Math.ceil(4 * logits.height * logits.used[0]));
  return [width, height];
}

function fillHeat(logits) {
  return (target, width, height) => {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const sure = certainty(probabilitiesAt(logits, (x + 0.5) / width, (y + 0.5) / height), layer);
        target[y * width + x] = rampColours[Math.round(255 * sure)];
      }
    }
  };
}

// What is an object here: the shown classes but the background, unless only that is shown.
function objects() {
  const found = new Uint8Array(256);
  const shown = value.classes.filter(isShown);
  const real = shown.filter(({ name }) => name !== 'background');
  for (const { index } of real.length ? real : shown) found[index] = 1;
  return found;
}

// Kind of error of a pixel: '' where there is none.
function errorOf(predicted, actual, isObject) {
  if (actual === VOID) return 'void';
  if (predicted === actual) return '';
  if (isObject[actual]) return isObject[predicted] ? 'confused' : 'missed';
  return isObject[predicted] ? 'invented' : '';
}

// Leaves the share of each kind of error in the picture, for the words beside it.
function fillErrors(picture) {
  const isObject = objects();
  const colours = Object.fromEntries(Object.entries(ERROR_COLOURS).map(([kind, colour]) => [kind, packed(colour)]));
  return (target, width) => {
    const counts = { missed: 0, invented: 0, confused: 0, void: 0 };
    for (let i = 0; i < target.length; i++) {
      const kind = errorOf(picture.map[i], truthMap[i], isObject);
      if (!kind) continue;
      counts[kind]++;
      // Void is hatched: a colour of its own would read as one more kind of error.
      if (kind !== 'void' || (i % width + Math.floor(i / width)) % HATCH_PX < HATCH_PX / 3) target[i] = colours[kind];
    }
    picture.kinds = Object.entries(counts).map(([kind, count]) => [kind, count / target.length]);
  };
}

const FILLS = {
  mask: ({ map }) => fillClasses(map),
  contours: ({ map }) => fillContours(map),
  truth: () => fillClasses(truthMap),
  errors: fillErrors,
};

// What a picture shows: the chosen layer, if it is one of a model.
function layerOf({ kind }) {
  if (kind === 'model') return layer;
  return kind === 'truth' ? (layer === 'contours' ? 'contours' : 'mask') : kind;
}

function paintPicture(picture) {
  const shown = layerOf(picture);
  picture.canvas.toggleAttribute('data-smooth', shown in HEAT_LAYERS);
  picture.canvas.style.visibility = shown === 'photo' ? 'hidden' : 'visible';
  if (shown in HEAT_LAYERS) draw(picture.canvas, ...heatSize(picture.logits), fillHeat(picture.logits));
  else if (shown !== 'photo') draw(picture.canvas, value.width, value.height, FILLS[shown](picture));
}

function paint() {
  root.dataset.layer = layer;
  root.toggleAttribute('data-heat', layer in HEAT_LAYERS);
  if (layer in HEAT_LAYERS) [find('.low').textContent, find('.high').textContent] = HEAT_LAYERS[layer];
  if (!value) return;
  pictures.forEach(paintPicture);
  if (layer === 'errors') showKinds();
}
