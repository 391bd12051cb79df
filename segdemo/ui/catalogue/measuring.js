watch('value', () => {
  const { model, text } = props.value ?? {};
  for (const card of document.querySelectorAll('#cards article')) {
    const output = card.querySelector('output');
    const button = card.querySelector('button[data-measure]');
    if (model === card.id) output.textContent = text;
    else if (!model && button.ariaDisabled === 'true') output.textContent = button.dataset.failed;
    else continue;
    button.ariaDisabled = 'false';
  }
});
