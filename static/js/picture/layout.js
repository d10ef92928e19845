/**
 * Where tables stand: those that are tied together by a library that keeps lines short and uncrossed (dagre, the
 * one that most drawings of graphs in browsers use), the others in rows below.
 */
import { Graph, layout } from "@dagrejs/dagre";

const APART = 24;
const LEAST_WIDTH = 1000;

/**
 * Gives each of `tables` its `x` and `y`, from the middle of it, and each of `ties` its `points`.
 * Gives back how wide and how tall it all is.
 */
export function placed(tables, ties) {
  const between = ties.filter(({ from, to }) => from !== to);
  const tied = new Set(between.flatMap(({ from, to }) => [from, to]));
  const size = tied.size ? placeTied([...tied], between) : { width: 0, height: 0 };
  const whole = placeAlone(
    tables.filter((table) => !tied.has(table)),
    size,
  );
  for (const tie of ties.filter(({ from, to }) => from === to)) tie.points = aroundCorner(tie.from);
  return whole;
}

/** From a table to itself: out at its right side and in from above. */
function aroundCorner({ x, y, width, height }) {
  const [right, top, out] = [x + width / 2, y - height / 2, APART / 2];
  return [
    { x: right, y: top + out },
    { x: right + out, y: top + out },
    { x: right + out, y: top - out },
    { x: right - out, y: top - out },
    { x: right - out, y: top },
  ];
}

function placeTied(tables, ties) {
  const graph = new Graph();
  graph.setGraph({ rankdir: "LR", nodesep: APART, ranksep: 80, marginx: APART, marginy: APART });
  for (const { name, width, height } of tables) graph.setNode(name, { width, height });
  for (const { from, to } of ties) graph.setEdge(from.name, to.name, {});
  layout(graph);
  for (const table of tables) ({ x: table.x, y: table.y } = graph.node(table.name));
  for (const tie of ties) tie.points = graph.edge(tie.from.name, tie.to.name).points;
  const { width, height } = graph.graph();
  return { width, height };
}

function placeAlone(tables, size) {
  const most = Math.max(size.width, LEAST_WIDTH);
  let left = APART;
  let top = size.height + (size.height ? 0 : APART);
  let tallest = 0;
  let width = size.width;
  for (const table of tables) {
    if (left > APART && left + table.width > most) {
      left = APART;
      top += tallest + APART;
      tallest = 0;
    }
    table.x = left + table.width / 2;
    table.y = top + table.height / 2;
    left += table.width + APART;
    width = Math.max(width, left);
    tallest = Math.max(tallest, table.height);
  }
  return { width, height: tables.length ? top + tallest + APART : size.height };
}
