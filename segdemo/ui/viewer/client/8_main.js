// Taking a result in. The old picture stays until the new one is ready to be drawn.
let turns = 0;
let recalled = false; // whether the address was asked for a view: once, at the first result

async function loadPhoto(url) {
  const photo = new Image();
  photo.src = url;
  photo.alt = 'The photo that was segmented';
  photo.className = 'photo';
  await photo.decode();
  return photo;
}

async function update() {
  const turn = ++turns;
  const next = props.value;
  let parts = null;
  if (next && next.label_map) {
    parts = await Promise.all([
      inflate(next.label_map),
      next.truth ? inflate(next.truth) : null,
      unpackLogits(next.logits),
      loadPhoto(next.photo.url),
    ]);
  }
  if (turn !== turns) return; // a newer result arrived while this one was unpacked
  const before = value;
  const photo = parts?.pop();
  value = parts ? next : null;
  [labelMap, truthMap, logits] = parts ?? [null, null, null];
  if (!before || !value || before.label_set !== value.label_set) hidden.clear();
  if (!before || !value || before.photo_key !== value.photo_key) {
    fit();
    forget();
  }
  root.toggleAttribute('data-empty', !value);
  root.toggleAttribute('data-truth', Boolean(truthMap));
  if (value) {
    find('.photo').replaceWith(photo);
    find('.download').href = value.mask.url;
    find('.download').download = value.mask.orig_name;
    showLegend();
    chooseLayer(recalled ? layer : recallView());
    recalled = true;
    if (asked) ask(...asked);
    rememberView();
  }
  element.dataset.result = value ? value.result_id : '';
}

root.toggleAttribute('data-empty', true);
watch('value', update);
update();
