element.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-measure]');
  if (!button || button.ariaDisabled === 'true') return;
  button.ariaDisabled = 'true';
  button.closest('article').querySelector('output').textContent = button.dataset.wait;
  trigger('measure', { model: button.closest('article').id });
});

// The browser looked for the card of the address before there was one.
const wanted = decodeURIComponent(location.hash.slice(1));
if (wanted) element.querySelector(`article[id="${CSS.escape(wanted)}"]`)?.scrollIntoView();
