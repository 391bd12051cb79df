// Gradio hands in: element, props, trigger, watch. The files of this folder and of one folder within
// it are one function, in the order of their names: `viewer` shows one result, `comparison` several
// that move together. After a result has arrived, nothing below asks the server for anything, except
// for a download.
//
// Each of the two folders gives: unpack, takeIn, legendEntry, showKinds, words, answers, ASK, settings.
const find = (selector) => element.querySelector(selector);
const root = find('.viewer');

const HEAT_LAYERS = {
  confidence: ['0: unsure', '1: sure'],
  entropy: ['0: sure', '1: all classes alike'],
  margin: ['0: undecided between two', '1: sure'],
};
const VOID = 255;

let value = null; // the result as it came
let pictures = []; // what is drawn on; all of one size, zoom and layer
let truthMap = null; // true class per pixel, VOID where none; null without a ground truth
let layer = 'mask';
let safeColours = false;
let asked = null; // the pixel that was asked, as shares of width and height
const hidden = new Set(); // classes that are not shown
const afterMoving = []; // what else to do when pictures were zoomed or moved

// A stage of the page: the photo, and a canvas over it. Of a model there are also `map`, the class
// per pixel of the shown size, and `logits`, what unpackLogits gives.
function pictureOn(stage, kind = 'model') {
  const [pane, canvas, marker, tip] = ['.pane', '.overlay', '.marker', '.tip'].map((part) => stage.querySelector(part));
  return { kind, stage, pane, canvas, marker, tip, map: null, logits: null };
}

const classOf = (index) => value.classes.find((one) => one.index === index);
const isShown = ({ index }) => !hidden.has(index);
const colourOf = (one) => (safeColours ? one.safe_colour : one.colour);
const percent = (share) => (share > 0 && share < 0.001 ? '<0.1' : (100 * share).toFixed(1)) + ' %';

// Little-endian RGBA: alpha in the highest byte, red in the lowest.
function packed(colour) {
  const rgb = parseInt(colour.slice(1), 16);
  return ((255 << 24) | ((rgb & 255) << 16) | (rgb & 0xff00) | (rgb >> 16)) >>> 0;
}
