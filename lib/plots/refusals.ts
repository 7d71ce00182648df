import { ALL_TASKS } from "../tables/index.js";
import {
  COMMAND,
  countText,
  distinct,
  drawable,
  inlineRows,
  type PlotRow,
  tooltip,
  widthBesideNames,
  withPlaces,
} from "./encoding.js";
import { intervalHeight, intervalLayers } from "./interval-layers.js";
import type { Plot } from "./plot.js";
import { isNarrow, sheet } from "./theme.js";

/** Each variant's score on the bar from all refusals counted as wrong to all counted as right; a panel a dimension. */
export const refusals: Plot = {
  name: "refusals",
  question: "How much do refusals decide?",
  source: "scores",
  needs: [
    ...(["variant", "method", "bits", "pattern", "dimension", "task", "score", "low", "high", "n", "refusals"] as const),
    ...(["refusalsAsRight", "refusalsAsWrong", "scorer"] as const),
  ],
  specify(table, options = {}) {
    const found = inlineRows(table, refusals).filter(({ score }) => typeof score === "number");
    const scored = withPlaces(
      drawable(found, refusals, {
        found: "no score",
        expected: "answers that can be read",
        remedy: "look at what the variants answered, with %items",
      }),
    );
    const places = distinct(scored, "place");
    const panels = places.map((place) => totalsOf(scored.filter((row) => row.place === place)));
    const shown = panels.flat();
    const width = widthBesideNames(distinct(shown, "variant"), isNarrow(options) ? 60 : 130, options);
    return {
      ...sheet(
        refusals.question,
        [
          `point: the score as ${distinct(shown, "scorer").join(", ")} reads refusals`,
          "bar: from every refusal wrong to every refusal right; no interval",
          ...(isNarrow(options) ? ["right: answers refused"] : []),
          countText(shown, "n", "answers each"),
        ],
        options,
      ),
      spacing: 12,
      vconcat: panels.map((rows, i) => {
        const variants = distinct(rows, "variant");
        return {
          title: { text: places[i], fontSize: 12, fontWeight: "bold" as const, offset: 4 },
          ...{ width, height: intervalHeight(variants.length, 1), data: { values: rows } },
          layer: intervalLayers({
            ...{ value: "score", low: "refusalsAsWrong", high: "refusalsAsRight", domain: [0, 100] },
            ...{ variants, tasks: [], width, options, title: i === places.length - 1 ? "score (0–100)" : null },
            label: `datum.refusals + '${isNarrow(options) ? "/" : " of "}' + datum.n${isNarrow(options) ? "" : " + ' refused'"}`,
            tooltip: [
              ...tooltip(["variant", "dimension", "score", "low", "high", "refusalsAsWrong", "refusalsAsRight", "n", "refusals"]),
              COMMAND,
            ],
          }),
        };
      }),
    };
  },
};

/** The score over tasks, of a variant that has one; of one asked for a single task, that task's. */
function totalsOf(rows: readonly PlotRow[]): PlotRow[] {
  const totals = rows.filter(({ task }) => task === ALL_TASKS);
  return totals.length > 0 ? totals : [...rows];
}
