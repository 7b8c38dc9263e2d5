// Where everything stands. The same links and the same open spaces give the same picture.

const SIZES = { letter: 7.2, bold: 8.4, small: 6.7, appHeight: 26, spaceHeight: 50, title: 34, padding: 14, lane: 52, longest: 30 };
/** For spaces, for many of them, and for the apps inside one: room between columns and rows, width to height, least height. */
const OUTER = { x: 120, y: 26, wide: 1.5, least: 240 };
const DENSE = { x: 48, y: 12, wide: 1.35, least: 240 };
const DENSE_FROM = 60; // spaces
const INNER = { x: 92, y: 18, wide: 0.45, least: 120 };
const MOST_APPS = 150; // drawn in one open space

/** Lay out spaces, the apps of open ones, and the lines between them. Give nodes and lines with their places. */
function layOut(links, apps, isOpen) {
  const nodes = collectNodes(links, apps, isOpen);
  const lines = collectLines(links, nodes);
  const tops = [...nodes.spaces.values()];
  for (const space of tops) sizeSpace(space, lines, tops.length > 1 ? INNER : OUTER);
  const outer = arrange(tops, linesBetween(lines, (node) => node.parent ?? node), tops.length < DENSE_FROM ? OUTER : DENSE);
  for (const space of tops) {
    for (const inside of [...space.apps, ...space.lanes]) {
      inside.x += space.x + SIZES.padding;
      inside.y += space.y + SIZES.title;
    }
  }
  routeLines(lines, [...outer.lanes, ...tops.flatMap((space) => space.lanes)]);
  return { spaces: tops, lines, ...withLines(outer, lines) };
}

function collectNodes(links, loneApps, isOpen) {
  const seen = new Set(loneApps);
  for (const link of links) seen.add(link.source).add(link.target);
  const spaces = new Map();
  const shown = new Map();
  for (const app of [...seen].sort((one, other) => compareText(one.address, other.address))) {
    let node = spaces.get(app.space);
    if (!node) {
      node = { id: `space-${app.space.index}`, space: app.space, open: isOpen(app.space), members: [], apps: [], lanes: [], zones: new Set() };
      spaces.set(app.space, node);
    }
    node.members.push(app);
    if (app.zone) node.zones.add(app.zone);
    shown.set(app, node.open ? appNode(node, app) : node);
  }
  return { spaces, shown };
}

function appNode(space, app) {
  if (space.apps.length < MOST_APPS) {
    space.apps.push({ id: `app-${app.index}`, app, parent: space, name: shortened(app.name, SIZES.longest) });
  } else if (space.apps.length === MOST_APPS) {
    space.apps.push({ id: `rest-${space.space.index}`, parent: space, rest: [app] });
  } else {
    space.apps[MOST_APPS].rest.push(app);
  }
  return space.apps.at(-1);
}

/** Take links with the same two visible ends together. */
function collectLines(links, { shown }) {
  const lines = new Map();
  for (const link of links) {
    const from = shown.get(link.source);
    const to = shown.get(link.target);
    const id = `${from.id} ${to.id}`;
    const line = lines.get(id);
    if (line) line.links.push(link);
    else lines.set(id, { id: `line ${id}`, from, to, links: [link] });
  }
  for (const line of lines.values()) {
    line.counts = changeCounts(line.links);
    line.change = changeOf(line.counts);
    line.tls = weakestTls(line.links);
    line.inside = line.from === line.to && Boolean(line.from.space);
    if (line.inside) line.from.inside = line;
  }
  return [...lines.values()].filter((line) => !line.inside);
}

function sizeSpace(node, lines, room) {
  node.name = shortened(node.space.name, SIZES.longest);
  node.about = spaceWords(node);
  node.insideWords = node.inside ? `↻ ${countsInWords(node.inside.counts)}` : "";
  const name = widthOf(`▸ ${node.name}`, SIZES.bold);
  const about = widthOf(node.about, SIZES.small);
  if (!node.open) {
    node.w = 28 + Math.max(name, about + (node.inside ? 14 + widthOf(node.insideWords, SIZES.small) : 0));
    node.h = SIZES.spaceHeight;
    return;
  }
  for (const app of node.apps) {
    app.name ??= `${grouped(app.rest.length)} more apps`;
    app.w = Math.max(56, widthOf(app.name, SIZES.letter) + 22);
    app.h = SIZES.appHeight;
  }
  const own = lines.filter((line) => line.from.parent === node && line.to.parent === node);
  const size = arrange(node.apps, linesBetween(own, (app) => app), room);
  node.lanes = size.lanes;
  const lane = own.length ? SIZES.lane : 0; // for the lines that leave and come back on one side
  node.w = Math.max(size.w + 2 * SIZES.padding + lane, name + about + 44);
  node.h = size.h + SIZES.title + SIZES.padding;
}

function widthOf(text, letter) {
  return [...text].length * letter;
}

/** Say what a space is: its zones and how many apps of it are shown. */
function spaceWords(node) {
  const zones = [...node.zones].sort().map((zone) => shortened(zone, SIZES.longest));
  return [...(zones.length ? [`zone ${zones.join(", ")}`] : []), countOf(node.members.length, "app")].join(" · ");
}

function linesBetween(lines, end) {
  return lines.map((line) => [end(line.from), end(line.to)]).filter(([from, to]) => from !== to);
}

/** Make the size hold the lines that bulge out of it, too. */
function withLines({ w, h }, lines) {
  return { w: lines.reduce((most, line) => Math.max(most, pointOn(line, 0.5).x + 12), w), h };
}

function compareText(one, other) {
  return one < other ? -1 : one > other ? 1 : 0;
}
