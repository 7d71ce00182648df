import { pageTable, paragraph, shown } from "./markup.js";
import type { ReportRecord } from "./record.js";

/** The paper's advice, and whether the study follows it. */
export function checklistPart({ tricks }: Pick<ReportRecord, "tricks">): string {
  return pageTable(
    "The “bag of tricks” of Decoding Compressed Trust as a checklist",
    [
      { title: "recommendation", cell: ({ recommendation }) => shown(recommendation) },
      { title: "state", cell: ({ state }) => `<strong>${shown(state)}</strong>` },
      { title: "read from", cell: ({ numbers }) => shown(numbers, 1000) },
    ],
    tricks,
  );
}

type Fact = readonly [name: string, value: string];

const factsTable = (caption: string, facts: readonly Fact[]): string =>
  pageTable(
    caption,
    [
      { title: "what", cell: ([name]) => shown(name, 200) },
      { title: "value", cell: ([, value]) => shown(value) },
    ],
    facts,
  );

/** How answers were made and read, seeds, versions, and the margin's history. */
export function settingsPart({ manifest, ways, name }: ReportRecord): string {
  const list = (values: readonly string[], none = "not recorded"): string => (values.length === 0 ? none : values.join(", "));
  const settings: Fact[] = [
    ["study", name],
    ["begun", manifest.created],
    ["labels of the scorer", ways.scorer],
    ["judges", list(ways.judges, "none was asked")],
    ["how answers were drawn", list(ways.settings, "the suites' own way")],
    ["decoding seeds", list(ways.decodingSeeds, "none: greedy answers")],
    ["chat templates", list(ways.templates)],
    ["precision", list(ways.precisions)],
    ["backend", list(ways.backends)],
    ["threads", manifest.threads === null ? "not recorded" : String(manifest.threads)],
  ];
  const seeds = Object.entries(manifest.seeds).map(([purpose, seed]): Fact => [purpose, String(seed)]);
  const versions = Object.entries(manifest.versions);
  return [
    factsTable("Settings", settings),
    seeds.length === 0 ? paragraph("Seeds: none recorded; bootstraps use seed 0.") : factsTable("Seeds", seeds),
    versions.length === 0 ? paragraph("Versions: none recorded.") : factsTable("Versions", versions),
    marginsHtml(manifest.margins),
  ].join("\n");
}

function marginsHtml(margins: ReportRecord["manifest"]["margins"]): string {
  if (margins.length === 0) return paragraph("Margin: none was fixed, as there was no verdict.");
  const note = margins.length === 1 ? "It was never changed." : "It was changed after verdicts had been shown.";
  const table = pageTable(
    "The margin's history; the last is in force",
    [
      { title: "since", cell: ({ date }) => shown(date, 40) },
      { title: "points", numeric: true, cell: ({ margin }) => shown(String(margin), 20) },
    ],
    margins,
  );
  return `${table}\n${paragraph(note)}`;
}

/** The command that makes the report again. */
export const commandPart = ({ command }: Pick<ReportRecord, "command">): string =>
  [
    paragraph("In a Touchstone notebook beside the study’s folder; the same study gives the same bytes:"),
    `<pre tabindex="0"><code>${shown(command, 1000)}</code></pre>`,
  ].join("\n");
