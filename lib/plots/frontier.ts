import { inlineRows, type PlotRow, SCHEMA, THEME, titleOf, PLOT_WIDTH } from "./encoding.js";
import { labelledPoints } from "./labelled-points.js";
import type { Plot } from "./plot.js";

/** Size against perplexity, with the line of variants that no other one beats in both. */
export const frontier: Plot = {
  name: "frontier",
  question: "What do I pay for a smaller model?",
  source: "variants",
  needs: ["variant", "method", "bits", "pattern", "sizeMB", "perplexity", "perplexityLow", "perplexityHigh"],
  specify(table, { note } = {}) {
    const rows = inlineRows(table, frontier).filter((row) => typeof row.perplexity === "number");
    return {
      $schema: SCHEMA,
      config: THEME,
      title: titleOf(frontier.question, [
        "size against perplexity, both better when lower",
        "line: no variant is better in both",
        note,
      ]),
      width: PLOT_WIDTH,
      height: 320,
      data: { values: rows },
      layer: [
        {
          data: { values: unbeaten(rows) },
          mark: { type: "line", interpolate: "step-after", color: "#b0b0b0", strokeDash: [4, 3] },
          encoding: { x: { field: "sizeMB", type: "quantitative" }, y: { field: "perplexity", type: "quantitative" } },
        },
        ...labelledPoints(rows, {
          x: { field: "sizeMB", title: "size, MB (log)", log: true },
          y: { field: "perplexity", title: "perplexity (log)", log: true },
          low: "perplexityLow",
          high: "perplexityHigh",
        }),
      ],
    };
  },
};

/** By size; those with a lower perplexity than every smaller one. */
function unbeaten(rows: readonly PlotRow[]): PlotRow[] {
  const sorted = [...rows].sort((a, b) => Number(a.sizeMB) - Number(b.sizeMB) || Number(a.perplexity) - Number(b.perplexity));
  let best = Infinity;
  return sorted.filter((row) => {
    if (Number(row.perplexity) >= best) return false;
    best = Number(row.perplexity);
    return true;
  });
}
