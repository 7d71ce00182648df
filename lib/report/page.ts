import { comparedPart } from "./compared.js";
import { findingsPart } from "./findings.js";
import { flipsPart } from "./flips.js";
import { part, shown } from "./markup.js";
import { picturesPart } from "./pictures.js";
import { checklistPart, commandPart, settingsPart } from "./provenance.js";
import type { ReportRecord } from "./record.js";
import { STYLE } from "./style.js";
import { refusalsPart, scoresPart, verdictsPart } from "./verdicts.js";

/** How a report is known for one: only such a file is overwritten. */
export const GENERATOR = '<meta name="generator" content="touchstone report 1">';

/** Nothing is asked of the network, and no script runs. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/** The parts of the page in their order: id, heading, body. */
const PARTS: readonly (readonly [string, string, (record: ReportRecord) => string])[] = [
  ["found", "What was found", findingsPart],
  ["verdicts", "Verdicts by dimension", verdictsPart],
  ["scores", "Scores", scoresPart],
  ["plots", "Plots", picturesPart],
  ["refusals", "Refusals", refusalsPart],
  ["flips", "Answers that changed", flipsPart],
  ["compared", "What was compared", comparedPart],
  ["checklist", "Checklist", checklistPart],
  ["settings", "Settings, seeds and versions", settingsPart],
  ["again", "How to make this page again", commandPart],
];

/** The whole report as one HTML document that needs nothing else. */
export function reportPage(record: ReportRecord): string {
  const parts = PARTS.map(([id, title, body]) => ({ id, title, html: part(id, title, body(record)) })).filter(
    ({ html }) => html !== "",
  );
  const links = parts.map(({ id, title }) => `<li><a href="#${id}">${shown(title)}</a></li>`).join("\n");
  const title = shown(record.title, 200);
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
${GENERATOR}
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>${title}</h1>
<p class="soft">${shown(overview(record))}</p>
<nav aria-label="Parts of this page"><ul>
${links}
</ul></nav>
</header>
<main>
${parts.map(({ html }) => html).join("\n")}
</main>
<footer><p class="small">Made by Touchstone from the study’s records alone.</p></footer>
</body>
</html>
`;
}

function overview({ name, manifest }: ReportRecord): string {
  const count = (things: object, noun: string): string => {
    const n = Object.keys(things).length;
    return `${n} ${noun}${n === 1 ? "" : "s"}`;
  };
  const { models, variants, suites, created } = manifest;
  return `Study ${name}, begun ${created.slice(0, 10)}: ${count(models, "model")}, ${count(variants, "variant")}, ${count(suites, "suite")}.`;
}
