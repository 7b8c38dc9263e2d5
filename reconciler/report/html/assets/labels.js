// Words on lines: each where it covers no app and no other words, or nowhere.

const PLACES_ON_LINE = [0.5, 0.38, 0.62, 0.28, 0.72, 0.2, 0.8];
const LABEL = { letter: 6.4, height: 13, cell: 80 };

/** Give every line, in order, a place for its words; null where there is none that is free. */
function placeLabels(lines, boxes) {
  const taken = new Map();
  const cellsOf = (box) => {
    const cells = [];
    for (let x = Math.floor(box.x / LABEL.cell); x <= Math.floor((box.x + box.w) / LABEL.cell); x += 1) {
      for (let y = Math.floor(box.y / LABEL.cell); y <= Math.floor((box.y + box.h) / LABEL.cell); y += 1) cells.push(`${x} ${y}`);
    }
    return cells;
  };
  const take = (box) => {
    for (const cell of cellsOf(box)) {
      if (!taken.has(cell)) taken.set(cell, []);
      taken.get(cell).push(box);
    }
  };
  const free = (box) => cellsOf(box).every((cell) => (taken.get(cell) ?? []).every((other) => !overlap(box, other)));
  boxes.forEach(take);
  for (const line of lines) {
    const w = widthOf(line.words, LABEL.letter);
    line.label = null;
    for (const part of PLACES_ON_LINE) {
      const at = pointOn(line, part);
      const x = line.sameSide ? at.x + line.start.out * (w / 2 + 5) : at.x;
      const box = { x: x - w / 2, y: at.y - LABEL.height / 2, w, h: LABEL.height };
      if (!free(box)) continue;
      take(box);
      line.label = { x, y: at.y, right: x + w / 2 };
      break;
    }
  }
}

function overlap(one, other) {
  return one.x < other.x + other.w && other.x < one.x + one.w && one.y < other.y + other.h && other.y < one.y + one.h;
}
