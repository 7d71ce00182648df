import { countText, inlineRows, SCHEMA, THEME, titleOf, PLOT_WIDTH } from "./encoding.js";
import { labelledPoints } from "./labelled-points.js";
import type { Plot } from "./plot.js";

/** Perplexity against effective bits a weight, each variant labelled. */
export const perplexity: Plot = {
  name: "perplexity",
  question: "What do fewer bits cost in language modelling?",
  source: "variants",
  needs: ["variant", "method", "bits", "pattern", "bitsPerWeight", "perplexity", "perplexityLow", "perplexityHigh", "scored"],
  specify(table, { note } = {}) {
    const rows = inlineRows(table, perplexity).filter((row) => typeof row.perplexity === "number");
    return {
      $schema: SCHEMA,
      config: THEME,
      title: titleOf(perplexity.question, [
        "perplexity with 95 % interval over text windows, lower is better",
        countText(rows, "scored", "tokens"),
        note,
      ]),
      width: PLOT_WIDTH,
      height: 320,
      data: { values: rows },
      layer: labelledPoints(rows, {
        x: { field: "bitsPerWeight", title: "effective bits a weight, with scales and zero points" },
        y: { field: "perplexity", title: "perplexity (log)", log: true },
        low: "perplexityLow",
        high: "perplexityHigh",
      }),
    };
  },
};
