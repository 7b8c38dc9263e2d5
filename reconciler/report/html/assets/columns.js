// Placing things in columns, callers to the left, so that few lines cross each other or run over what stands between.

const MOST_LANES = 60; // with more lines that pass columns than this, they run behind what stands there
const LANE = { line: 9, least: 6 };

/**
 * Place nodes, each with `w` and `h`. `pairs` are the lines between them, each once for every line. Give the size of it
 * all, and the lanes: free ways through a column for the lines that pass it.
 */
function arrange(nodes, pairs, room) {
  const number = new Map(nodes.map((node, index) => [node, index]));
  const edges = new Map();
  for (const [from, to] of pairs) {
    const id = laneKey(from, to);
    if (edges.has(id)) edges.get(id).count += 1;
    else edges.set(id, { id, from, to, count: 1 });
  }
  const layers = layersOf(nodes.length, [...edges.values()].map(({ from, to }) => [number.get(from), number.get(to)]));
  const columns = makeColumns(nodes, layers, room);
  const lanes = makeLanes(columns, edges.values());
  const neighbours = neighboursOf(edges.values(), lanes);
  placeColumns(columns, room);
  for (let sweep = 0; sweep < 8; sweep += 1) {
    for (const column of sweep % 2 ? [...columns].reverse() : columns) {
      untangle(column, neighbours);
      stack(column, room);
    }
    centre(columns);
  }
  return { w: Math.max(0, ...nodes.map((node) => node.x + node.w)), h: Math.max(0, ...columns.flat().map((node) => node.y + node.h)), lanes };
}

function laneKey(from, to) {
  return `${from.id} ${to.id}`;
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

/** Put a lane into every column that lines pass. Give them in the order in which each line takes them. */
function makeLanes(columns, edges) {
  const place = new Map(columns.flatMap((column, index) => column.map((node) => [node, index])));
  const lanes = [];
  for (const { id, from, to, count } of edges) {
    const step = Math.sign(place.get(to) - place.get(from));
    for (let index = place.get(from) + step; step && index !== place.get(to); index += step) {
      lanes.push({ id: `lane ${id} ${index}`, edge: id, index, w: 0, h: Math.max(LANE.least, LANE.line * count), isLane: true });
    }
  }
  if (lanes.length > MOST_LANES) return [];
  for (const lane of lanes) columns[lane.index].push(lane);
  return lanes;
}

/** Give the neighbours of every node and lane: a line that takes lanes goes from one to the next. */
function neighboursOf(edges, lanes) {
  const neighbours = new Map();
  const join = (one, other) => {
    for (const [node, next] of [[one, other], [other, one]]) {
      if (!neighbours.has(node)) neighbours.set(node, []);
      neighbours.get(node).push(next);
    }
  };
  for (const { id, from, to } of edges) {
    const way = [from, ...lanes.filter((lane) => lane.edge === id), to];
    way.slice(1).forEach((node, index) => join(way[index], node));
  }
  return (node) => neighbours.get(node) ?? [];
}

function placeColumns(columns, room) {
  let x = 0;
  for (const column of columns) {
    const width = Math.max(...column.map((node) => node.w));
    for (const node of column) {
      if (node.isLane) node.w = width;
      node.x = x + (width - node.w) / 2;
    }
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
function untangle(column, neighbours) {
  const middle = (node) => node.y + node.h / 2;
  const wanted = new Map(
    column.map((node) => {
      const others = neighbours(node);
      return [node, others.length ? others.reduce((sum, other) => sum + middle(other), 0) / others.length : middle(node)];
    }),
  );
  column.sort((one, other) => wanted.get(one) - wanted.get(other) || compareText(one.id, other.id));
}
