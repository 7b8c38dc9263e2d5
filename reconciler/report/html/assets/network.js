// The network that the page tells of: apps, and links between them. A link is one policy, or a chain of apps.

const CHANGES = {
  gained: { word: "gained", sign: "+" },
  lost: { word: "lost", sign: "−" },
  changed: { word: "changed", sign: "~" },
  unchanged: { word: "unchanged", sign: "=" },
};
const TLS_MODES = {
  none: { word: "plaintext" },
  unknown: { word: "not known" },
  chain: { word: "through other apps" },
  manual: { word: "app TLS" },
  auto: { word: "platform TLS" },
}; // weakest first: a line that stands for several links is drawn as its weakest
const RISKS = ["high", "medium", "low"]; // worst first

/** Read the data of the page into objects that point at each other. */
function readNetwork(data) {
  const spaces = data.spaces.map((name, index) => ({ index, name, apps: [] }));
  const apps = data.apps.map((item, index) => {
    const space = spaces[item.space];
    const app = { index, space, name: item.name, zone: item.zone ?? "", owner: item.owner ?? "" };
    app.address = `${space.name}/${item.name}`;
    app.text = `${app.address} ${app.owner}`.toLowerCase();
    space.apps.push(app);
    return app;
  });
  const meanings = new Map(data.meanings.map((item) => [meaningKey(item.from, item.to, item.kind === "chained"), item]));
  const links = data.links.map((item, index) => readLink(item, index, apps, data, meanings));
  const zones = [...new Set(apps.map((app) => app.zone).filter(Boolean))].sort();
  for (const app of apps) app.zoneNumber = zones.indexOf(app.zone);
  return { spaces, apps, links, zones, whole: data.whole, leftOut: data.left_out };
}

function meaningKey(from, to, chained) {
  return `${from} ${to} ${chained}`;
}

function readLink(item, index, apps, data, meanings) {
  const meaning = item.change === "unchanged" ? undefined : meanings.get(meaningKey(item.from, item.to, item.tls === "chain"));
  const link = {
    index,
    source: apps[item.from],
    target: apps[item.to],
    ports: item.was && item.was.ports !== item.ports ? `${item.was.ports} ⇒ ${item.ports}` : item.ports,
    tls: item.tls,
    tlsBefore: item.was && item.was.tls !== item.tls ? item.was.tls : null,
    change: item.change,
    reason: item.reason,
    places: (item.at ?? []).map(([file, line, column]) => ({ file: data.files[file], line, column })),
    why: item.why ?? "",
    until: item.until ?? "",
    path: item.path ?? [],
    risk: item.change === "lost" ? "" : (meaning?.risk ?? ""),
    meaning: meaning?.text ?? "",
    findings: (item.findings ?? []).map((number) => data.findings[number]),
  };
  link.tlsWords = tlsWords(link);
  link.text = [
    link.source.text, link.target.text, link.ports, link.tlsWords, CHANGES[link.change].word, link.reason, link.why,
    link.risk, ...link.places.map(placeOf), ...link.findings.map((finding) => finding.code),
  ].join("\n").toLowerCase();
  return link;
}

function tlsWords(link) {
  const now = TLS_MODES[link.tls].word;
  return link.tlsBefore ? `${TLS_MODES[link.tlsBefore].word} ⇒ ${now}` : now;
}

/** Name a manifest line as editors do. */
function placeOf(place) {
  return `${place.file}:${place.line}`;
}

/** Say in one line what a link is. */
function titleOf(link) {
  return `${link.source.address} → ${link.target.address} ${link.ports}`;
}

/** Count links by what happens to them. */
function changeCounts(links) {
  const counts = { gained: 0, lost: 0, changed: 0, unchanged: 0 };
  for (const link of links) counts[link.change] += 1;
  return counts;
}

/** Give what happens to several links together; those that stay as they are count only among themselves. */
function changeOf(counts) {
  const kinds = ["gained", "lost", "changed"].filter((kind) => counts[kind]);
  if (kinds.length === 0) return "unchanged";
  return kinds.length === 1 ? kinds[0] : "changed";
}

/** Write counts with their signs, those that are nothing left out. */
function countsInWords(counts) {
  const parts = Object.keys(CHANGES).filter((kind) => counts[kind]);
  return parts.map((kind) => `${CHANGES[kind].sign}${grouped(counts[kind])}`).join(" ");
}

/** Give the weakest TLS mode among links. */
function weakestTls(links) {
  const found = new Set(links.map((link) => link.tls));
  return Object.keys(TLS_MODES).find((mode) => found.has(mode));
}
