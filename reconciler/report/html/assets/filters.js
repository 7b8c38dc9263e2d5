// What is asked for: words, a space, a zone, changes and TLS modes. Table and picture show what all of them let through.

const MANY_UNCHANGED = 2000; // more are not shown beside changes until somebody asks

/** Put the controls up and call `changed` whenever the answer may be another one. */
function makeFilters(network, changed) {
  const form = byId("filters");
  const search = byId("search");
  const space = byId("space");
  const zone = byId("zone");
  fillSelect(space, "all spaces", network.spaces.map((item) => item.name));
  fillSelect(zone, network.zones.length ? "all zones" : "not known", network.zones);
  zone.disabled = network.zones.length === 0;
  const changes = makeChoices(byId("changes"), CHANGES, network.links, "change", changeSample);
  const modes = makeChoices(byId("tls"), TLS_MODES, network.links, "tls", tlsSample);
  let waiting = 0;
  const answerSoon = (delay) => {
    clearTimeout(waiting);
    form.setAttribute("aria-busy", "true");
    waiting = setTimeout(() => {
      changed();
      form.removeAttribute("aria-busy");
    }, delay);
  };
  form.addEventListener("input", () => answerSoon(80)); // not at every letter
  form.addEventListener("reset", () => answerSoon(0)); // once the controls are reset
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;

  /** Give the links and apps that every control lets through. */
  function answer() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const inPlace = (app) => (!space.value || app.space.name === space.value) && (!zone.value || app.zone === zone.value);
    const bothInPlace = (link) => placed(link, space.value, (app) => app.space.name) && placed(link, zone.value, (app) => app.zone);
    const links = network.links.filter(
      (link) =>
        changes.has(link.change) && modes.has(link.tls) && bothInPlace(link) && words.every((word) => link.text.includes(word)),
    );
    const everything = changes.all() && modes.all();
    const alone = (app) => everything && inPlace(app) && words.every((word) => app.text.includes(word));
    return { links, apps: network.apps.filter(alone), narrowed: Boolean(words.length || space.value || zone.value || !everything) };
  }

  return { answer };
}

function placed(link, wanted, placeOfApp) {
  return !wanted || placeOfApp(link.source) === wanted || placeOfApp(link.target) === wanted;
}

function fillSelect(select, all, names) {
  select.append(element("option", { value: "" }, all), ...names.map((name) => element("option", { value: name }, name)));
}

/** Offer a box for each value that occurs, with a sample of how the picture draws it: the filter is the legend too. */
function makeChoices(fieldset, kinds, links, key, sample) {
  const counts = new Map();
  for (const link of links) counts.set(link[key], (counts.get(link[key]) ?? 0) + 1);
  const boxes = new Map();
  for (const [kind, { word }] of Object.entries(kinds).filter(([name]) => counts.has(name))) {
    const crowd = kind === "unchanged" && counts.get(kind) > MANY_UNCHANGED && counts.size > 1;
    const box = element("input", { type: "checkbox", checked: !crowd, value: kind });
    boxes.set(kind, box);
    fieldset.append(element("label", { class: "choice" }, box, sample(kind), ` ${word} `, element("small", {}, grouped(counts.get(kind)))));
  }
  fieldset.hidden = boxes.size === 0;
  return {
    has: (kind) => boxes.get(kind).checked,
    all: () => [...boxes.values()].every((box) => box.checked),
  };
}

function changeSample(kind) {
  return element("span", { class: `mark ${kind}`, "aria-hidden": "true" }, CHANGES[kind].sign);
}

function tlsSample(kind) {
  const line = shape("path", { d: "M1 5H39", class: `line tls-${kind}` });
  return shape("svg", { class: "sample", viewBox: "0 0 40 10", width: 40, height: 10, "aria-hidden": "true" }, line);
}
