// The ways of lines, from node to node.

/** Give every line its way: its ends are spread along the sides of its nodes, and it takes the lanes made for it. */
function routeLines(lines, lanes) {
  const lanesOf = new Map();
  for (const lane of lanes) {
    if (!lanesOf.has(lane.edge)) lanesOf.set(lane.edge, []);
    lanesOf.get(lane.edge).push(lane);
  }
  const sides = new Map();
  const attach = (line, end, node, next, side) => {
    const id = `${node.id} ${side}`;
    if (!sides.has(id)) sides.set(id, { node, ends: [] });
    sides.get(id).ends.push({ line, end, height: next.y + next.h / 2 });
    line[end] = { x: side === "right" ? node.x + node.w : node.x, out: side === "right" ? 1 : -1 };
  };
  for (const line of lines) {
    const { from, to } = line;
    line.lanes = lanesOf.get(laneKey(...endsOf(line))) ?? [];
    const forward = to.x >= from.x + from.w;
    const backward = from.x >= to.x + to.w;
    attach(line, "start", from, line.lanes[0] ?? to, backward ? "left" : "right");
    attach(line, "finish", to, line.lanes.at(-1) ?? from, forward ? "left" : "right");
  }
  for (const { node, ends } of sides.values()) {
    ends.sort((one, other) => one.height - other.height || compareText(one.line.id, other.line.id) || compareText(one.end, other.end));
    ends.forEach(({ line, end }, index) => (line[end].y = node.y + (node.h * (index + 1)) / (ends.length + 1)));
  }
  shareLanes(lines);
  for (const line of lines) bend(line);
}

/** Name what a line was arranged between: apps of one space, or spaces. */
function endsOf({ from, to }) {
  return from.parent && from.parent === to.parent ? [from, to] : [from.parent ?? from, to.parent ?? to];
}

/** Give the lines that take one lane a height each. */
function shareLanes(lines) {
  const users = new Map();
  for (const line of lines.filter((one) => one.lanes.length)) {
    const edge = line.lanes[0].edge;
    if (!users.has(edge)) users.set(edge, []);
    users.get(edge).push(line);
  }
  for (const sharing of users.values()) {
    sharing.sort((one, other) => one.start.y - other.start.y || one.finish.y - other.finish.y || compareText(one.id, other.id));
    sharing.forEach((line, index) => (line.share = (index + 1) / (sharing.length + 1)));
  }
}

function bend(line) {
  const { start, finish, lanes } = line;
  line.sameSide = start.out === finish.out;
  if (line.sameSide) {
    const reach = Math.min(90, 34 + Math.abs(finish.y - start.y) * 0.2) + Math.abs(finish.x - start.x) * 0.2;
    line.segments = [[start, { x: start.x + start.out * reach, y: start.y }, { x: finish.x + start.out * reach, y: finish.y }, finish]];
  } else {
    const stops = lanes.flatMap((lane) => {
      const y = lane.y + lane.h * line.share;
      const ends = [{ x: lane.x, y }, { x: lane.x + lane.w, y }];
      return start.out > 0 ? ends : ends.reverse();
    });
    const way = [start, ...stops, finish];
    line.segments = way.slice(1).map((stop, index) => curve(way[index], stop, start.out));
  }
  const written = ({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`;
  line.path = `M${written(start)}${line.segments.map(([, ...rest]) => `C${rest.map(written).join(" ")}`).join("")}`;
}

/** Go from one point to another, level at both ends. */
function curve(one, other, out) {
  const reach = Math.abs(other.x - one.x) * 0.45 * out;
  return [one, { x: one.x + reach, y: one.y }, { x: other.x - reach, y: other.y }, other];
}

/** Give the point of a line at a part of its way, 0 to 1. */
function pointOn({ segments }, part) {
  const index = Math.min(segments.length - 1, Math.floor(part * segments.length));
  const [one, two, three, four] = segments[index];
  const here = part * segments.length - index;
  const rest = 1 - here;
  const weights = [rest ** 3, 3 * rest ** 2 * here, 3 * rest * here ** 2, here ** 3];
  const along = (axis) => weights[0] * one[axis] + weights[1] * two[axis] + weights[2] * three[axis] + weights[3] * four[axis];
  return { x: along("x"), y: along("y") };
}
