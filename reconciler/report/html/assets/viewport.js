// Moving about in the picture.

const CLOSEST = 1.3; // how much larger than drawn a small picture may become when it is fitted
const MARGIN = 24;
const TOOLS = 30; // what the buttons at the top cover
const LEAST_READABLE = 0.6; // a large picture starts no smaller than this, from its top left corner

function makeViewport(svg) {
  const view = { x: 0, y: 0, scale: 1 };
  const extent = { w: 0, h: 0 };
  let height = 0;
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

  /** Show all of it, or, with a least scale, its beginning. */
  function fit(least = 0) {
    const { width, height } = size();
    const all = Math.min(CLOSEST, (width - 2 * MARGIN) / Math.max(1, extent.w), (height - 2 * MARGIN - TOOLS) / Math.max(1, extent.h));
    view.scale = Math.max(all, least);
    view.x = Math.min((extent.w - width / view.scale) / 2, -MARGIN / view.scale);
    view.y = Math.min((extent.h - (height + TOOLS) / view.scale) / 2, -(MARGIN + TOOLS) / view.scale);
    apply();
  }

  /** Make the picture as high as it needs, within what style allows. It never shrinks, so that nothing jumps. */
  function grow() {
    const { width } = size();
    const scale = Math.max(LEAST_READABLE, Math.min(CLOSEST, (width - 2 * MARGIN) / Math.max(1, extent.w)));
    height = Math.max(height, extent.h * scale + 2 * MARGIN + TOOLS);
    svg.style.height = `${Math.ceil(height)}px`;
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

  function setExtent(w, h) {
    extent.w = w;
    extent.h = h;
    grow();
    fit(LEAST_READABLE);
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
  new ResizeObserver(() => fit(LEAST_READABLE)).observe(svg);

  return { fit: () => fit(), zoom, show, setExtent, wasDragged: () => dragged };
}
