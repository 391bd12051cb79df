// One result: a photo and what one model made of it.
pictures = [pictureOn(stage)];
pictures.forEach(listen);

async function unpack(next) {
  return Promise.all([
    inflate(next.label_map),
    next.truth ? inflate(next.truth) : null,
    unpackLogits(next.logits),
    loadPhoto(next.photo.url),
  ]);
}

function takeIn([map, truth, logits, photo]) {
  truthMap = truth;
  Object.assign(pictures[0], { map, logits });
  find('.photo').replaceWith(photo);
  find('.download').href = value.mask.url;
  find('.download').download = value.mask.orig_name;
}

// What stands in the address beside example and view.
const settings = () => ({ model: value.model, models: '' });
