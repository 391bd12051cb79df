// Before and after: the layer is drawn only to the right of a line that can be moved.
const stage = find('.stage');
const canvas = find('.overlay');
const divider = find('.divider');
let wiping = false;
let line = 0.5; // share of the stage's width

function clip() {
  divider.hidden = !wiping;
  divider.style.left = `${100 * line}%`;
  divider.setAttribute('aria-valuenow', String(Math.round(100 * line)));
  const width = stage.getBoundingClientRect().width || 1;
  const share = (line * width - view.x) / (width * view.scale);
  canvas.style.clipPath = wiping ? `inset(0 0 0 ${100 * Math.max(0, share)}%)` : 'none';
}

afterMoving.push(clip);

function moveLine(share) {
  line = Math.min(1, Math.max(0, share));
  clip();
}

function toggleWipe(on) {
  wiping = on;
  find('.wipe').checked = on;
  clip();
}

find('.wipe').addEventListener('change', (event) => toggleWipe(event.target.checked));
divider.addEventListener('pointerdown', (event) => divider.setPointerCapture(event.pointerId));
divider.addEventListener('pointermove', (event) => {
  if (!divider.hasPointerCapture(event.pointerId)) return;
  const { left, width } = stage.getBoundingClientRect();
  moveLine((event.clientX - left) / width);
});
divider.addEventListener('keydown', (event) => {
  const step = { ArrowLeft: -0.05, ArrowRight: 0.05, Home: -1, End: 1 }[event.key];
  if (step === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  moveLine(line + step);
});
KEYS.w = () => toggleWipe(!wiping);
