// The legend: a row per class, with its share of the photo by each model.
function cell(tag, text) {
  const made = document.createElement(tag);
  made.append(text);
  return made;
}

function legendEntry(one) {
  const row = document.createElement('tr');
  const heading = document.createElement('th');
  const pill = document.createElement('span');
  row.dataset.index = one.index;
  heading.scope = 'row';
  pill.className = 'pill';
  pill.append(...chipOf(one, one.name));
  heading.append(pill);
  row.append(heading, ...one.shares.map((share) => cell('td', percent(share))));
  if (truthMap) row.append(cell('td', percent(one.truth_share)));
  return row;
}

function showHeadings() {
  const titles = ['Class', ...models().map(({ title }) => title), ...(truthMap ? ['Ground truth'] : [])];
  find('.headings').replaceChildren(...titles.map((title) => {
    const heading = cell('th', title);
    heading.scope = 'col';
    return heading;
  }));
}

function showKinds() {
  for (const { note, kinds } of models()) note.textContent = kinds.map(([kind, share]) => `${kind} ${percent(share)}`).join(', ');
  find('.kinds').replaceChildren(...Object.keys(ERROR_COLOURS).map((kind) => kindEntry(kind, kind)), ...hint());
}
