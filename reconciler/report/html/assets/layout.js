// Where everything stands. The same links and the same open spaces give the same picture.

const SIZES = { letter: 7.2, bold: 8.4, small: 6.7, appHeight: 26, spaceHeight: 50, title: 34, padding: 14, lane: 52, longest: 30 };
/** For spaces, for many of them, and for the apps inside one: room between columns and rows, width to height, least height. */
const OUTER = { x: 120, y: 26, wide: 1.5, least: 240 };
const DENSE = { x: 48, y: 12, wide: 1.35, least: 240 };
const DENSE_FROM = 60; // spaces
const INNER = { x: 92, y: 18, wide: 0.7, least: 120 };
const MOST_APPS = 150; // drawn in one open space

/** Lay out spaces, the apps of open ones, and the lines between them. Give nodes and lines with their places. */
function layOut(links, apps, isOpen) {
  const nodes = collectNodes(links, apps, isOpen);
  const lines = collectLines(links, nodes);
  const tops = [...nodes.spaces.values()];
  for (const space of tops) sizeSpace(space, lines);
  const size = arrange(tops, linesBetween(lines, (node) => node.parent ?? node), tops.length < DENSE_FROM ? OUTER : DENSE);
  for (const space of tops) {
    for (const app of space.apps) {
      app.x += space.x + SIZES.padding;
      app.y += space.y + SIZES.title;
    }
  }
  routeLines(lines);
  return { spaces: tops, lines, ...withLines(size, lines) };
}

function collectNodes(links, loneApps, isOpen) {
  const seen = new Set(loneApps);
  for (const link of links) seen.add(link.source).add(link.target);
  const spaces = new Map();
  const shown = new Map();
  for (const app of [...seen].sort((one, other) => compareText(one.address, other.address))) {
    let node = spaces.get(app.space);
    if (!node) {
      node = { id: `space-${app.space.index}`, space: app.space, open: isOpen(app.space), members: [], apps: [], zones: new Set() };
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

function sizeSpace(node, lines) {
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
  const size = arrange(node.apps, linesBetween(own, (app) => app), INNER);
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

/** Place nodes in columns, callers to the left, and give the size of it all. */
function arrange(nodes, pairs, room) {
  const number = new Map(nodes.map((node, index) => [node, index]));
  const edges = [...new Set(pairs.map(([from, to]) => `${number.get(from)} ${number.get(to)}`))].map((pair) => pair.split(" ").map(Number));
  const layers = layersOf(nodes.length, edges);
  const columns = makeColumns(nodes, layers, room);
  placeColumns(columns, room);
  const neighbours = nodes.map(() => []);
  for (const [from, to] of edges) {
    neighbours[from].push(nodes[to]);
    neighbours[to].push(nodes[from]);
  }
  for (let sweep = 0; sweep < 6; sweep += 1) {
    for (const column of sweep % 2 ? [...columns].reverse() : columns) {
      untangle(column, (node) => neighbours[number.get(node)]);
      stack(column, room);
    }
    centre(columns);
  }
  return extent(nodes);
}

/** Cut layers into columns of about one height; many thin layers share columns, so that the picture stays compact. */
function makeColumns(nodes, layers, room) {
  const area = nodes.reduce((sum, node) => sum + (node.w + room.x) * (node.h + room.y), 0);
  const tallest = Math.max(0, ...nodes.map((node) => node.h));
  const height = Math.max(tallest, Math.sqrt(area / room.wide), room.least);
  const ordered = nodes.map((node, index) => ({ node, layer: layers[index] })).sort((one, other) => one.layer - other.layer);
  const apart = fillColumns(ordered, height * 1.25, room, true);
  const compact = fillColumns(ordered, height, room, false);
  return apart.length <= Math.max(room.wide * 4, compact.length * 1.5) ? apart : compact;
}

function fillColumns(ordered, height, room, breakAtLayers) {
  const columns = [];
  let used = 0;
  let last;
  for (const { node, layer } of ordered) {
    const fits = columns.length && used + node.h <= height && !(breakAtLayers && layer !== last);
    if (!fits) {
      columns.push([]);
      used = 0;
    }
    columns.at(-1).push(node);
    used += node.h + room.y;
    last = layer;
  }
  return columns;
}

function placeColumns(columns, room) {
  let x = 0;
  for (const column of columns) {
    const width = Math.max(...column.map((node) => node.w));
    for (const node of column) node.x = x + (width - node.w) / 2;
    stack(column, room);
    x += width + room.x;
  }
  centre(columns);
}

function stack(column, room) {
  let y = 0;
  for (const node of column) {
    node.y = y;
    y += node.h + room.y;
  }
}

function centre(columns) {
  const heights = columns.map((column) => column.at(-1).y + column.at(-1).h);
  const tallest = Math.max(0, ...heights);
  columns.forEach((column, index) => {
    for (const node of column) node.y += (tallest - heights[index]) / 2;
  });
}

/** Order a column by where the neighbours of its nodes stand, so that fewer lines cross. */
function untangle(column, neighboursOf) {
  const middle = (node) => node.y + node.h / 2;
  const wanted = new Map(
    column.map((node) => {
      const others = neighboursOf(node);
      return [node, others.length ? others.reduce((sum, other) => sum + middle(other), 0) / others.length : middle(node)];
    }),
  );
  column.sort((one, other) => wanted.get(one) - wanted.get(other) || compareText(one.id, other.id));
}

function extent(nodes) {
  return {
    w: Math.max(0, ...nodes.map((node) => node.x + node.w)),
    h: Math.max(0, ...nodes.map((node) => node.y + node.h)),
  };
}

/** Give every line its two ends: spread along the sides of its nodes, in the order in which they leave. */
function routeLines(lines) {
  const sides = new Map();
  const attach = (line, end, node, other, side) => {
    const id = `${node.id} ${side}`;
    if (!sides.has(id)) sides.set(id, { node, ends: [] });
    sides.get(id).ends.push({ line, end, height: other.y + other.h / 2 });
    line[end] = { x: side === "right" ? node.x + node.w : node.x, out: side === "right" ? 1 : -1 };
  };
  for (const line of lines) {
    const { from, to } = line;
    const forward = to.x >= from.x + from.w;
    const backward = from.x >= to.x + to.w;
    attach(line, "start", from, to, backward ? "left" : "right");
    attach(line, "finish", to, from, forward ? "left" : "right");
  }
  for (const { node, ends } of sides.values()) {
    ends.sort((one, other) => one.height - other.height || compareText(one.line.id, other.line.id) || compareText(one.end, other.end));
    ends.forEach(({ line, end }, index) => (line[end].y = node.y + (node.h * (index + 1)) / (ends.length + 1)));
  }
  for (const line of lines) bend(line);
}

function bend(line) {
  const { start, finish } = line;
  const apart = Math.abs(finish.x - start.x);
  const sameSide = start.out === finish.out;
  const reach = sameSide ? Math.min(90, 34 + Math.abs(finish.y - start.y) * 0.2) + apart * 0.2 : Math.max(36, apart * 0.42);
  const one = { x: start.x + start.out * reach, y: start.y };
  const other = { x: finish.x + finish.out * reach, y: finish.y };
  line.points = [start, one, other, finish];
  line.sameSide = sameSide;
  const [first, ...rest] = line.points.map(({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`);
  line.path = `M${first}C${rest.join(" ")}`;
}

/** Give the point of a line at a part of its way, 0 to 1. */
function pointOn({ points: [one, two, three, four] }, part) {
  const rest = 1 - part;
  const weights = [rest ** 3, 3 * rest ** 2 * part, 3 * rest * part ** 2, part ** 3];
  const along = (axis) => weights[0] * one[axis] + weights[1] * two[axis] + weights[2] * three[axis] + weights[3] * four[axis];
  return { x: along("x"), y: along("y") };
}

/** Make the size hold the lines that bulge out of it, too. */
function withLines({ w, h }, lines) {
  return { w: lines.reduce((most, line) => Math.max(most, pointOn(line, 0.5).x + 12), w), h };
}

function compareText(one, other) {
  return one < other ? -1 : one > other ? 1 : 0;
}
