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
  const next = props.value?.result_id ? props.value : null;
  const parts = next && (await unpack(next));
  if (turn !== turns) return; // a newer result arrived while this one was unpacked
  const before = value;
  value = next;
  if (value) takeIn(parts);
  else truthMap = null;
  if (before?.label_set !== value?.label_set) hidden.clear();
  if (!value || before?.photo_key !== value.photo_key) {
    fit();
    forget();
  }
  root.toggleAttribute('data-empty', !value);
  root.toggleAttribute('data-truth', Boolean(truthMap));
  if (value) {
    showLegend();
    chooseLayer(recalled ? layer : recallView());
    recalled = true;
    place();
    if (asked) ask(...asked);
    rememberView();
  }
  element.dataset.result = value ? value.result_id : '';
}

root.toggleAttribute('data-empty', true);
watch('value', update);
update();
