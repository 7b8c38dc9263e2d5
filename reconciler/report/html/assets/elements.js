// Building elements. Text only ever becomes text: nothing in this script parses markup.

const SVG_NAMESPACE = "http://www.w3.org/2000/svg";

/** Make an HTML element; children are elements or text. */
function element(name, attributes = {}, ...children) {
  return filled(document.createElement(name), attributes, children);
}

/** Make an SVG element; children are elements or text. */
function shape(name, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG_NAMESPACE, name), attributes, children);
}

function filled(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

function byId(id) {
  return document.getElementById(id);
}

/** Write a number as people read it. */
function grouped(number) {
  return number.toLocaleString("en-US");
}

/** Write a number and the word that fits it. */
function countOf(number, one, many = `${one}s`) {
  return `${grouped(number)} ${number === 1 ? one : many}`;
}

/** Cut a name to what fits; whoever needs all of it finds it in the label. */
function shortened(text, longest) {
  const characters = [...text];
  return characters.length <= longest ? text : `${characters.slice(0, longest - 1).join("")}…`;
}
