import { ALL_TASKS } from "../tables/index.js";
import { countText, distinct, inlineRows, type PlotRow, SCHEMA, THEME, titleOf, tooltip, widthBesideNames } from "./encoding.js";
import { intervalHeight, intervalLayers } from "./interval-layers.js";
import type { Plot } from "./plot.js";

/** Paired drift from dense with its interval, a zero line, and the adjusted p-value beside each. */
export const drift: Plot = {
  name: "drift",
  question: "What changed, for certain?",
  source: "scores",
  needs: [
    "variant",
    "method",
    "bits",
    "pattern",
    "dimension",
    "task",
    "drift",
    "driftLow",
    "driftHigh",
    "pHolm",
    "pairs",
    "scorer",
  ],
  specify(table, { note } = {}) {
    const rows: PlotRow[] = inlineRows(table, drift).filter((row) => typeof row.drift === "number");
    const dimensions = distinct(rows, "dimension");
    const named = dimensions.length > 1 ? rows.map(withDimension) : rows;
    const tasks = distinct(named, "task").filter((task) => task !== ALL_TASKS);
    const shown = tasks.length > 1 ? named.filter(({ task }) => task !== ALL_TASKS) : named;
    const variants = distinct(shown, "variant");
    const what = `${dimensions.join(", ")}: score minus dense with 95 % interval, paired by item`;
    return {
      $schema: SCHEMA,
      config: THEME,
      title: titleOf(drift.question, [
        what,
        countText(shown, "pairs", "pairs each"),
        "p by Holm",
        `scorer ${distinct(shown, "scorer").join(", ")}`,
        note,
      ]),
      width: widthBesideNames(variants, 150),
      height: intervalHeight(variants.length, tasks.length),
      data: { values: shown },
      layer: [
        { data: { values: [{}] }, mark: { type: "rule", color: "#222222" }, encoding: { x: { datum: 0, type: "quantitative" } } },
        ...intervalLayers({
          ...{
            value: "drift",
            low: "driftLow",
            high: "driftHigh",
            title: "drift from dense, points (right is better)",
            variants,
            tasks,
          },
          label:
            "format(datum.drift, '+.1f') + (datum.pHolm === null ? '' : datum.pHolm < 0.001 ? ', p < 0.001' : ', p ' + format(datum.pHolm, '.2~g'))",
          tooltip: tooltip(["variant", "task", "drift", "driftLow", "driftHigh", "pHolm", "pairs"]),
        }),
      ],
    };
  },
};

const withDimension = (row: PlotRow): PlotRow => ({ ...row, variant: `${String(row.dimension)} · ${String(row.variant)}` });
