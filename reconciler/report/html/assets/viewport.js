// Moving about in the picture.

const CLOSEST = 1.3; // how much larger than drawn a small picture may become when it is fitted
const MARGIN = 24;

function makeViewport(svg) {
  const view = { x: 0, y: 0, scale: 1 };
  const extent = { w: 0, h: 0 };
  let drag = null;
  let dragged = false;

  function apply() {
    const { width, height } = size();
    svg.setAttribute("viewBox", `${view.x} ${view.y} ${width / view.scale} ${height / view.scale}`);
  }

  function size() {
    const box = svg.getBoundingClientRect();
    return { width: Math.max(1, box.width), height: Math.max(1, box.height) };
  }

  /** Show all of it. */
  function fit() {
    const { width, height } = size();
    view.scale = Math.min(CLOSEST, (width - 2 * MARGIN) / Math.max(1, extent.w), (height - 2 * MARGIN) / Math.max(1, extent.h));
    view.x = (extent.w - width / view.scale) / 2;
    view.y = (extent.h - height / view.scale) / 2;
    apply();
  }

  /** Zoom by a factor; what is at the point, in pixels of the picture, stays where it is. */
  function zoom(factor, point) {
    const { width, height } = size();
    const at = point ?? { x: width / 2, y: height / 2 };
    const scale = Math.min(8, Math.max(0.05, view.scale * factor));
    view.x += at.x / view.scale - at.x / scale;
    view.y += at.y / view.scale - at.y / scale;
    view.scale = scale;
    apply();
  }

  /** Move just so far that a node is in sight. */
  function show(node) {
    const { width, height } = size();
    const [w, h] = [width / view.scale, height / view.scale];
    const shownHeight = node.open ? SIZES.title : node.h;
    view.x = Math.min(node.x - 10, Math.max(view.x, node.x + Math.min(node.w, w - 20) - w + 10));
    view.y = Math.min(node.y - 10, Math.max(view.y, node.y + shownHeight - h + 10));
    apply();
  }

  function setExtent(w, h, keep) {
    extent.w = w;
    extent.h = h;
    if (keep) apply();
    else fit();
  }

  svg.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return; // the page scrolls
    event.preventDefault();
    const box = svg.getBoundingClientRect();
    zoom(Math.exp(-event.deltaY / 300), { x: event.clientX - box.left, y: event.clientY - box.top });
  }, { passive: false });
  svg.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    drag = { x: event.clientX, y: event.clientY };
    dragged = false;
  });
  svg.addEventListener("pointermove", (event) => {
    if (!drag) return;
    const [right, down] = [event.clientX - drag.x, event.clientY - drag.y];
    if (!dragged && Math.hypot(right, down) < 4) return;
    if (!dragged) svg.setPointerCapture(event.pointerId);
    dragged = true;
    svg.classList.add("dragging");
    view.x -= right / view.scale;
    view.y -= down / view.scale;
    drag = { x: event.clientX, y: event.clientY };
    apply();
  });
  const drop = () => {
    drag = null;
    svg.classList.remove("dragging");
  };
  svg.addEventListener("pointerup", drop);
  svg.addEventListener("pointercancel", drop);
  new ResizeObserver(() => fit()).observe(svg);

  return { fit, zoom, show, setExtent, wasDragged: () => dragged };
}
