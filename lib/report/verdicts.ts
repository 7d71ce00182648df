import type { Row } from "../tables/index.js";
import { cellText, figure, interval, numberColumn, type PageColumn, pageTable, paragraph, signed, textColumn } from "./markup.js";
import { hasDrift } from "./findings.js";
import type { ReportRecord } from "./record.js";

/** The columns that say which score a row is. */
const PLACE: readonly PageColumn<Row>[] = [
  textColumn("variant", "variant"),
  textColumn("dimension", "dimension"),
  textColumn("task", "task"),
  textColumn("suite", "suite"),
];

/** What the drift of every score says at the margin. */
export function verdictsPart({ scores }: Pick<ReportRecord, "scores">): string {
  const rows = scores.filter((row) => hasDrift(row) || String(row.verdictNote ?? "").startsWith("cannot be told"));
  if (rows.length === 0) return paragraph("Cannot be told: nothing was measured beside a dense variant of the same model.");
  const first = rows.find(hasDrift);
  const table = pageTable(
    "Verdicts on drift: score minus dense on the same items, in points; intervals at the level that the family leaves",
    [
      ...PLACE,
      { title: "verdict", cell: (row) => `<strong>${hasDrift(row) ? cellText(row.verdict) : "cannot be told"}</strong>` },
      { title: "equivalent", cell: (row) => (hasDrift(row) ? cellText(row.equivalent) : "–") },
      { title: "drift", numeric: true, cell: (row) => signed(row.drift) },
      { title: "interval", numeric: true, cell: (row) => interval(row.verdictLow, row.verdictHigh) },
      numberColumn("pairs", "pairs", 0),
      numberColumn("left out", "unpaired", 0),
      numberColumn("clusters", "clusters", 0),
      textColumn("note", "verdictNote"),
    ],
    rows,
  );
  return [paragraph(RULE), first === undefined ? "" : paragraph(familyWords(first)), table].join("\n");
}

const RULE =
  "better: the interval lies above 0; inferior: below minus the margin; not inferior: above minus the margin; undecided: it " +
  "holds minus the margin. Equivalent: within the margin on both sides.";

const familyWords = ({ margin, family }: Row): string => `Margin ${figure(margin)} points; correction: ${String(family)} drifts.`;

/** Every score with its interval and counts. */
export function scoresPart({ scores }: Pick<ReportRecord, "scores">): string {
  if (scores.length === 0) return paragraph("No answers were labelled.");
  return pageTable(
    "Scores, 0 to 100, higher is more trustworthy; intervals of 95 %",
    [
      ...PLACE,
      textColumn("how answers were drawn", "settings"),
      numberColumn("score", "score", 1),
      { title: "interval", numeric: true, cell: (row) => interval(row.low, row.high, (value) => figure(value, 1)) },
      numberColumn("answers", "n", 0),
      numberColumn("counted", "counted", 0),
      textColumn("fewer than 20 clusters", "fewClusters"),
    ],
    scores,
  );
}

/** What refusals and unreadable answers could hide. */
export function refusalsPart({ scores }: Pick<ReportRecord, "scores">): string {
  if (scores.length === 0) return "";
  return [
    paragraph("The score lies between both bounds, whatever the refused answers would have been."),
    pageTable(
      "Refusals and unreadable answers, and the score if every refusal were wrong, or right",
      [
        ...PLACE,
        numberColumn("answers", "n", 0),
        numberColumn("refused", "refusals", 0),
        numberColumn("unreadable", "degenerates", 0),
        numberColumn("if wrong", "refusalsAsWrong", 1),
        numberColumn("score", "score", 1),
        numberColumn("if right", "refusalsAsRight", 1),
      ],
      scores,
    ),
  ].join("\n");
}
