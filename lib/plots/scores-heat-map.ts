import { ALL_TASKS } from "../tables/index.js";
import { COMMAND, countText, distinct, nameAxis, type PlotRow, tooltip, widthBesideNames } from "./encoding.js";
import { COLOURS, INK, type PlotOptions, sheet, tint } from "./theme.js";

/** Pixels of a column at most, and from where a cell has room for decimals and for its drift. */
const COLUMN = 66;
const ROOMY = 40;
const LINE = { one: 22, two: 30 };

/** Variants x dimensions: the score, below it the drift; tinted by the drift, dotted beyond the noise floor, dashed where refusals decide. */
export function scoresHeatMap(question: string, all: readonly PlotRow[], options: PlotOptions) {
  const places = distinct(all, "place");
  const rows = places.flatMap((place) => {
    const here = all.filter((row) => row.place === place);
    return here.some(isTotal) ? here.filter(isTotal) : here;
  });
  const reach = Math.max(1, ...rows.map(({ drift }) => Math.abs(Number(drift ?? 0))));
  const cells = rows.map((row) => ({ ...row, fill: fillOf(row, reach), decided: isDecided(row, rows) }));
  const variants = distinct(rows, "variant");
  const column = Math.min(COLUMN, widthBesideNames(variants, 26, options) / places.length);
  const isRoomy = column >= ROOMY;
  const axes = {
    x: {
      ...{ field: "place", type: "nominal" as const, sort: places, title: null },
      axis: { labelAngle: -35, orient: "top" as const, domain: false, ticks: false },
    },
    y: { field: "variant", type: "nominal" as const, sort: variants, title: null, axis: nameAxis(options) },
  };
  return {
    ...sheet(
      question,
      [
        isRoomy ? "score (0–100), below it the drift from dense in points" : "score (0–100)",
        `colour: drift, blue better, orange worse, strongest ${reach.toFixed(1)} points`,
        countText(rows, "n", "answers each"),
        floorNote(rows),
        cells.some(({ decided }) => decided) ? "dashed: read otherwise, refusals would turn the drift" : "",
        `scorer ${distinct(rows, "scorer").join(", ")}`,
      ],
      options,
    ),
    width: Math.floor(column * places.length),
    height: (isRoomy ? LINE.two : LINE.one) * variants.length,
    data: { values: cells },
    encoding: axes,
    layer: marks(axes, isRoomy),
  };
}

function marks<X extends object, Y extends object>({ x, y }: Readonly<{ x: X; y: Y }>, isRoomy: boolean) {
  const fontSize = isRoomy ? 12 : 10;
  const shown = [
    ...tooltip(["variant", "dimension", "score", "low", "high", "n", "drift", "noiseFloor"]),
    ...tooltip(["floorSource", "refusals", "refusalsAsWrong", "refusalsAsRight"]),
    COMMAND,
  ];
  return [
    {
      mark: { type: "rect" as const, stroke: INK, strokeWidth: 1, strokeOpacity: 0.12 },
      encoding: { color: { field: "fill", type: "nominal" as const, scale: null }, tooltip: shown },
    },
    {
      transform: [{ filter: "datum.decided" }],
      mark: { type: "rect" as const, fill: "transparent", stroke: INK, strokeWidth: 1.5, strokeDash: [3, 2] },
      encoding: { tooltip: shown },
    },
    {
      transform: [{ filter: "datum.insideFloor === false" }],
      mark: { type: "point" as const, filled: true, size: 20, color: INK, opacity: 1 },
      encoding: { x: { ...x, bandPosition: 0.88 }, y: { ...y, bandPosition: 0.2 } },
    },
    {
      transform: [{ calculate: `isValid(datum.score) ? format(datum.score, '${isRoomy ? ".1f" : ".0f"}') : '–'`, as: "text" }],
      mark: { type: "text" as const, fontSize, dy: isRoomy ? -6 : 0 },
      encoding: { text: { field: "text", type: "nominal" as const } },
    },
    ...(isRoomy
      ? [
          {
            transform: [{ filter: "isValid(datum.drift)" }, { calculate: "format(datum.drift, '+.1f')", as: "text" }],
            mark: { type: "text" as const, fontSize: 9.5, dy: 7 },
            encoding: { text: { field: "text", type: "nominal" as const } },
          },
        ]
      : []),
  ];
}

/** Nothing where there is no drift, so that the eye goes to what changed. */
function fillOf({ drift }: PlotRow, reach: number): string {
  if (typeof drift !== "number") return "transparent";
  return tint(drift < 0 ? COLOURS.worse : COLOURS.better, Math.abs(drift) / reach);
}

/** Whether the score would lie on the other side of the dense one's, were all refusals read in the other way. */
function isDecided({ drift, place, refusals, refusalsAsRight, refusalsAsWrong }: PlotRow, rows: readonly PlotRow[]): boolean {
  const dense = rows.find((row) => row.place === place && row.method === "dense")?.score;
  if (typeof drift !== "number" || typeof dense !== "number" || drift === 0 || !(Number(refusals) > 0)) return false;
  if (drift < 0) return typeof refusalsAsRight === "number" && refusalsAsRight >= dense;
  return typeof refusalsAsWrong === "number" && refusalsAsWrong <= dense;
}

/** What the dots say, or why there are none. */
function floorNote(rows: readonly PlotRow[]): string {
  const measured = rows.filter(({ noiseFloor }) => typeof noiseFloor === "number");
  if (measured.length === 0) return "no noise floor: dense was not asked twice";
  const all = distinct(measured, "dimension");
  return `dot: drift beyond the noise floor${all.length < distinct(rows, "dimension").length ? ` (known for ${all.join(", ")})` : ""}`;
}

const isTotal = ({ task }: PlotRow): boolean => task === ALL_TASKS;
