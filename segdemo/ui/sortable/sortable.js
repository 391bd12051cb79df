// Gradio hands in: element, props, trigger, watch. Sorting asks the server for nothing.
const find = (selector) => element.querySelector(selector);
let by = -1; // column, -1 for the order in which the rows came
let descending = false;
let chosen = -1; // row that was opened

// The number at the front of a cell, without commas between thousands; NaN for a dash.
const numberIn = (text) => parseFloat(text.replaceAll(',', ''));

function compare(a, b) {
  if (!props.value.numbers.includes(by)) return a.localeCompare(b, undefined, { numeric: true });
  return numberIn(a) - numberIn(b);
}

// Cells without a value come last, whichever way the others are sorted.
function order() {
  const { rows, numbers } = props.value;
  const indices = rows.map((_, index) => index);
  if (by < 0) return indices;
  const isMissing = (index) => (numbers.includes(by) ? Number.isNaN(numberIn(rows[index][by])) : rows[index][by] === '');
  return indices.sort((a, b) => {
    if (isMissing(a) || isMissing(b)) return isMissing(a) - isMissing(b) || a - b;
    const found = compare(rows[a][by], rows[b][by]);
    return (descending ? -found : found) || a - b;
  });
}

function heading(title, column) {
  const cell = document.createElement('th');
  const button = document.createElement('button');
  cell.scope = 'col';
  button.type = 'button';
  button.textContent = title;
  button.dataset.column = column;
  cell.className = props.value.numbers.includes(column) ? 'number' : '';
  if (column === by) cell.setAttribute('aria-sort', descending ? 'descending' : 'ascending');
  cell.append(button);
  return cell;
}

function cellOf(text, column) {
  const cell = document.createElement(column ? 'td' : 'th');
  cell.className = props.value.numbers.includes(column) ? 'number' : '';
  if (!column) cell.scope = 'row';
  if (column || !props.value.opens) {
    cell.textContent = text;
    return cell;
  }
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = text;
  cell.append(button);
  return cell;
}

function rowOf(index) {
  const row = document.createElement('tr');
  row.dataset.row = index;
  if (index === chosen) row.setAttribute('aria-current', 'true');
  row.append(...props.value.rows[index].map(cellOf));
  return row;
}

function show() {
  find('thead tr').replaceChildren(...props.value.head.map(heading));
  find('tbody').replaceChildren(...order().map(rowOf));
}

function update() {
  const next = props.value;
  if (!next || !next.head) return;
  by = next.sorted_by;
  descending = next.descending;
  chosen = -1;
  find('caption').textContent = next.caption;
  find('.box').setAttribute('aria-label', next.caption);
  find('table').toggleAttribute('data-opens', next.opens);
  show();
  find('.box').scrollTop = 0;
  element.dataset.serial = next.serial;
}

find('thead').addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (!button) return;
  const column = Number(button.dataset.column);
  // Numbers are asked for from the largest down, names from A to Z.
  descending = column === by ? !descending : props.value.numbers.includes(column);
  by = column;
  show();
  find(`thead [data-column="${column}"]`).focus();
});

find('tbody').addEventListener('click', (event) => {
  const row = event.target.closest('tr');
  if (!row || !props.value.opens) return;
  chosen = Number(row.dataset.row);
  for (const one of find('tbody').children) one.removeAttribute('aria-current');
  row.setAttribute('aria-current', 'true');
  trigger('open', { row: chosen });
});

watch('value', update);
update();
