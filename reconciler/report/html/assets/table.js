// A table that stays quick with many thousands of rows: sorted by any column, a page at a time.

const ROWS_A_PAGE = 100;
const ROWS_PRINTED = 2000;

/**
 * Make a table of `columns`, each with `name`, `cell(row)` (text or an element) and `key(row)` to sort by (text or a
 * number). `open(row)` is called when a row is chosen.
 */
function makeTable(place, { caption, columns, open, label }) {
  let rows = [];
  let page = 0;
  let sorting = null;
  let chosen = null;
  let perPage = ROWS_A_PAGE;
  // The roles are spelled out: on a narrow screen the style makes blocks of rows and cells, which then have none.
  const body = element("tbody", { role: "rowgroup" });
  const heads = columns.map((column) => {
    const button = element("button", { type: "button" }, column.name);
    button.addEventListener("click", () => sortBy(column));
    return element("th", { scope: "col", role: "columnheader" }, button);
  });
  const head = element("thead", { role: "rowgroup" }, element("tr", { role: "row" }, ...heads));
  const where = element("span", { role: "status" });
  const previous = pageButton("Previous", () => page - 1);
  const next = pageButton("Next", () => page + 1);
  const pager = element("p", { class: "pager" }, previous, next, where);
  place.append(
    element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
      element("table", { role: "table" }, element("caption", {}, caption), head, body)),
    pager,
  );

  function pageButton(name, target) {
    const button = element("button", { type: "button" }, name);
    button.addEventListener("click", () => {
      page = target();
      draw();
    });
    return button;
  }

  function sortBy(column) {
    sorting = sorting?.column === column ? { column, down: !sorting.down } : { column, down: false };
    heads.forEach((head, index) => {
      if (columns[index] === column) head.setAttribute("aria-sort", sorting.down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
    page = 0;
    draw();
  }

  function sorted() {
    if (!sorting) return rows;
    const { column, down } = sorting;
    const keyed = rows.map((row, index) => ({ row, index, key: column.key(row) }));
    keyed.sort((one, other) => (down ? -1 : 1) * compareText(one.key, other.key) || one.index - other.index);
    return keyed.map(({ row }) => row);
  }

  function draw() {
    const last = Math.max(0, Math.ceil(rows.length / perPage) - 1);
    page = Math.min(Math.max(page, 0), last);
    const shown = sorted().slice(page * perPage, (page + 1) * perPage);
    body.replaceChildren(...shown.map(drawRow));
    previous.disabled = page === 0;
    next.disabled = page === last;
    previous.hidden = next.hidden = rows.length <= perPage;
    const first = page * perPage;
    where.textContent = rows.length ? `${grouped(first + 1)}–${grouped(first + shown.length)} of ${grouped(rows.length)}` : "Nothing to show";
  }

  function drawRow(row) {
    const cells = columns.map((column, index) => {
      const content = column.cell(row);
      const said = { role: "cell", "data-column": column.name };
      if (index > 0 || !open) return element("td", said, content);
      return element("td", said, element("button", { type: "button", class: "open", "aria-label": label(row) }, content));
    });
    const line = element("tr", { role: "row", "aria-current": row === chosen ? "true" : undefined }, ...cells);
    if (open) line.addEventListener("click", () => open(row));
    return line;
  }

  /** Show other rows, from their first page on. */
  function show(given) {
    rows = given;
    page = 0;
    draw();
  }

  /** Mark the row that is chosen, if any. */
  function choose(row) {
    chosen = row;
    const keepFocus = body.contains(document.activeElement);
    draw();
    if (keepFocus) body.querySelector("[aria-current] button")?.focus({ preventScroll: true });
  }

  addEventListener("beforeprint", () => {
    perPage = ROWS_PRINTED;
    draw();
  });
  addEventListener("afterprint", () => {
    perPage = ROWS_A_PAGE;
    draw();
  });
  return { show, choose };
}
