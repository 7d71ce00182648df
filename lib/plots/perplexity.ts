import { countText, drawable, inlineRows, tooltip } from "./encoding.js";
import { labelledPoints } from "./labelled-points.js";
import type { Plot } from "./plot.js";
import { isNarrow, sheet, widthOf } from "./theme.js";

/** Perplexity against effective bits a weight, each variant labelled. */
export const perplexity: Plot = {
  name: "perplexity",
  question: "What do fewer bits cost in language modelling?",
  source: "variants",
  needs: ["variant", "method", "bits", "pattern", "bitsPerWeight", "perplexity", "perplexityLow", "perplexityHigh", "scored"],
  specify(table, options = {}) {
    const rows = drawable(
      inlineRows(table, perplexity).filter((row) => Number(row.perplexity) > 0 && typeof row.bitsPerWeight === "number"),
      perplexity,
      { found: "no perplexity", expected: "a text that was measured", remedy: "measure one: %utility perplexity" },
    );
    const [width, height] = [widthOf(options) - 60, 320];
    return {
      ...sheet(
        perplexity.question,
        ["perplexity with 95 % interval over text windows, lower is better", countText(rows, "scored", "tokens")],
        options,
      ),
      ...{ width, height, data: { values: [...rows] } },
      layer: [
        ...labelledPoints(rows, {
          x: {
            field: "bitsPerWeight",
            title: `effective bits a weight${isNarrow(options) ? "" : ", with scales and zero points"}`,
          },
          y: { field: "perplexity", title: "perplexity (log)", log: true },
          ...{ low: "perplexityLow", high: "perplexityHigh", width, height },
          tooltip: tooltip(["variant", "bitsPerWeight", "perplexity", "perplexityLow", "perplexityHigh"], ".3~f"),
        }).layers,
      ],
    };
  },
};
