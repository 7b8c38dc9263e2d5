// In which order things stand from left to right, so that most lines run that way: callers first.

/**
 * Give each of `count` nodes its layer. `edges` are pairs of node numbers. Cycles are broken where it costs few lines
 * (the greedy heuristic of Eades, Lin and Smyth). The same input gives the same layers.
 */
function layersOf(count, edges) {
  const out = Array.from({ length: count }, () => []);
  const into = Array.from({ length: count }, () => []);
  for (const [from, to] of edges) {
    if (from === to) continue;
    out[from].push(to);
    into[to].push(from);
  }
  const position = [];
  greedyOrder(count, out, into).forEach((node, index) => (position[node] = index));
  const layer = new Array(count).fill(0);
  const ordered = [...position.keys()].sort((one, other) => position[one] - position[other]);
  for (const node of ordered) {
    for (const next of out[node]) {
      if (position[next] > position[node]) layer[next] = Math.max(layer[next], layer[node] + 1);
    }
  }
  const last = Math.max(0, ...layer);
  return layer.map((own, node) => (out[node].length + into[node].length === 0 ? last + 1 : own));
}

function greedyOrder(count, out, into) {
  const outDegree = out.map((list) => list.length);
  const inDegree = into.map((list) => list.length);
  const left = [];
  const right = [];
  const rest = new Set(Array.from({ length: count }, (_, node) => node));
  const take = (node) => {
    rest.delete(node);
    for (const next of out[node]) inDegree[next] -= 1;
    for (const previous of into[node]) outDegree[previous] -= 1;
  };
  while (rest.size) {
    const sinks = [...rest].filter((node) => outDegree[node] === 0);
    const sources = sinks.length ? [] : [...rest].filter((node) => inDegree[node] === 0);
    if (sinks.length) {
      sinks.forEach(take);
      right.unshift(...sinks);
    } else if (sources.length) {
      sources.forEach(take);
      left.push(...sources);
    } else {
      const best = [...rest].reduce((one, other) => (outDegree[other] - inDegree[other] > outDegree[one] - inDegree[one] ? other : one));
      take(best);
      left.push(best);
    }
  }
  return [...left, ...right];
}
