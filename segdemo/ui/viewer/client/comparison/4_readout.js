// What every model says of the pixel under the pointer, and of the one that was asked.
const ASK = 'Click a picture to list what every model says of a pixel.';

function saysOf({ map, logits }, x, y) {
  const index = map[pixelOf(x, y)];
  return { index, share: probabilitiesAt(logits, x, y)[index] };
}

function words(picture, x, y) {
  const pixel = pixelOf(x, y);
  if (picture.kind === 'photo') return '';
  if (picture.kind === 'truth') return nameOf(truthMap[pixel]);
  if (picture.kind === 'votes') {
    const votes = votesOn(pixel, models().map(({ map }) => map));
    return votes === 1 ? 'all agree' : `${votes} classes`;
  }
  const { index, share } = saysOf(picture, x, y);
  if (layer !== 'confidence' && layer in HEAT_LAYERS) {
    return `${nameOf(index)}, ${layer} ${certainty(probabilitiesAt(picture.logits, x, y), layer).toFixed(2)}`;
  }
  return `${nameOf(index)} ${percent(share)}`;
}

function answers(x, y) {
  const who = (title) => cell('strong', title);
  const said = models().map((picture) => answer(saysOf(picture, x, y), [who(picture.title)]));
  if (!truthMap) return said;
  const truth = document.createElement('li');
  truth.append(who('Ground truth'), cell('span', nameOf(truthMap[pixelOf(x, y)])), cell('span', ''), cell('span', ''));
  return [...said, truth];
}
