import { countText, distinct, inlineRows, type PlotRow, SCHEMA, THEME, titleOf, tooltip, widthBesideNames } from "./encoding.js";
import type { Plot } from "./plot.js";

/** The scores of single seeds by method, their mean with its interval, and dense as a line; a panel a dimension. */
export const seeds: Plot = {
  name: "seeds",
  question: "Would another seed say the same?",
  source: "seeds",
  needs: [
    ...(["dimension", "variant", "recipe", "method", "bits", "pattern", "calibrationSeed", "draw", "score"] as const),
    ...(["seedMean", "seedLow", "seedHigh", "seeds", "denseScore", "scorer"] as const),
  ],
  specify(table, { note } = {}) {
    const rows = inlineRows(table, seeds).filter(({ score }) => typeof score === "number");
    const dimensions = distinct(rows, "dimension");
    const [low, high] = zoom(rows);
    return {
      $schema: SCHEMA,
      config: THEME,
      title: titleOf(seeds.question, [
        "dots: score of one calibration seed and draw; bar: mean over seeds, 95 % interval",
        "line: dense",
        countText(rows, "seeds", "seeds a method"),
        low > 0 || high < 100 ? `axis from ${low} to ${high} of 0–100` : "",
        `scorer ${distinct(rows, "scorer").join(", ")}`,
        note,
      ]),
      spacing: 14,
      vconcat: dimensions.map((dimension, i) =>
        panel(
          rows.filter((row) => row.dimension === dimension),
          { dimension, domain: [low, high], isLast: i === dimensions.length - 1 },
        ),
      ),
    };
  },
};

interface PanelOf {
  readonly dimension: string;
  readonly domain: readonly [number, number];
  readonly isLast: boolean;
}

function panel(rows: readonly PlotRow[], { dimension, domain, isLast }: PanelOf) {
  const families = distinct(rows, "recipe");
  const means = families.flatMap((family) => rows.filter((row) => row.recipe === family).slice(0, 1));
  const dense = rows.filter(({ denseScore }) => typeof denseScore === "number").slice(0, 1);
  const y = {
    field: "recipe",
    type: "nominal" as const,
    sort: families,
    title: null,
    axis: { domain: false, ticks: false, labelPadding: 8 },
  };
  const x = scoreAxis(domain, isLast);
  const colour = { field: "colour", type: "nominal" as const, scale: null };
  const below = { yOffset: { value: 27 } };
  return {
    title: { text: dimension, fontSize: 12, fontWeight: "bold" as const, offset: 4 },
    width: widthBesideNames(families, 60),
    height: 36 * families.length,
    data: { values: [...rows] },
    layer: [
      {
        data: { values: dense },
        mark: { type: "rule" as const, color: "#222222", strokeDash: [4, 3] },
        encoding: { x: { ...x, field: "denseScore" } },
      },
      {
        data: { values: means },
        mark: { type: "rule" as const, strokeWidth: 2.5, opacity: 0.55 },
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
          yOffset: { value: 12 },
          x,
          color: colour,
          tooltip: tooltip(["variant", "calibrationSeed", "draw", "score"]),
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
