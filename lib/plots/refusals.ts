import { ALL_TASKS } from "../tables/index.js";
import { countText, distinct, inlineRows, type PlotRow, SCHEMA, THEME, titleOf, tooltip, widthBesideNames } from "./encoding.js";
import { intervalHeight, intervalLayers } from "./interval-layers.js";
import type { Plot } from "./plot.js";

/** Each variant's score on the bar from all refusals counted as wrong to all counted as right. */
export const refusals: Plot = {
  name: "refusals",
  question: "How much do refusals decide?",
  source: "scores",
  needs: [
    ...(["variant", "method", "bits", "pattern", "dimension", "task", "score", "low", "high", "n", "refusals"] as const),
    ...(["refusalsAsRight", "refusalsAsWrong", "scorer"] as const),
  ],
  specify(table, { note } = {}) {
    const scored = inlineRows(table, refusals).filter(({ score }) => typeof score === "number");
    const dimensions = distinct(scored, "dimension");
    const totals = dimensions.flatMap((dimension) => totalsOf(scored.filter((row) => row.dimension === dimension)));
    const shown = dimensions.length > 1 ? totals.map(withDimension) : totals;
    const variants = distinct(shown, "variant");
    return {
      $schema: SCHEMA,
      config: THEME,
      title: titleOf(refusals.question, [
        `${dimensions.join(", ")}: point: the score as ${distinct(shown, "scorer").join(", ")} reads refusals`,
        "bar: from every refusal wrong to every refusal right; no interval",
        countText(shown, "n", "answers each"),
        note,
      ]),
      width: widthBesideNames(variants, 130),
      height: intervalHeight(variants.length, 1),
      data: { values: shown },
      layer: intervalLayers({
        ...{ value: "score", low: "refusalsAsWrong", high: "refusalsAsRight", title: "score (0–100)", domain: [0, 100] },
        ...{ variants, tasks: [] },
        label: "datum.refusals + ' of ' + datum.n + ' refused'",
        tooltip: tooltip(["variant", "score", "low", "high", "refusalsAsWrong", "refusalsAsRight", "n", "refusals"]),
      }),
    };
  },
};

/** The score over tasks, of a variant that has one; of one asked for a single task, that task's. */
function totalsOf(rows: readonly PlotRow[]): PlotRow[] {
  const totals = rows.filter(({ task }) => task === ALL_TASKS);
  return totals.length > 0 ? totals : [...rows];
}

const withDimension = (row: PlotRow): PlotRow => ({ ...row, variant: `${String(row.dimension)} · ${String(row.variant)}` });
