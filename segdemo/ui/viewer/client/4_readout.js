// What is under the pointer, and what else a pixel might be.
function pixelOf(x, y) {
  const column = Math.min(value.width - 1, Math.floor(x * value.width));
  const row = Math.min(value.height - 1, Math.floor(y * value.height));
  return row * value.width + column;
}

function tell(x, y) {
  const pixel = pixelOf(x, y);
  let text = classOf(labelMap[pixel]).name;
  if (layer in HEAT_LAYERS) text += `, ${layer} ${certainty(probabilitiesAt(x, y), layer).toFixed(2)}`;
  if (layer === 'truth' || layer === 'errors') {
    const actual = truthMap[pixel] === VOID ? 'void' : classOf(truthMap[pixel]).name;
    text = layer === 'truth' ? actual : `${text}, truly ${actual}`;
  }
  find('.tip').textContent = text;
  find('.tip').style.display = 'block';
}

function answer({ index, share }) {
  const one = classOf(index);
  const item = document.createElement('li');
  const [name, bar, number] = ['span', 'em', 'b'].map((tag) => document.createElement(tag));
  name.append(swatch(colourOf(one)), one.name);
  bar.style.setProperty('--share', `${100 * share}%`);
  number.append(percent(share));
  item.append(name, bar, number);
  return item;
}

function ask(x, y) {
  asked = [x, y];
  const marker = find('.marker');
  marker.style.left = `${100 * x}%`;
  marker.style.top = `${100 * y}%`;
  marker.style.display = 'block';
  const found = Array.from(probabilitiesAt(x, y), (share, index) => ({ share, index }));
  found.sort((a, b) => b.share - a.share || a.index - b.index);
  const place = document.createElement('p');
  const list = document.createElement('ol');
  const [column, row] = [x * value.photo_width, y * value.photo_height].map(Math.floor);
  place.append(`Pixel ${column}, ${row} of the photo:`);
  list.className = 'answers';
  list.append(...found.slice(0, 3).map(answer));
  find('.readout').replaceChildren(place, list);
}

function forget() {
  asked = null;
  find('.marker').style.display = 'none';
  const hint = document.createElement('p');
  hint.append('Click the photo to ask a pixel for its three likeliest classes.');
  find('.readout').replaceChildren(hint);
}
