// The pixel under the pointer, and the three likeliest classes of the one that was asked.
const ASK = 'Click the photo to ask a pixel for its three likeliest classes.';

function words({ map, logits }, x, y) {
  const pixel = pixelOf(x, y);
  const name = nameOf(map[pixel]);
  if (layer in HEAT_LAYERS) return `${name}, ${layer} ${certainty(probabilitiesAt(logits, x, y), layer).toFixed(2)}`;
  if (layer === 'truth') return nameOf(truthMap[pixel]);
  return layer === 'errors' ? `${name}, truly ${nameOf(truthMap[pixel])}` : name;
}

function answers(x, y) {
  const found = Array.from(probabilitiesAt(pictures[0].logits, x, y), (share, index) => ({ share, index }));
  found.sort((a, b) => b.share - a.share || a.index - b.index);
  return found.slice(0, 3).map((one) => answer(one));
}
