// Classes to show, hide or show alone, and the kinds of errors.
function swatch(colour) {
  const mark = document.createElement('i');
  mark.style.background = colour;
  return mark;
}

// Two buttons: one to show or hide a class, one to show it alone.
function chipOf(one, text) {
  const [chip, only] = ['chip', 'only'].map((name) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = name;
    return button;
  });
  chip.title = `Show or hide ${one.name}`;
  chip.append(swatch(colourOf(one)), text);
  only.append('only');
  only.setAttribute('aria-label', `Show only ${one.name}`);
  return [chip, only];
}

// The classes that have a chip: those predicted, and those only in the ground truth.
const listed = () => value.classes.filter(({ index, share }) => share > 0 || truthMap?.includes(index));

function showLegend() {
  find('.legend').replaceChildren(...listed().map(legendEntry));
  showPressed();
}

function showPressed() {
  const shown = listed().filter(isShown);
  for (const item of find('.legend').querySelectorAll('[data-index]')) {
    const index = Number(item.dataset.index);
    item.querySelector('.chip').setAttribute('aria-pressed', String(!hidden.has(index)));
    const alone = shown.length === 1 && shown[0].index === index;
    item.querySelector('.only').setAttribute('aria-pressed', String(alone));
  }
  root.toggleAttribute('data-hiding', shown.length < listed().length);
}

function showClasses(indices) {
  hidden.clear();
  for (const { index } of value.classes) if (!indices.includes(index)) hidden.add(index);
  showPressed();
  paint();
}

function showAll() {
  if (value) showClasses(value.classes.map(({ index }) => index));
}

function showAlone(index) {
  const shown = listed().filter(isShown);
  if (shown.length === 1 && shown[0].index === index) showAll();
  else showClasses([index]);
}

// Where every class is an object, nothing is missed or invented until some are hidden.
function hint() {
  const item = document.createElement('li');
  item.append('Show one class alone to see where it is missed or invented.');
  return value.classes.some(({ name }) => name === 'background') || hidden.size ? [] : [item];
}

function kindEntry(kind, text) {
  const item = document.createElement('li');
  const colour = ERROR_COLOURS[kind];
  const fill = kind === 'void' ? `repeating-linear-gradient(135deg, ${colour} 0 2px, transparent 2px 5px)` : colour;
  item.append(swatch(fill), text);
  return item;
}

find('.legend').addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (!button) return;
  const index = Number(button.closest('[data-index]').dataset.index);
  if (button.className === 'only') return showAlone(index);
  if (!hidden.delete(index)) hidden.add(index);
  showPressed();
  paint();
});
find('.legend').addEventListener('dblclick', (event) => {
  const chip = event.target.closest('.chip');
  if (chip) showAlone(Number(chip.closest('[data-index]').dataset.index));
});
find('.all').addEventListener('click', showAll);
