// The legend: a chip per class, with its share of the photo.
function legendEntry(one) {
  const item = document.createElement('li');
  item.className = 'pill';
  item.dataset.index = one.index;
  item.append(...chipOf(one, `${one.name} ${percent(one.share)}`));
  return item;
}

function showKinds() {
  const entries = pictures[0].kinds.map(([kind, share]) => kindEntry(kind, `${kind} ${percent(share)}`));
  find('.kinds').replaceChildren(...entries, ...hint());
}
