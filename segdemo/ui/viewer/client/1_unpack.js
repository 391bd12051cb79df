// From what the server packed to numbers: class maps, logits, probabilities.
async function inflate(base64) {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// Each byte says how far a logit lies below the largest of its cell: finest where it matters.
// Taking a cell's largest away from all its classes leaves every probability as it was.
async function unpackLogits({ planes, height, width, used, deepest, data }) {
  const bytes = await inflate(data);
  const depth = Float32Array.from({ length: 256 }, (_, byte) => -deepest * (byte / 255) ** 2);
  const values = Float32Array.from(bytes, (byte) => depth[byte]);
  return { planes, height, width, used, values };
}

// The two cells whose centres a position lies between, and the weight of the second.
function neighbours(position, length) {
  const centred = Math.min(Math.max(position - 0.5, 0), length - 1);
  const first = Math.min(Math.floor(centred), Math.max(0, length - 2));
  return [first, Math.min(first + 1, length - 1), centred - first];
}

// Probability of each class at a point, given as shares of the photo's width and height.
function probabilitiesAt({ planes, height, width, used, values }, x, y) {
  const [top, bottom, down] = neighbours(y * height * used[0], height);
  const [left, right, across] = neighbours(x * width * used[1], width);
  const found = new Float32Array(planes);
  let largest = -Infinity;
  for (let plane = 0; plane < planes; plane++) {
    const start = plane * height * width;
    const upper = values[start + top * width + left] * (1 - across) + values[start + top * width + right] * across;
    const lower = values[start + bottom * width + left] * (1 - across) + values[start + bottom * width + right] * across;
    found[plane] = upper * (1 - down) + lower * down;
    largest = Math.max(largest, found[plane]);
  }
  let sum = 0;
  for (let plane = 0; plane < planes; plane++) sum += found[plane] = Math.exp(found[plane] - largest);
  for (let plane = 0; plane < planes; plane++) found[plane] /= sum;
  return found;
}

// Confidence, entropy (as a share of the largest possible) or margin of probabilities.
function certainty(probabilities, kind) {
  let first = 0;
  let second = 0;
  let entropy = 0;
  for (const probability of probabilities) {
    if (probability > first) [first, second] = [probability, first];
    else if (probability > second) second = probability;
    if (probability > 0) entropy -= probability * Math.log(probability);
  }
  if (kind === 'confidence') return first;
  if (kind === 'margin') return first - second;
  return probabilities.length > 1 ? Math.min(1, entropy / Math.log(probabilities.length)) : 0;
}
