import {
  COMMAND,
  countText,
  distinct,
  drawable,
  inlineRows,
  nameAxis,
  type PlotRow,
  tooltip,
  widthBesideNames,
  withPlaces,
} from "./encoding.js";
import type { Plot, PlotOptions } from "./plot.js";
import { INK, sheet } from "./theme.js";

/** The scores of single seeds by method, their mean with its interval, and dense as a line; a panel a dimension. */
export const seeds: Plot = {
  name: "seeds",
  question: "Would another seed say the same?",
  source: "seeds",
  needs: [
    ...(["dimension", "variant", "recipe", "method", "bits", "pattern", "calibrationSeed", "draw", "score"] as const),
    ...(["seedMean", "seedLow", "seedHigh", "seeds", "denseScore", "scorer"] as const),
  ],
  specify(table, options = {}) {
    const found = inlineRows(table, seeds).filter(({ score }) => typeof score === "number");
    const why = { found: "no score", expected: "answers that can be read", remedy: "ask with %trust" };
    const rows = withPlaces(drawable(found, seeds, why));
    const places = distinct(rows, "place");
    const [low, high] = zoom(rows);
    return {
      ...sheet(
        seeds.question,
        [
          "dots: score of one calibration seed and draw; bar: mean over seeds, 95 % interval",
          "line: dense",
          countText(rows, "seeds", "seeds a method"),
          low > 0 || high < 100 ? `axis from ${low} to ${high} of 0–100` : "",
          `scorer ${distinct(rows, "scorer").join(", ")}`,
        ],
        options,
      ),
      spacing: 14,
      vconcat: places.map((place, i) =>
        panel(
          rows.filter((row) => row.place === place),
          { place, domain: [low, high], isLast: i === places.length - 1, options },
        ),
      ),
    };
  },
};

interface PanelOf {
  readonly place: string;
  readonly domain: readonly [number, number];
  readonly isLast: boolean;
  readonly options: PlotOptions;
}

function panel(rows: readonly PlotRow[], { place, domain, isLast, options }: PanelOf) {
  const families = distinct(rows, "recipe");
  const means = families.flatMap((family) => rows.filter((row) => row.recipe === family).slice(0, 1));
  const dense = rows.filter(({ denseScore }) => typeof denseScore === "number").slice(0, 1);
  const y = {
    field: "recipe",
    type: "nominal" as const,
    sort: families,
    title: null,
    axis: nameAxis(options),
  };
  const x = scoreAxis(domain, isLast);
  const colour = { field: "colour", type: "nominal" as const, scale: null };
  const below = { yOffset: { value: 23 } };
  return {
    title: { text: place, fontSize: 12, fontWeight: "bold" as const, offset: 4 },
    width: widthBesideNames(families, 30, options),
    height: 30 * families.length,
    data: { values: [...rows] },
    layer: [
      {
        data: { values: dense },
        mark: { type: "rule" as const, color: INK, strokeDash: [4, 3] },
        encoding: { x: { ...x, field: "denseScore" } },
      },
      {
        data: { values: means },
        mark: { type: "rule" as const, strokeWidth: 2.5, opacity: 0.6 },
        encoding: {
          y,
          ...below,
          x: { ...x, field: "seedLow" },
          x2: { field: "seedHigh" },
          color: colour,
          tooltip: tooltip([...MEAN]),
        },
      },
      {
        data: { values: means },
        mark: { type: "tick" as const, thickness: 2.5, size: 11, opacity: 1 },
        encoding: { y, ...below, x: { ...x, field: "seedMean" }, color: colour, tooltip: tooltip([...MEAN]) },
      },
      {
        mark: { type: "point" as const, filled: true, size: 46, opacity: 0.75 },
        encoding: {
          y,
          yOffset: { value: 10 },
          x,
          color: colour,
          tooltip: [...tooltip(["variant", "calibrationSeed", "draw", "score"]), COMMAND],
        },
      },
    ],
  };
}

const scoreAxis = (domain: PanelOf["domain"], isLast: boolean) => ({
  field: "score",
  type: "quantitative" as const,
  title: isLast ? "score (0–100)" : null,
  scale: { domain: [...domain], nice: false },
  axis: { grid: true },
});

const MEAN = ["recipe", "seedMean", "seedLow", "seedHigh", "seeds"] as const;

/** Multiples of 5 around all that is drawn. */
function zoom(rows: readonly PlotRow[]): [number, number] {
  const values = rows.flatMap(({ score, seedLow, seedHigh, denseScore }) => [score, seedLow, seedHigh, denseScore]);
  const known = values.filter((value) => typeof value === "number");
  const [low, high] = [Math.floor((Math.min(...known) - 1) / 5) * 5, Math.ceil((Math.max(...known) + 1) / 5) * 5];
  return [Math.max(0, low), Math.min(100, high)];
}
