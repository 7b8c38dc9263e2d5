// Drawing what is laid out, and choosing in it by mouse and keyboard.

const MOST_LINES = 500; // drawn at once; those with changes first
const QUIET_FROM = 70; // with more lines than this, each is drawn fainter

/** Make the picture. `choose` is called with a node or a line; `toggle` with a space. */
function makePicture(svg, { choose, toggle }) {
  const view = makeViewport(svg);
  const world = shape("g", { class: "world" });
  svg.append(arrowHeads(), world);
  let scene = { spaces: [], lines: [] };
  let current = null; // the id that the Tab key comes back to
  const targets = new Map();

  function draw(links, apps, isOpen) {
    const focused = svg.contains(document.activeElement) ? document.activeElement.getAttribute("data-id") : null;
    scene = layOut(links, apps, isOpen);
    targets.clear();
    const drawn = worthDrawing(scene.lines);
    for (const line of drawn) line.words = lineWords(line);
    const boxes = scene.spaces.flatMap((node) => (node.open ? [...node.apps, { x: node.x, y: node.y, w: node.w, h: SIZES.title - 6 }] : [node]));
    placeLabels([...drawn].sort(changesFirst), boxes);
    world.replaceChildren(
      layer("containers", scene.spaces.filter((node) => node.open).map(container)),
      layer(drawn.length > QUIET_FROM ? "lines quiet" : "lines", drawn.map(drawLine)),
      layer("titles", scene.spaces.filter((node) => node.open).map(containerTitle)),
      layer("nodes", scene.spaces.flatMap((node) => (node.open ? node.apps.map(appBox) : [spaceBox(node)]))),
    );
    view.setExtent(drawn.reduce((most, line) => Math.max(most, line.label?.right ?? 0), scene.w), scene.h);
    if (!targets.has(current)) current = topLeft([...targets.values()].map((target) => target.node))?.id ?? null;
    if (current) targets.get(current).element.setAttribute("tabindex", "0");
    if (focused && targets.has(focused)) focusOn(focused);
    return { lines: scene.lines.length, drawn: drawn.length };
  }

  function container(node) {
    return clickable(node, spaceLabel(node), { class: `space open ${zoneClass(node)}`, "aria-expanded": "true" }, [
      shape("rect", { x: node.x, y: node.y, width: node.w, height: node.h, rx: 10 }),
    ]);
  }

  /** Write the title of an open space, over the lines that cross it. */
  function containerTitle(node) {
    return shape("g", { class: "space title" },
      shape("text", { x: node.x + 14, y: node.y + 21, class: "name" }, `▾ ${node.name}`),
      shape("text", { x: node.x + node.w - 14, y: node.y + 21, class: "about", "text-anchor": "end" }, node.about));
  }

  function spaceBox(node) {
    return clickable(node, spaceLabel(node), { class: `space closed ${zoneClass(node)}`, "aria-expanded": "false" }, [
      shape("rect", { x: node.x, y: node.y, width: node.w, height: node.h, rx: 10 }),
      shape("text", { x: node.x + 14, y: node.y + 21, class: "name" }, `▸ ${node.name}`),
      shape("text", { x: node.x + 14, y: node.y + 39, class: "about" }, node.about),
      node.inside && shape("text", { x: node.x + node.w - 12, y: node.y + 39, class: `inside ${node.inside.change}`, "text-anchor": "end" }, node.insideWords),
    ].filter(Boolean));
  }

  function appBox(node) {
    const label = node.app ? `app ${node.app.address}${node.app.zone ? `, zone ${node.app.zone}` : ""}` : `${node.name} of ${node.parent.space.name}: narrow the search to see them`;
    return clickable(node, label, { class: node.app ? "app" : "app rest" }, [
      shape("rect", { x: node.x, y: node.y, width: node.w, height: node.h, rx: 6 }),
      shape("text", { x: node.x + node.w / 2, y: node.y + node.h / 2 + 4, "text-anchor": "middle" }, node.name),
    ]);
  }

  function clickable(node, label, attributes, children) {
    const group = shape("g", { ...attributes, role: "button", tabindex: "-1", "aria-label": label, "data-id": node.id }, shape("title", {}, label), ...children);
    targets.set(node.id, { element: group, node });
    group.addEventListener("click", () => view.wasDragged() || activate(node));
    group.addEventListener("focus", () => remember(node.id));
    group.addEventListener("pointerenter", () => emphasise(node));
    group.addEventListener("pointerleave", () => emphasise(null));
    return group;
  }

  function drawLine(line) {
    const weight = Math.min(6, 1.6 + Math.log2(line.links.length) * 0.7);
    const group = shape(
      "g",
      { class: `line-group ${line.change}`, "data-from": line.from.id, "data-to": line.to.id },
      shape("title", {}, `${nameOf(line.from)} → ${nameOf(line.to)}: ${line.words}`),
      shape("path", { d: line.path, class: "reach" }),
      shape("path", { d: line.path, class: `line tls-${line.tls}`, "stroke-width": weight, "marker-end": `url(#arrow-${line.change})` }),
      lineLabel(line),
    );
    line.element = group;
    group.addEventListener("click", () => view.wasDragged() || choose(line));
    return group;
  }

  function activate(node) {
    if (node.space) toggle(node);
    else choose(node);
  }

  /** Bring out the lines of one node. */
  function emphasise(node) {
    world.classList.toggle("dimmed", Boolean(node));
    for (const line of scene.lines) {
      const own = node && [line.from, line.to, line.from.parent, line.to.parent].includes(node);
      line.element?.classList.toggle("own", Boolean(own));
    }
  }

  /** Mark what is chosen: a line, by the links that it stands for. */
  function mark(links) {
    const chosen = new Set(links);
    for (const line of scene.lines) line.element?.classList.toggle("chosen", line.links.some((link) => chosen.has(link)));
  }

  function remember(id) {
    targets.get(current)?.element.setAttribute("tabindex", "-1");
    current = id;
    targets.get(id).element.setAttribute("tabindex", "0");
    emphasise(targets.get(id).node);
  }

  function focusOn(id) {
    targets.get(id).element.focus({ preventScroll: true });
  }

  svg.addEventListener("focusout", () => emphasise(null));
  svg.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (way) {
      const next = nearest(targets.get(current)?.node, [...targets.values()].map((target) => target.node), way);
      if (next) {
        focusOn(next.id);
        view.show(next);
      }
    } else if (event.key === "Enter" || event.key === " ") activate(targets.get(current).node);
    else if (event.key === "+") view.zoom(1.25);
    else if (event.key === "-") view.zoom(0.8);
    else if (event.key === "0") view.fit();
    else return;
    event.preventDefault();
  });

  return { draw, mark, zoom: view.zoom, fit: view.fit };
}

function layer(name, children) {
  return shape("g", { class: name }, ...children);
}

function worthDrawing(lines) {
  if (lines.length <= MOST_LINES) return lines;
  return [...lines].sort(changesFirst).slice(0, MOST_LINES);
}

function lineWords(line) {
  if (line.links.length > 1) return countsInWords(line.counts);
  const [link] = line.links;
  const sign = link.change === "unchanged" ? "" : `${CHANGES[link.change].sign} `;
  return link.tls === "chain" ? `${sign}through others` : `${sign}${link.ports}`;
}

function lineLabel(line) {
  const at = line.label ?? pointOn(line, 0.5);
  return shape("text", { x: at.x.toFixed(1), y: (at.y + 4).toFixed(1), class: line.label ? "label" : "label crowded", "text-anchor": "middle" }, line.words);
}

function changesFirst(one, other) {
  const weight = (line) => (line.change === "unchanged" ? 0 : 1e6) + line.links.length;
  return weight(other) - weight(one) || compareText(one.id, other.id);
}

function spaceLabel(node) {
  const inside = node.inside ? `, ${countOf(node.inside.links.length, "connection")} inside` : "";
  return `space ${node.space.name}, ${node.about}${inside}`;
}

/** Give a space the colour of its zone: a help for the eye beside the name. */
function zoneClass(node) {
  const zoned = node.members.map((app) => app.zoneNumber).filter((number) => number >= 0);
  return zoned.length ? `zone-${Math.min(...zoned) % 6}` : "";
}

function arrowHeads() {
  return shape("defs", {}, ...Object.keys(CHANGES).map((kind) =>
    shape("marker", { id: `arrow-${kind}`, class: `arrow ${kind}`, viewBox: "0 0 10 10", refX: 9, refY: 5, markerWidth: 9, markerHeight: 9, markerUnits: "userSpaceOnUse", orient: "auto" },
      shape("path", { d: "M0 0L10 5L0 10z" })),
  ));
}

function topLeft(nodes) {
  return [...nodes].sort((one, other) => one.x - other.x || one.y - other.y)[0];
}

/** Find the node that an arrow key means: near, and more in that direction than beside it. */
function nearest(from, nodes, [x, y]) {
  if (!from) return null;
  let best = null;
  for (const node of nodes) {
    if (node === from) continue;
    const right = middleOf(node).x - middleOf(from).x;
    const down = middleOf(node).y - middleOf(from).y;
    const along = right * x + down * y;
    const aside = Math.abs(right * y) + Math.abs(down * x);
    if (along <= 1) continue;
    const distance = along + 2 * aside;
    if (!best || distance < best.distance) best = { node, distance };
  }
  return best?.node ?? null;
}

/** Where a node stands for the arrow keys: an open space by its title, since its apps fill its middle. */
function middleOf(node) {
  return { x: node.x + node.w / 2, y: node.y + (node.open ? SIZES.title / 2 : node.h / 2) };
}
