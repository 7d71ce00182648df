import { ALL_TASKS } from "../tables/index.js";
import {
  countText,
  distinct,
  inlineRows,
  type PlotRow,
  SCHEMA,
  THEME,
  titleOf,
  tooltip,
  WIDTH,
  widthBesideNames,
} from "./encoding.js";
import { intervalHeight, intervalLayers } from "./interval-layers.js";
import type { Plot, PlotOptions } from "./plot.js";

/** Scores by variant: points with intervals for one dimension, by task; a heat map of dimension x variant for several. */
export const scores: Plot = {
  name: "scores",
  question: "Where did trust change?",
  source: "scores",
  needs: [
    "variant",
    "method",
    "bits",
    "pattern",
    "dimension",
    "task",
    "score",
    "low",
    "high",
    "n",
    "counted",
    "refusals",
    "drift",
    "scorer",
  ],
  specify(table, options = {}) {
    const rows = inlineRows(table, scores);
    return distinct(rows, "dimension").length > 1 ? heatMap(rows, options) : points(rows, options);
  },
};

function points(rows: readonly PlotRow[], { note }: PlotOptions) {
  const tasks = distinct(rows, "task").filter((task) => task !== ALL_TASKS);
  const shown = tasks.length > 1 ? rows.filter(({ task }) => task !== ALL_TASKS) : rows;
  const variants = distinct(shown, "variant");
  const what = `${distinct(shown, "dimension").join()} score by variant with 95 % interval, 100 is best`;
  return {
    $schema: SCHEMA,
    config: THEME,
    title: titleOf(scores.question, [what, countText(shown, "n", "answers each"), scorerNote(shown), note]),
    width: widthBesideNames(variants, shown.some(isPartial) ? 185 : 70),
    height: intervalHeight(variants.length, tasks.length),
    data: { values: [...shown] },
    layer: [
      ...intervalLayers({
        ...{ value: "score", low: "low", high: "high", title: "score (0–100)", domain: [0, 100], variants, tasks },
        label: `format(datum.score, '.1f') + (${IS_PARTIAL} ? ' (' + datum.counted + ' of ' + datum.n + ' readable)' : '')`,
        tooltip: tooltip([
          "variant",
          "task",
          "score",
          "low",
          "high",
          "n",
          "counted",
          "refusals",
          "drift",
          "noiseFloor",
          "insideFloor",
        ]),
      }),
      unscored(variants),
    ],
  };
}

const IS_PARTIAL = "datum.counted < datum.n";
const isPartial = ({ counted, n }: PlotRow): boolean => Number(counted) < Number(n);

/** Words in place of a point where no answer has a value: an empty line would pass for an oversight. */
function unscored(variants: readonly string[]) {
  return {
    transform: [
      { filter: "!isValid(datum.score)" },
      { calculate: "'no score: ' + datum.counted + ' of ' + datum.n + ' answers can be read'", as: "label" },
    ],
    mark: { type: "text" as const, align: "left" as const, dx: 7, fontSize: 11, fontStyle: "italic" as const },
    encoding: {
      x: { datum: 0, type: "quantitative" as const },
      y: { field: "variant", type: "nominal" as const, sort: [...variants] },
      text: { field: "label", type: "nominal" as const },
    },
  };
}

function heatMap(rows: readonly PlotRow[], { note }: PlotOptions) {
  const byDimension = new Map(
    distinct(rows, "dimension").map((name) => [name, rows.filter(({ dimension }) => dimension === name)]),
  );
  const shown = [...byDimension.values()].flatMap((all) => (all.some(isTotal) ? all.filter(isTotal) : all));
  const drifts = shown.map(({ drift }) => (typeof drift === "number" ? Math.abs(drift) : 0));
  const reach = Math.max(1, ...drifts);
  const axes = {
    x: {
      field: "variant",
      type: "nominal" as const,
      sort: distinct(shown, "variant"),
      title: null,
      axis: { labelAngle: -35, orient: "top" as const },
    },
    y: { field: "dimension", type: "nominal" as const, sort: distinct(shown, "dimension"), title: null },
  };
  const colour = {
    field: "drift",
    type: "quantitative" as const,
    title: "drift from dense, points",
    scale: { scheme: "blueorange" as const, reverse: true, domain: [-reach, 0, reach] },
  };
  return {
    $schema: SCHEMA,
    config: THEME,
    title: titleOf(scores.question, [
      "score (0–100), colour: drift from dense",
      countText(shown, "n", "answers each"),
      scorerNote(shown),
      floorNote(shown),
      note,
    ]),
    width: WIDTH - 160,
    height: 40 * byDimension.size + 60,
    data: { values: shown },
    layer: [
      {
        mark: "rect" as const,
        encoding: { ...axes, color: colour, tooltip: tooltip([...CELL]) },
      },
      {
        transform: [{ filter: "datum.insideFloor === false" }],
        mark: { type: "point" as const, filled: true, size: 26, color: "#222222", opacity: 1 },
        encoding: { x: { ...axes.x, bandPosition: 0.86 }, y: { ...axes.y, bandPosition: 0.2 } },
      },
      {
        mark: { type: "text" as const, fontSize: 12 },
        encoding: { ...axes, text: { field: "score", type: "quantitative" as const, format: ".1f" } },
      },
    ],
  };
}

const CELL = ["variant", "dimension", "score", "low", "high", "n", "drift", "noiseFloor", "floorSource"] as const;

/** What the dots say, or why there are none. */
function floorNote(rows: readonly PlotRow[]): string {
  const measured = rows.filter(({ noiseFloor }) => typeof noiseFloor === "number");
  if (measured.length === 0) return "no noise floor: dense was not asked twice";
  const all = distinct(measured, "dimension");
  return `dot: drift beyond the noise floor${all.length < distinct(rows, "dimension").length ? ` (known for ${all.join(", ")})` : ""}`;
}

const isTotal = ({ task }: PlotRow): boolean => task === ALL_TASKS;

const scorerNote = (rows: readonly PlotRow[]): string => `scorer ${distinct(rows, "scorer").join(", ")}`;
