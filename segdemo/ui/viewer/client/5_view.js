// Zoom and pan of all pictures together: by wheel, pinch, drag, buttons and keys.
const LARGEST_SCALE = 16;
const CLICK_PX = 5; // a pointer that moved less was a click
const view = { scale: 1, x: 0, y: 0 };
const pointers = new Map();
let travelled = 0;

const stageBox = () => pictures[0].stage.getBoundingClientRect(); // all are of one size

function place() {
  if (!pictures.length) return;
  const { width, height } = stageBox();
  view.x = Math.min(0, Math.max(view.x, width * (1 - view.scale)));
  view.y = Math.min(0, Math.max(view.y, height * (1 - view.scale)));
  for (const { stage, pane, marker } of pictures) {
    pane.style.transform = `translate(${view.x}px, ${view.y}px) scale(${view.scale})`;
    marker.style.transform = `scale(${1 / view.scale})`;
    stage.toggleAttribute('data-zoomed', view.scale > 1);
    stage.toggleAttribute('data-close', value !== null && view.scale * width > 3 * value.width);
  }
  for (const act of afterMoving) act();
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
  const { width, height } = stageBox();
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

// What a point of a stage shows, as shares of the photo's width and height; null beside the photo.
function sharesAt(left, top) {
  const { width, height } = stageBox();
  const x = (left - view.x) / (width * view.scale);
  const y = (top - view.y) / (height * view.scale);
  return value && x >= 0 && y >= 0 && x < 1 && y < 1 ? [x, y] : null;
}

function middle() {
  const { width, height } = stageBox();
  return sharesAt(width / 2, height / 2);
}

function pointOf(event) {
  const { left, top } = event.currentTarget.getBoundingClientRect();
  return [event.clientX - left, event.clientY - top];
}

const onPicture = (event) => value && !event.target.closest('.zoom, .divider');

function turnWheel(event) {
  // Nothing to shrink: the wheel scrolls the page.
  if (!value || (view.scale === 1 && event.deltaY > 0)) return;
  event.preventDefault();
  zoom(Math.exp(-Math.sign(event.deltaY) * Math.min(Math.abs(event.deltaY), 100) / 300), ...pointOf(event));
}

function press(event) {
  if (!onPicture(event)) return;
  pointers.set(event.pointerId, event);
  if (pointers.size === 1) travelled = 0;
  event.currentTarget.setPointerCapture(event.pointerId);
}

function move(event) {
  const shares = onPicture(event) && sharesAt(...pointOf(event));
  if (shares) tell(...shares);
  else hush();
  const before = pointers.get(event.pointerId);
  if (!before) return;
  const [x, y] = [event.clientX - before.clientX, event.clientY - before.clientY];
  travelled += Math.hypot(x, y);
  if (pointers.size === 2) {
    const other = [...pointers.values()].find(({ pointerId }) => pointerId !== event.pointerId);
    const distance = (one) => Math.max(1, Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY));
    const { left, top } = event.currentTarget.getBoundingClientRect();
    zoom(distance(event) / distance(before), (event.clientX + other.clientX) / 2 - left, (event.clientY + other.clientY) / 2 - top);
    travelled = CLICK_PX;
  } else if (view.scale > 1 && travelled >= CLICK_PX) {
    root.toggleAttribute('data-dragging', true);
    pan(x, y);
  }
  pointers.set(event.pointerId, event);
}

function release(event) {
  if (!pointers.delete(event.pointerId)) return;
  root.toggleAttribute('data-dragging', false);
  const shares = sharesAt(...pointOf(event));
  if (event.type === 'pointerup' && travelled < CLICK_PX && pointers.size === 0 && shares) ask(...shares);
}

// Lets a picture be pointed at; what is done to one is done to all.
function listen({ stage }) {
  stage.addEventListener('wheel', turnWheel, { passive: false });
  stage.addEventListener('pointerdown', press);
  stage.addEventListener('pointermove', move);
  stage.addEventListener('pointerup', release);
  stage.addEventListener('pointercancel', release);
  stage.addEventListener('pointerleave', hush);
}

find('.zoom').addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (button && value) zoomMiddle(Number(button.dataset.zoom));
});
new ResizeObserver(place).observe(root);
