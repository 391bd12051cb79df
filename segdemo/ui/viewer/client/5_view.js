// Zoom and pan: by wheel, pinch, drag, buttons and keys.
const LARGEST_SCALE = 16;
const CLICK_PX = 5; // a pointer that moved less was a click
const view = { scale: 1, x: 0, y: 0 };
const pointers = new Map();
let travelled = 0;

function place() {
  const { width, height } = stage.getBoundingClientRect();
  view.x = Math.min(0, Math.max(view.x, width * (1 - view.scale)));
  view.y = Math.min(0, Math.max(view.y, height * (1 - view.scale)));
  find('.pane').style.transform = `translate(${view.x}px, ${view.y}px) scale(${view.scale})`;
  find('.marker').style.transform = `scale(${1 / view.scale})`;
  stage.toggleAttribute('data-zoomed', view.scale > 1);
  stage.toggleAttribute('data-close', value !== null && view.scale * width > 3 * value.width);
  clip();
}

// Zoom by a factor, so that what is at x, y of the stage stays there.
function zoom(factor, x, y) {
  const scale = Math.min(LARGEST_SCALE, Math.max(1, view.scale * factor));
  const grown = scale / view.scale;
  view.x = x - (x - view.x) * grown;
  view.y = y - (y - view.y) * grown;
  view.scale = scale;
  place();
}

function zoomMiddle(factor) {
  const { width, height } = stage.getBoundingClientRect();
  if (factor) zoom(factor, width / 2, height / 2);
  else fit();
}

function fit() {
  Object.assign(view, { scale: 1, x: 0, y: 0 });
  place();
}

function pan(x, y) {
  view.x += x;
  view.y += y;
  place();
}

// Where on the photo a pointer is, as shares of its width and height; null if it is beside it.
function sharesAt({ clientX, clientY }) {
  const box = stage.getBoundingClientRect();
  const x = (clientX - box.left - view.x) / (box.width * view.scale);
  const y = (clientY - box.top - view.y) / (box.height * view.scale);
  return value && x >= 0 && y >= 0 && x < 1 && y < 1 ? [x, y] : null;
}

function middle() {
  const { left, top, width, height } = stage.getBoundingClientRect();
  return sharesAt({ clientX: left + width / 2, clientY: top + height / 2 });
}

const onPicture = (event) => value && !event.target.closest('.zoom, .divider');

stage.addEventListener('wheel', (event) => {
  // Nothing to shrink: the wheel scrolls the page.
  if (!value || (view.scale === 1 && event.deltaY > 0)) return;
  event.preventDefault();
  const { left, top } = stage.getBoundingClientRect();
  zoom(Math.exp(-Math.sign(event.deltaY) * Math.min(Math.abs(event.deltaY), 100) / 300), event.clientX - left, event.clientY - top);
}, { passive: false });

stage.addEventListener('pointerdown', (event) => {
  if (!onPicture(event)) return;
  pointers.set(event.pointerId, event);
  if (pointers.size === 1) travelled = 0;
  stage.setPointerCapture(event.pointerId);
});

stage.addEventListener('pointermove', (event) => {
  const shares = onPicture(event) && sharesAt(event);
  if (shares) tell(...shares);
  else find('.tip').style.display = 'none';
  const before = pointers.get(event.pointerId);
  if (!before) return;
  const [x, y] = [event.clientX - before.clientX, event.clientY - before.clientY];
  travelled += Math.hypot(x, y);
  if (pointers.size === 2) {
    const other = [...pointers.values()].find(({ pointerId }) => pointerId !== event.pointerId);
    const distance = (one) => Math.max(1, Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY));
    const { left, top } = stage.getBoundingClientRect();
    zoom(distance(event) / distance(before), (event.clientX + other.clientX) / 2 - left, (event.clientY + other.clientY) / 2 - top);
    travelled = CLICK_PX;
  } else if (view.scale > 1 && travelled >= CLICK_PX) {
    stage.toggleAttribute('data-dragging', true);
    pan(x, y);
  }
  pointers.set(event.pointerId, event);
});

function release(event) {
  if (!pointers.delete(event.pointerId)) return;
  stage.toggleAttribute('data-dragging', false);
  const shares = sharesAt(event);
  if (event.type === 'pointerup' && travelled < CLICK_PX && pointers.size === 0 && shares) ask(...shares);
}
stage.addEventListener('pointerup', release);
stage.addEventListener('pointercancel', release);
stage.addEventListener('pointerleave', () => {
  find('.tip').style.display = 'none';
});
find('.zoom').addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (button) zoomMiddle(Number(button.dataset.zoom));
});
new ResizeObserver(place).observe(stage);
