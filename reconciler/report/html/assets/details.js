// What is known of one connection, one app, one space, or of all that one line stands for.

const MOST_WRITTEN_OUT = 4; // connections shown in full; more are listed, each to be opened
const MOST_LISTED = 60;
const MOST_RISKS = 12;

/** Make the panel beside the picture. `choose` is called with a link that is opened from a list. */
function makeDetails(panel, { links, choose }) {
  const byMeaning = new Map(links.filter((link) => link.risk).map((link) => [link.meaning, link]));
  const riskiest = RISKS.flatMap((risk) => [...byMeaning.values()].filter((link) => link.risk === risk));

  /** Begin with what weighs most, and say how to go on. */
  function invite() {
    const shown = riskiest.slice(0, MOST_RISKS).map((link) => {
      const button = element("button", { type: "button", class: "as-link" }, riskWords(link.risk), ` ${link.meaning}`);
      button.addEventListener("click", () => choose(link));
      return element("li", {}, button);
    });
    const more = riskiest.length - shown.length;
    if (more > 0) shown.push(element("li", { class: "more" }, `and ${grouped(more)} more: sort the table by risk`));
    panel.replaceChildren(
      element("h3", {}, shown.length ? "What exposes most" : "Details"),
      element("ul", { class: "links" }, ...shown),
      element("p", { class: "about" }, "Choose a line, an app or a row of the table to see its manifest lines."),
    );
  }

  function showLink(link) {
    panel.replaceChildren(element("h3", {}, "Connection"), linkFacts(link));
  }

  function showLine(line, name) {
    showMany(name, [], line.links);
  }

  function showApp(app, links) {
    const facts = [["Zone", app.zone], ["Owner", app.owner]].filter(([, value]) => value);
    panel.replaceChildren(
      element("h3", {}, app.address),
      factList(facts),
      ...listed("Called by", links.filter((link) => link.target === app)),
      ...listed("Calls", links.filter((link) => link.source === app && link.target !== app)),
    );
  }

  function showSpace(node, links) {
    const own = links.filter((link) => link.source.space === node.space || link.target.space === node.space);
    const into = own.filter((link) => link.source.space !== node.space);
    const out = own.filter((link) => link.target.space !== node.space);
    const within = own.filter((link) => link.source.space === link.target.space);
    panel.replaceChildren(
      element("h3", {}, node.space.name),
      factList([["Zone", [...node.zones].sort().join(", ")], ["Apps shown", grouped(node.members.length)]].filter(([, value]) => value)),
      ...listed("Called from outside", into),
      ...listed("Calls outside", out),
      ...listed("Inside", within),
    );
  }

  function showMany(title, facts, links) {
    if (links.length <= MOST_WRITTEN_OUT) {
      panel.replaceChildren(element("h3", {}, title), ...links.map(linkFacts));
    } else {
      panel.replaceChildren(element("h3", {}, title), factList(facts), ...listed("Connections", links));
    }
  }

  function listed(title, links) {
    if (links.length === 0) return [];
    const items = links.slice(0, MOST_LISTED).map((link) => {
      const button = element("button", { type: "button", class: "as-link" }, changeSample(link.change), ` ${titleOf(link)}`);
      button.addEventListener("click", () => choose(link));
      return element("li", {}, button, element("span", { class: "where" }, link.places.map(placeOf).join(" ")));
    });
    const rest = links.length - items.length;
    if (rest > 0) items.push(element("li", { class: "more" }, `and ${grouped(rest)} more: narrow the search, or see the table`));
    return [element("h4", {}, `${title} `, element("small", {}, countsInWords(changeCounts(links)))), element("ul", { class: "links" }, ...items)];
  }

  invite();
  return { invite, showLink, showLine, showApp, showSpace };
}

function linkFacts(link) {
  const word = CHANGES[link.change].word;
  const facts = [
    ["From", withZone(link.source)],
    ["To", withZone(link.target)],
    ["Ports", link.ports],
    ["TLS", link.tlsWords],
    ["Change", element("span", { class: `mark-word ${link.change}` }, changeSample(link.change), ` ${word}, ${link.reason}`)],
    ["Risk", link.risk && element("span", { class: `risk ${link.risk}` }, link.risk)],
    ["Meaning", link.meaning],
    ["Why", link.why],
    ["Until", link.until],
    ["Way", link.path.length ? element("ol", { class: "way" }, ...link.path.map((hop) => element("li", {}, hop))) : ""],
    [link.places.length > 1 ? "Manifest lines" : "Manifest line", manifestLines(link)],
    ["Findings", link.findings.length ? element("ul", { class: "found" }, ...link.findings.map(findingLine)) : ""],
  ];
  return factList(facts.filter(([, value]) => value));
}

function withZone(app) {
  return app.zone ? `${app.address} (zone ${app.zone})` : app.address;
}

function manifestLines(link) {
  if (link.places.length === 0) return "no manifest line asks for it";
  const lines = link.places.map((place) => element("li", {}, element("code", { class: "place" }, `${placeOf(place)}:${place.column}`)));
  return element("ul", { class: "places" }, ...lines);
}

function findingLine(finding) {
  return element("li", { class: finding.severity }, element("b", {}, finding.code), ` ${finding.message}`);
}

function factList(facts) {
  return element("dl", {}, ...facts.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]));
}
