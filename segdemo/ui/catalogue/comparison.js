const heads = () => [...element.querySelectorAll('thead th')];

const compare = (one, other) => {
  const numbers = [Number(one), Number(other)];
  return numbers.some(Number.isNaN) ? one.localeCompare(other) : numbers[0] - numbers[1];
};

// What has no value stands last in either order.
const sortBy = (column, direction) => {
  const rank = (row) => row.cells[column].dataset.rank;
  const body = element.querySelector('tbody');
  const rows = [...body.rows];
  const known = rows.filter((row) => rank(row) !== '');
  known.sort((one, other) => direction * compare(rank(one), rank(other)));
  body.append(...known, ...rows.filter((row) => rank(row) === ''));
};

// Gradio would take the way to an anchor for one to another page, and load this one anew.
const goToCard = (event, link) => {
  const card = document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (!card) return;
  event.preventDefault();
  card.scrollIntoView();
  card.focus({ preventScroll: true });
  history.replaceState(history.state, '', link.hash);
};

element.addEventListener('click', (event) => {
  const link = event.target.closest('tbody th a');
  if (link) goToCard(event, link);
  const head = event.target.closest('thead th');
  if (!head) return;
  const falling = head.getAttribute('aria-sort') === 'ascending';
  for (const other of heads()) other.setAttribute('aria-sort', 'none');
  head.setAttribute('aria-sort', falling ? 'descending' : 'ascending');
  sortBy(heads().indexOf(head), falling ? -1 : 1);
});
