element.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-measure]');
  if (!button || button.ariaDisabled === 'true') return;
  button.ariaDisabled = 'true';
  button.closest('article').querySelector('output').textContent = button.dataset.wait;
  trigger('measure', { model: button.closest('article').id });
});

// The browser looked for the card of the address before there was one, and the page still grows
// for a moment after this script has run.
const SETTLED_MS = 2000;
const wanted = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
if (wanted) {
  const growing = new ResizeObserver(() => wanted.scrollIntoView());
  growing.observe(document.body);
  setTimeout(() => growing.disconnect(), SETTLED_MS);
}
