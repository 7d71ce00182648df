import { ALL_TASKS } from "../tables/index.js";
import { COMMAND, countText, distinct, inlineRows, type PlotRow, tooltip, widthBesideNames, withPlaces } from "./encoding.js";
import { intervalHeight, intervalLayers } from "./interval-layers.js";
import type { Plot, PlotOptions } from "./plot.js";
import { scoresHeatMap } from "./scores-heat-map.js";
import { isNarrow, sheet } from "./theme.js";

/** Scores by variant: points with intervals for one dimension, by task; a heat map of variant x dimension for several. */
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
    const rows = withPlaces(inlineRows(table, scores).map((row) => ({ ...UNKNOWN, ...row })));
    return distinct(rows, "place").length > 1 ? scoresHeatMap(scores.question, rows, options) : points(rows, options);
  },
};

/** Columns that a table may lack. */
const UNKNOWN = { noiseFloor: null, insideFloor: null, floorSource: null, refusalsAsRight: null, refusalsAsWrong: null };

function points(rows: readonly PlotRow[], options: PlotOptions) {
  const tasks = distinct(rows, "task").filter((task) => task !== ALL_TASKS);
  const shown = tasks.length > 1 ? rows.filter(({ task }) => task !== ALL_TASKS) : rows;
  const variants = distinct(shown, "variant");
  const what = `${distinct(shown, "place").join()} score by variant with 95 % interval, 100 is best`;
  const readable = isNarrow(options) ? "/' + datum.n" : " of ' + datum.n + ' readable)'";
  const partial = isNarrow(options) ? 84 : 165;
  const width = widthBesideNames(variants, shown.some(isPartial) ? partial : 40, options);
  return {
    ...sheet(
      scores.question,
      [
        what,
        ...(shown.some(isPartial) && isNarrow(options) ? ["right: score, and answers readable"] : []),
        countText(shown, "n", "answers each"),
        `scorer ${distinct(rows, "scorer").join(", ")}`,
      ],
      options,
    ),
    width,
    height: intervalHeight(variants.length, tasks.length),
    data: { values: [...shown] },
    layer: [
      ...intervalLayers({
        ...{
          value: "score",
          low: "low",
          high: "high",
          title: "score (0–100)",
          domain: [0, 100],
          variants,
          tasks,
          width,
          options,
        },
        label:
          `!isValid(datum.score) ? '' : format(datum.score, '.1f') + ` +
          `(${IS_PARTIAL} ? ' ${isNarrow(options) ? "" : "("}' + datum.counted + '${readable} : '')`,
        tooltip: [
          ...tooltip([
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
          COMMAND,
        ],
      }),
      unscored(variants, { byTask: tasks.length > 1, tasks }),
    ],
  };
}

const IS_PARTIAL = "datum.counted < datum.n";
const isPartial = ({ counted, n }: PlotRow): boolean => Number(counted) < Number(n);

/** Words in place of a point where no answer has a value: an empty line would pass for an oversight. */
function unscored(
  variants: readonly string[],
  { byTask, tasks }: { readonly byTask: boolean; readonly tasks: readonly string[] },
) {
  return {
    transform: [
      { filter: "!isValid(datum.score)" },
      { calculate: "'no score: ' + datum.counted + ' of ' + datum.n + ' readable'", as: "label" },
    ],
    mark: { type: "text" as const, align: "left" as const, dx: 7, fontSize: byTask ? 10 : 11, fontStyle: "italic" as const },
    encoding: {
      x: { datum: 0, type: "quantitative" as const },
      y: { field: "variant", type: "nominal" as const, sort: [...variants] },
      ...(byTask ? { yOffset: { field: "task", type: "nominal" as const, sort: [...tasks] } } : {}),
      text: { field: "label", type: "nominal" as const },
    },
  };
}
