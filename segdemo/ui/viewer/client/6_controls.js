// Layers, opacity, colours, keys, downloads, and the address that leads back to this view.
const radios = [...root.querySelectorAll('.layers input')];
const opacity = find('.opacity');
const group = `layer-${Math.random().toString(36).slice(2)}`; // several viewers may be on a page
for (const radio of radios) radio.name = group;

function chooseLayer(name) {
  const radio = radios.find((one) => one.value === name);
  const possible = radio && (truthMap || !radio.closest('.needs-truth'));
  layer = possible ? name : 'mask';
  for (const one of radios) one.checked = one.value === layer;
  paint();
}

function setOpacity(percentage) {
  opacity.value = percentage;
  root.style.setProperty('--opacity', opacity.value / 100);
}

function setSafeColours(on) {
  safeColours = on;
  find('.safe').checked = on;
  if (!value) return;
  showLegend();
  if (asked) ask(...asked);
  paint();
}

// Settings and examples stand in the address, so that a link opens the same view; uploads cannot.
function rememberView() {
  if (!value) return;
  const address = new URL(location.href);
  const remembered = {
    ...settings(),
    example: value.example,
    layer: layer === 'mask' ? '' : layer,
    opacity: opacity.value === '60' ? '' : opacity.value,
    colours: safeColours ? 'safe' : '',
  };
  for (const [name, setting] of Object.entries(remembered)) {
    if (setting) address.searchParams.set(name, setting);
    else address.searchParams.delete(name);
  }
  history.replaceState(history.state, '', address);
}

function recallView() {
  const wanted = new URLSearchParams(location.search);
  const share = Number(wanted.get('opacity') ?? 60);
  setOpacity(share >= 0 && share <= 100 ? share : 60);
  setSafeColours(wanted.get('colours') === 'safe');
  return wanted.get('layer') ?? 'mask';
}

find('.layers').addEventListener('change', (event) => {
  chooseLayer(event.target.value);
  rememberView();
});
opacity.addEventListener('input', () => setOpacity(opacity.value));
opacity.addEventListener('change', rememberView);
find('.safe').addEventListener('change', (event) => {
  setSafeColours(event.target.checked);
  rememberView();
});

const KEYS = {
  '[': () => setOpacity(Number(opacity.value) - 10),
  ']': () => setOpacity(Number(opacity.value) + 10),
  '+': () => zoomMiddle(1.5),
  '=': () => zoomMiddle(1.5),
  '-': () => zoomMiddle(1 / 1.5),
  0: () => fit(),
  a: showAll,
  b: () => setSafeColours(!safeColours),
};
const STAGE_KEYS = {
  ArrowLeft: () => pan(40, 0),
  ArrowRight: () => pan(-40, 0),
  ArrowUp: () => pan(0, 40),
  ArrowDown: () => pan(0, -40),
  Enter: () => ask(...middle()),
};

root.addEventListener('keydown', (event) => {
  if (!value || event.ctrlKey || event.metaKey || event.altKey) return;
  const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const offered = radios.filter((one) => truthMap || !one.closest('.needs-truth'));
  const chosen = /^[1-8]$/.test(name) ? offered[Number(name) - 1] : undefined;
  const act = (chosen && (() => chooseLayer(chosen.value))) ?? KEYS[name] ?? (event.target.matches('.stage') ? STAGE_KEYS[name] : undefined);
  // An arrow key moves the picture only where there is something to move; else the page scrolls.
  if (!act || (name.startsWith('Arrow') && view.scale === 1)) return;
  event.preventDefault();
  act();
  rememberView();
});

find('.downloads').addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (!button || !value) return;
  const shown = value.classes.filter(isShown).map(({ index }) => index);
  trigger('export', { kind: button.dataset.kind, opacity: Number(opacity.value), shown, safe: safeColours });
});
