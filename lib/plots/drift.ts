import { ALL_TASKS } from "../tables/index.js";
import {
  COMMAND,
  countText,
  distinct,
  drawable,
  inlineRows,
  type PlotRow,
  tooltip,
  widthBesideNames,
  withPlaces,
} from "./encoding.js";
import { intervalHeight, intervalLayers, pointsAround } from "./interval-layers.js";
import type { Plot, PlotOptions } from "./plot.js";
import { INK, isNarrow, sheet } from "./theme.js";

/**
 * Paired drift from dense with its interval, a line at zero and dashed ones at the margin, and the verdict at the right edge; a panel a
 * dimension, and of one dimension its tasks. The interval is the family's, so that it says what the verdict says.
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
  specify(table, options = {}) {
    const found = inlineRows(table, drift).filter((row) => typeof row.drift === "number");
    const rows = withPlaces(
      drawable(found, drift, {
        found: "no drift from a dense variant",
        expected: "answers of a compressed variant and of its dense one to the same items",
        remedy: "ask both with %trust",
      }),
    );
    const places = distinct(rows, "place");
    const panels = places.map((place) => chosen(rows, { place, byTask: places.length === 1 }));
    const shown = panels.flat();
    const margin = marginOf(shown);
    const domain = pointsAround([...shown, { drift: margin }, { drift: -margin }], ["drift", "verdictLow", "verdictHigh"]);
    return {
      ...sheet(
        drift.question,
        [
          `${places.join(", ")}: score minus dense, paired by item`,
          countText(shown, "pairs", "pairs each"),
          `intervals and verdicts at 95 % for all together, ${distinct(shown, "family").join()}`,
          `dashed: the margin of ${margin} points`,
          ...notesOf(shown),
          `scorer ${distinct(shown, "scorer").join(", ")}`,
        ],
        options,
      ),
      spacing: 12,
      vconcat: panels.map((ofPlace, i) =>
        panel(ofPlace, {
          heading: places.length > 1 ? places[i] : undefined,
          domain,
          margin,
          shown,
          options,
          isLast: i === places.length - 1,
        }),
      ),
    };
  },
};

/** Of several dimensions the score over all tasks, where there is one; of one its tasks. */
function chosen(rows: readonly PlotRow[], { place, byTask }: { readonly place: string; readonly byTask: boolean }): PlotRow[] {
  const here = rows.filter((row) => row.place === place);
  const [totals, parts] = [here.filter(({ task }) => task === ALL_TASKS), here.filter(({ task }) => task !== ALL_TASKS)];
  if (byTask) return distinct(parts, "task").length > 1 ? parts : totals.length > 0 ? totals : parts;
  return totals.length > 0 ? totals : parts;
}

interface PanelOf {
  readonly heading: string | undefined;
  readonly domain: readonly [number, number];
  readonly margin: number;
  /** Of all panels, which share their names' room. */
  readonly shown: readonly PlotRow[];
  readonly options: PlotOptions;
  readonly isLast: boolean;
}

function panel(rows: readonly PlotRow[], { heading, domain, margin, shown, options, isLast }: PanelOf) {
  const variants = distinct(rows, "variant");
  const tasks = distinct(rows, "task");
  const width = widthBesideNames(distinct(shown, "variant"), isNarrow(options) ? 84 : 178, options);
  return {
    ...(heading === undefined ? {} : { title: { text: heading, fontSize: 12, fontWeight: "bold" as const, offset: 4 } }),
    width,
    height: intervalHeight(variants.length, tasks.length),
    data: { values: [...rows] },
    layer: [
      {
        data: { values: [{}] },
        mark: { type: "rule" as const, color: INK },
        encoding: { x: { datum: 0, type: "quantitative" as const } },
      },
      ...[-1, 1].map((side) => marginLine(side * margin)),
      ...intervalLayers({
        ...{ value: "drift", low: "verdictLow", high: "verdictHigh", variants, tasks, domain, width, options },
        title: isLast ? "drift from dense, points (right is better)" : null,
        label: `format(datum.drift, '+.1f') + ' ' + datum.verdict${isNarrow(options) ? "" : " + (datum.equivalent ? ', equivalent' : '')"}`,
        tooltip: [...tooltip(["variant", "task", "drift", "verdictLow", "verdictHigh", "verdict", "pairs"]), COMMAND],
      }),
    ],
  };
}

const marginOf = ([row]: readonly PlotRow[]): number => (typeof row?.margin === "number" ? row.margin : 0);

/** That the margin was changed after looking, where it was. */
const notesOf = (rows: readonly PlotRow[]): string[] => [
  ...new Set(rows.map(({ verdictNote }) => verdictNote).filter((note) => typeof note === "string")),
];

const marginLine = (at: number) => ({
  data: { values: [{}] },
  mark: { type: "rule" as const, color: INK, opacity: 0.6, strokeDash: [4, 3] },
  encoding: { x: { datum: at, type: "quantitative" as const } },
});
