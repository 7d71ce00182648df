import { ALL_DIMENSIONS } from "../tables/index.js";
import { distinct, drawable, inlineRows, type PlotRow } from "./encoding.js";
import type { Plot } from "./plot.js";
import { type RatePanel, ratePanel } from "./rate-panel.js";
import { isNarrow, methodColour, sheet, widthOf } from "./theme.js";

/** Score against the nominal compression rate by dimension, a line a method; what is chosen, what is noise, what monotony would say. */
export const rate: Plot = {
  name: "rate",
  question: "How much compression is safe?",
  source: "rate",
  needs: [
    ...(["dimension", "variant", "method", "bits", "pattern", "rate", "score", "seedLow", "seedHigh", "seeds", "drift"] as const),
    ...(["driftBound", "recommended", "frequency", "isotonicScore", "pMonotone", "denseScore", "noiseFloor", "margin"] as const),
  ],
  specify(table, options = {}) {
    const found: PlotRow[] = inlineRows(table, rate)
      .filter(({ dimension, score, rate }) => dimension !== ALL_DIMENSIONS && typeof score === "number" && Number(rate) > 0)
      .map((row) => ({ ...row, colour: methodColour(String(row.method)) }));
    const rows = drawable(found, rate, { found: "no score", expected: "answers that can be read", remedy: "ask with %trust" });
    const dimensions = distinct(rows, "dimension");
    const columns = isNarrow(options) || dimensions.length === 1 ? 1 : 2;
    const axes = { ...axesOf(rows), width: Math.floor((widthOf(options) - 18 * (columns - 1)) / columns) - 58 };
    const panels = dimensions.map((dimension) =>
      ratePanel(
        rows.filter((row) => row.dimension === dimension),
        { ...axes, dimension, isOnly: dimensions.length === 1 },
      ),
    );
    return {
      ...sheet(rate.question, subtitle(rows), options),
      columns,
      spacing: 18,
      concat: panels,
    };
  },
};

/** Says only of what there is to see. */
function subtitle(rows: readonly PlotRow[]): string[] {
  const has = (test: (row: PlotRow) => boolean): boolean => rows.some(test);
  const [margin] = rows.map((row) => row.margin).filter((value) => typeof value === "number");
  const isChosen = has(({ recommended }) => recommended === true);
  const against = rows.map(({ pMonotone }) => pMonotone).filter((p) => typeof p === "number");
  return [
    "score (0–100) against rate: bits/16, or share of weights kept; 1 is dense",
    has(hasBand) ? "band: 95 % interval over three seeds or more" : "",
    has(({ noiseFloor }) => typeof noiseFloor === "number")
      ? "grey: noise floor around dense"
      : "no noise floor: dense was not asked twice",
    margin === undefined
      ? ""
      : isChosen
        ? `tick: the strongest that is not inferior by ${margin} points`
        : `no tick: nothing is surely within ${margin} points of dense`,
    against.length === 0 ? "" : `dashed: non-decreasing fit (least p ${Math.min(...against).toPrecision(2)})`,
  ];
}

/** An interval of two seeds spans everything and would hide the rest. */
const hasBand = ({ seeds, seedLow }: PlotRow): boolean => Number(seeds) > 2 && typeof seedLow === "number";

function axesOf(rows: readonly PlotRow[]): Pick<RatePanel, "rates" | "scores"> {
  const rates = [...new Set(rows.map((row) => Number(row.rate)))].filter((value) => value > 0).sort((a, b) => a - b);
  const drawn = rows.flatMap((row) => {
    const floor = Number(row.noiseFloor ?? 0);
    const dense = Number(row.denseScore ?? row.score);
    return [
      Number(row.score),
      dense - floor,
      dense + floor,
      ...(hasBand(row) ? [Number(row.seedLow), Number(row.seedHigh)] : []),
    ];
  });
  const [low, high] = [Math.floor((Math.min(...drawn) - 1) / 5) * 5, Math.ceil((Math.max(...drawn) + 1) / 5) * 5];
  return { rates, scores: [Math.max(0, low), Math.min(100, high)] };
}
