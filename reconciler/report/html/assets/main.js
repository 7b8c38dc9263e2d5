// Putting the page together: one answer of the filters, shown by the picture and by the table.

const FEW_APPS = 40; // with so few apps in sight every space is open
const MANY_APPS = 600; // more are never opened at once

function start() {
  const data = JSON.parse(byId("data").textContent);
  const network = readNetwork(data);
  startTheme();
  byId("scope").textContent = scopeWords(network);
  showOthers(data.others);
  if (network.apps.length === 0) {
    byId("connections").hidden = true;
    return;
  }
  byId("stage").hidden = false;
  const opened = new Map(); // what somebody opened or closed by hand
  let answer;
  const filters = makeFilters(network, () => refresh());
  const details = makeDetails(byId("details"), { links: network.links, choose: chooseLink });
  const table = makeTable(byId("connections-table"), {
    caption: "Connections, with what the plan does to each",
    columns: connectionColumns(),
    open: chooseLink,
    label: (link) => `${CHANGES[link.change].word}: details of ${titleOf(link)}`,
  });
  const picture = makePicture(byId("picture"), { choose: chooseInPicture, toggle: toggleSpace });

  function refresh() {
    answer = filters.answer();
    table.show(answer.links);
    redraw();
  }

  function redraw() {
    const seen = new Set(answer.apps);
    for (const link of answer.links) seen.add(link.source).add(link.target);
    const few = seen.size <= FEW_APPS;
    const { lines, drawn } = picture.draw(answer.links, answer.apps, (space) => opened.get(space) ?? few);
    const spaces = new Set([...seen].map((app) => app.space));
    byId("count").textContent =
      `${countOf(answer.links.length, "connection")}${answer.narrowed ? ` of ${grouped(network.links.length)}` : ""}, ${countOf(seen.size, "app")} in ${countOf(spaces.size, "space")}`;
    byId("not-drawn").textContent = drawn < lines ? `${grouped(lines - drawn)} of ${grouped(lines)} lines are not drawn, those without changes first: narrow the search to see them.` : "";
  }

  function chooseLink(link) {
    details.showLink(link);
    picture.mark([link]);
    table.choose(link);
  }

  function chooseInPicture(chosen) {
    if (chosen.links) {
      details.showLine(chosen, `${nameOf(chosen.from)} → ${nameOf(chosen.to)}`);
      picture.mark(chosen.links);
      table.choose(chosen.links.length === 1 ? chosen.links[0] : null);
    } else if (chosen.app) {
      details.showApp(chosen.app, answer.links);
      picture.mark(answer.links.filter((link) => link.source === chosen.app || link.target === chosen.app));
    }
  }

  function toggleSpace(node) {
    opened.set(node.space, !node.open);
    redraw();
    details.showSpace(node, answer.links);
  }

  function setAll(open) {
    if (open && new Set(answer.links.flatMap((link) => [link.source, link.target])).size > MANY_APPS) {
      byId("not-drawn").textContent = `There are too many apps to open every space at once (more than ${grouped(MANY_APPS)}): narrow the search first.`;
      return;
    }
    for (const space of network.spaces) opened.set(space, open);
    redraw();
  }

  byId("zoom-in").addEventListener("click", () => picture.zoom(1.25));
  byId("zoom-out").addEventListener("click", () => picture.zoom(0.8));
  byId("fit").addEventListener("click", () => picture.fit());
  byId("open-all").addEventListener("click", () => setAll(true));
  byId("close-all").addEventListener("click", () => setAll(false));
  byId("filters").addEventListener("reset", () => {
    opened.clear();
    details.invite();
  });
  refresh();
}

function scopeWords(network) {
  if (network.apps.length === 0) return "This plan changes no connection, and nothing else is known here of who can reach whom.";
  const left = network.leftOut ? ` ${grouped(network.leftOut)} connections that stay as they are were left out of this page.` : "";
  return network.whole
    ? `The network as it will be after this plan, with what the plan changes.${left}`
    : "Only what this plan changes is known here; connections that stay as they are are not shown.";
}

function nameOf(node) {
  return node.app?.address ?? node.space?.name ?? `${node.name} of ${node.parent.space.name}`;
}

function connectionColumns() {
  const order = Object.keys(CHANGES);
  const modes = Object.keys(TLS_MODES);
  return [
    { name: "Change", cell: (link) => changeWords(link.change), key: (link) => order.indexOf(link.change) },
    { name: "Source", cell: (link) => link.source.address, key: (link) => link.source.text },
    { name: "Destination", cell: (link) => link.target.address, key: (link) => link.target.text },
    { name: "Ports", cell: (link) => element("code", {}, link.ports), key: (link) => portKey(link.ports) },
    { name: "TLS", cell: (link) => link.tlsWords, key: (link) => modes.indexOf(link.tls) },
    { name: "Risk", cell: (link) => riskWords(link.risk), key: (link) => (link.risk ? RISKS.indexOf(link.risk) : RISKS.length) },
    { name: "Reason", cell: (link) => link.reason, key: (link) => link.reason },
    { name: "Manifest line", cell: (link) => placeWords(link.places.map(placeOf)), key: (link) => placeKey(link.places[0]) },
  ];
}

function changeWords(kind) {
  return element("span", { class: `mark-word ${kind}` }, changeSample(kind), ` ${CHANGES[kind].word}`);
}

function riskWords(risk) {
  return risk ? element("span", { class: `risk ${risk}` }, risk) : "";
}

function placeWords(places) {
  return places.length ? element("code", { class: "place" }, places.length > 1 ? `${places[0]} (+${places.length - 1})` : places[0]) : "";
}

function placeKey(place) {
  return place ? `${place.file}:${String(place.line).padStart(9, "0")}` : "￿";
}

function portKey(ports) {
  return ports.replace(/\d+/g, (number) => number.padStart(5, "0"));
}

/** Show routes, their mappings and variables, which have no place in the picture. */
function showOthers(rows) {
  if (rows.length === 0) return;
  byId("others").hidden = false;
  const words = { create: ["gained", "create"], replace: ["changed", "replace"], delete: ["lost", "delete"] };
  const sign = (row) => element("span", { class: `mark-word ${words[row.action][0]}` }, changeSample(words[row.action][0]), ` ${words[row.action][1]}`);
  makeTable(byId("others-table"), {
    caption: "Changes of routes and environment variables",
    columns: [
      { name: "Change", cell: sign, key: (row) => row.action },
      { name: "Space", cell: (row) => row.space, key: (row) => row.space },
      { name: "Kind", cell: (row) => row.kind, key: (row) => row.kind },
      { name: "What", cell: (row) => element("code", {}, row.subject), key: (row) => row.subject },
      { name: "Value", cell: (row) => element("code", {}, row.value), key: (row) => row.value },
      { name: "Reason", cell: (row) => row.reason, key: (row) => row.reason },
      { name: "Manifest line", cell: (row) => placeWords(row.at), key: (row) => row.at[0] ?? "￿" },
    ],
  }).show(rows);
}

/** Follow the system's theme until somebody chooses another. */
function startTheme() {
  const button = byId("theme");
  const themes = ["system", "light", "dark"];
  let current = 0;
  button.addEventListener("click", () => {
    current = (current + 1) % themes.length;
    if (current === 0) document.documentElement.removeAttribute("data-theme");
    else document.documentElement.setAttribute("data-theme", themes[current]);
    button.textContent = `Theme: ${themes[current]}`;
  });
  button.hidden = false;
}

start();
