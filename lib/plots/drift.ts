import { InputError } from "../core/errors.js";
import { ALL_TASKS } from "../tables/index.js";
import { countText, distinct, inlineRows, type PlotRow, SCHEMA, THEME, titleOf, tooltip, widthBesideNames } from "./encoding.js";
import { intervalHeight, intervalLayers } from "./interval-layers.js";
import type { Plot } from "./plot.js";

/**
 * Paired drift from dense with its interval, a line at zero and dashed ones at the margin, and the verdict at the right edge. The
 * interval is the family's, so that it says what the verdict says.
 */
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
    "verdict",
    "verdictLow",
    "verdictHigh",
    "margin",
    "family",
    "pairs",
    "scorer",
  ],
  specify(table, { note } = {}) {
    const rows: PlotRow[] = inlineRows(table, drift).filter((row) => typeof row.drift === "number");
    if (rows.length === 0) {
      throw new InputError({
        where: "plot drift",
        found: "no drift from a dense variant",
        expected: "answers of a compressed variant and of its dense one to the same items",
        remedy: "ask both with %trust",
      });
    }
    const dimensions = distinct(rows, "dimension");
    const named = dimensions.length > 1 ? rows.map(withDimension) : rows;
    const tasks = distinct(named, "task").filter((task) => task !== ALL_TASKS);
    const shown = tasks.length > 1 ? named.filter(({ task }) => task !== ALL_TASKS) : named;
    const variants = distinct(shown, "variant");
    const what = `${dimensions.join(", ")}: score minus dense, paired by item`;
    return {
      $schema: SCHEMA,
      config: THEME,
      title: titleOf(drift.question, [
        what,
        countText(shown, "pairs", "pairs each"),
        `intervals and verdicts at 95 % for all together, ${distinct(shown, "family").join()}`,
        `dashed: the margin of ${marginOf(shown)} points`,
        ...notesOf(shown),
        `scorer ${distinct(shown, "scorer").join(", ")}`,
        note,
      ]),
      width: widthBesideNames(variants, 170),
      height: intervalHeight(variants.length, tasks.length),
      data: { values: shown },
      layer: [
        { data: { values: [{}] }, mark: { type: "rule", color: "#222222" }, encoding: { x: { datum: 0, type: "quantitative" } } },
        ...[-1, 1].map((side) => marginLine(side * marginOf(shown))),
        ...intervalLayers({
          ...{
            value: "drift",
            low: "verdictLow",
            high: "verdictHigh",
            title: "drift from dense, points (right is better)",
            variants,
            tasks,
          },
          label: "format(datum.drift, '+.1f') + ' ' + datum.verdict + (datum.equivalent ? ', equivalent' : '')",
          tooltip: tooltip(["variant", "task", "drift", "verdictLow", "verdictHigh", "verdict", "pairs"]),
        }),
      ],
    };
  },
};

const marginOf = ([row]: readonly PlotRow[]): number => (typeof row?.margin === "number" ? row.margin : 0);

/** That the margin was changed after looking, where it was. */
const notesOf = (rows: readonly PlotRow[]): string[] => [
  ...new Set(rows.map(({ verdictNote }) => verdictNote).filter((note) => typeof note === "string")),
];

const marginLine = (at: number) => ({
  data: { values: [{}] },
  mark: { type: "rule" as const, color: "#767676", strokeDash: [4, 3] },
  encoding: { x: { datum: at, type: "quantitative" as const } },
});

const withDimension = (row: PlotRow): PlotRow => ({ ...row, variant: `${String(row.dimension)} · ${String(row.variant)}` });
