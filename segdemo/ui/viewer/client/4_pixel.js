// What is under the pointer, and what else a pixel might be.
function pixelOf(x, y) {
  const column = Math.min(value.width - 1, Math.floor(x * value.width));
  const row = Math.min(value.height - 1, Math.floor(y * value.height));
  return row * value.width + column;
}

const nameOf = (index) => (index === VOID ? 'void' : classOf(index).name);

function tell(x, y) {
  for (const picture of pictures) {
    const text = words(picture, x, y);
    picture.tip.textContent = text;
    picture.tip.style.display = text ? 'block' : 'none';
  }
}

function hush() {
  for (const { tip } of pictures) tip.style.display = 'none';
}

// Marks a point on every picture.
function mark(x, y) {
  for (const { marker } of pictures) {
    marker.style.left = `${100 * x}%`;
    marker.style.top = `${100 * y}%`;
    marker.style.display = 'block';
  }
}

// One line of the answers: a class, a bar and a number.
function answer({ index, share }, before = []) {
  const one = classOf(index);
  const item = document.createElement('li');
  const [name, bar, number] = ['span', 'em', 'b'].map((tag) => document.createElement(tag));
  name.append(swatch(colourOf(one)), one.name);
  bar.style.setProperty('--share', `${100 * share}%`);
  number.append(percent(share));
  item.append(...before, name, bar, number);
  return item;
}

function ask(x, y) {
  asked = [x, y];
  mark(x, y);
  const place = document.createElement('p');
  const list = document.createElement('ol');
  const [column, row] = [x * value.photo_width, y * value.photo_height].map(Math.floor);
  place.append(`Pixel ${column}, ${row} of the photo:`);
  list.className = 'answers';
  list.append(...answers(x, y));
  find('.readout').replaceChildren(place, list);
}

function forget() {
  asked = null;
  for (const { marker } of pictures) marker.style.display = 'none';
  const hint = document.createElement('p');
  hint.append(ASK);
  find('.readout').replaceChildren(hint);
}
