// Several results: a picture per model and, beside them, the photo, the truth and the disagreement.
const HELP = 'Plus and minus zoom all pictures, arrow keys move them, Enter asks the pixel in the middle.';

function cellOf(kind, title, photo) {
  const item = find('.cell').content.firstElementChild.cloneNode(true);
  const picture = pictureOn(item.querySelector('.stage'), kind);
  item.dataset.kind = kind;
  item.querySelector('.title').append(title);
  item.querySelector('.photo').replaceWith(photo);
  picture.stage.setAttribute('aria-label', `${title}. ${HELP}`);
  listen(picture);
  return Object.assign(picture, { item, title, note: item.querySelector('.note') });
}

async function unpack(next) {
  const kinds = [
    ['photo', 'Photo'],
    ...(next.truth ? [['truth', 'Ground truth']] : []),
    ...next.models.map(({ title }) => ['model', title]),
    ['votes', 'Where they disagree'],
  ];
  const results = next.models.map(async (one) => ({ map: await inflate(one.label_map), logits: await unpackLogits(one.logits) }));
  const [truth, ...found] = await Promise.all([next.truth ? inflate(next.truth) : null, ...results]);
  await loadPhoto(next.photo.url); // once over the network, then from the browser's memory
  const photos = await Promise.all(kinds.map(() => loadPhoto(next.photo.url)));
  return { truth, found, cells: kinds.map(([kind, title], at) => cellOf(kind, title, photos[at])) };
}

function takeIn({ truth, found, cells }) {
  truthMap = truth;
  pictures = cells;
  models().forEach((picture, at) => Object.assign(picture, found[at]));
  for (const picture of pictures) if (picture.kind === 'truth') picture.map = truth;
  pictures.at(-1).item.querySelector('figure').append(voteKey());
  find('.pictures').replaceChildren(...pictures.map(({ item }) => item));
  showHeadings();
}

// What stands in the address beside example and view.
const settings = () => ({ models: value.models.map(({ model }) => model).join(','), model: '', labels: '' });
