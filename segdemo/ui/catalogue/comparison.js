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

element.addEventListener('click', (event) => {
  const head = event.target.closest('thead th');
  if (!head) return;
  const falling = head.getAttribute('aria-sort') === 'ascending';
  for (const other of heads()) other.setAttribute('aria-sort', 'none');
  head.setAttribute('aria-sort', falling ? 'descending' : 'ascending');
  sortBy(heads().indexOf(head), falling ? -1 : 1);
});
