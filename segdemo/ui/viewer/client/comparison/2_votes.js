// Where the models disagree: how many different classes they name on a pixel.
const VOTE_COLOURS = ['#ffd94a', '#f08a24', '#cc2f6b', '#4f1d80']; // of 2, 3, 4, 5 classes: ever darker

const models = () => pictures.filter(({ kind }) => kind === 'model');

function votesOn(pixel, maps) {
  let votes = 0;
  for (let at = 0; at < maps.length; at++) {
    let isNew = 1;
    for (let earlier = 0; earlier < at; earlier++) if (maps[earlier][pixel] === maps[at][pixel]) isNew = 0;
    votes += isNew;
  }
  return votes;
}

FILLS.votes = () => {
  const maps = models().map(({ map }) => map);
  const colours = [0, 0, ...VOTE_COLOURS.map(packed)]; // nothing where all agree
  return (target) => {
    for (let i = 0; i < target.length; i++) target[i] = colours[votesOn(i, maps)];
  };
};

// What the colours mean, with their share of the photo.
function voteKey() {
  const list = document.createElement('ul');
  list.className = 'votes';
  list.append(...value.votes.map(({ classes, share }) => {
    const item = document.createElement('li');
    const text = classes === 1 ? 'all agree' : `${classes} classes`;
    item.append(swatch(VOTE_COLOURS[classes - 2] ?? 'none'), `${text} ${percent(share)}`);
    return item;
  }));
  return list;
}
