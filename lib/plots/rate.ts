import { ALL_TASKS } from "../tables/index.js";
import { countText, distinct, inlineRows, SCHEMA, THEME, titleOf, PLOT_WIDTH } from "./encoding.js";
import { labelledPoints } from "./labelled-points.js";
import type { Plot } from "./plot.js";

/** Score against the nominal compression rate, each variant labelled; the first dimension of the table. */
export const rate: Plot = {
  name: "rate",
  question: "How much compression is safe?",
  source: "scores",
  needs: ["variant", "method", "bits", "pattern", "rate", "dimension", "task", "score", "low", "high", "n"],
  specify(table, { note } = {}) {
    const all = inlineRows(table, rate);
    const ofFirst = all.filter(({ dimension }) => dimension === all[0].dimension);
    const rows = ofFirst.some(({ task }) => task === ALL_TASKS) ? ofFirst.filter(({ task }) => task === ALL_TASKS) : ofFirst;
    const [dimension] = distinct(rows, "dimension");
    return {
      $schema: SCHEMA,
      config: THEME,
      title: titleOf(rate.question, [
        `${dimension} score with 95 % interval against compression rate`,
        countText(rows, "n", "answers each"),
        note,
      ]),
      width: PLOT_WIDTH,
      height: 320,
      data: { values: rows },
      layer: labelledPoints(rows, {
        x: { field: "rate", title: "rate: bits/16, or share of weights kept; 1 is dense" },
        y: { field: "score", title: "score (0–100)", domain: [0, 100] },
        low: "low",
        high: "high",
      }),
    };
  },
};
