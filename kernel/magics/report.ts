import { basename, isAbsolute, relative, resolve } from "node:path";

import { InputError } from "../../lib/core/errors.js";
import type { Study } from "../../lib/index.js";
import { magic } from "./magic.js";
import { text } from "./parameters.js";
import { SCORER_NAMES, verdictOptions } from "./results.js";
import { choice } from "./parameters.js";
import type { Session } from "./session.js";
import { currentStudy, library } from "./workspace.js";

/** `%report`: the study as one page for others. */
export const report = magic({
  name: "report",
  kind: "line",
  summary:
    "Writes the study as one HTML file for others: what was compared, verdicts, plots, answers that changed, settings, hashes; it needs nothing else",
  positional: { folder: text("the folder of a study; the session's if left out", { shape: "DIR" }) },
  options: {
    out: text("the file; an older report is replaced, nothing else; the study's name and .html if left out", {
      shape: "FILE.html",
    }),
    margin: verdictOptions.margin,
    title: text("the page's heading"),
    scorer: choice("whose labels", SCORER_NAMES, { default: "touchstone" }),
    judge: text("ratings of this judge, where several rated the same answers", { shape: "NAME" }),
  },
  examples: ["%report", '%report studies/first-look --out first-look.html --title "Which model to ship"', "%report --margin 1"],
  result: "void",
  load:
    () =>
    async ({ folder, out, ...given }, { session, display, signal }) => {
      const { makeReport, writeReport } = await library();
      const { study, release } = await studyOf(session, folder);
      try {
        const path = out ?? `${basename(study.folder)}.html`;
        const made = await makeReport(study, { ...given, folder: placeOf(study), signal });
        await writeReport(resolve(path), made.html);
        display(await summary(path, made), { raw: true });
      } finally {
        await release();
      }
    },
});

/** The session's study, or the one in the folder, opened for as long as it is read. */
async function studyOf(session: Session, folder: string | undefined) {
  const keep = { release: (): Promise<void> => Promise.resolve() };
  if (folder === undefined) return { study: await currentStudy(session), ...keep };
  const target = resolve(folder);
  if (session.study?.folder === target) return { study: session.study, ...keep };
  const { isStudy, openStudy } = await library();
  if (!(await isStudy(target)))
    throw new InputError({ where: folder, found: "no study.json", expected: "the folder of a study" });
  const study = await openStudy(target);
  return { study, release: () => study.close() };
}

/** The study's folder as this notebook names it; no path of the machine. */
function placeOf({ folder }: Study): string {
  const place = relative(process.cwd(), folder);
  return place === "" || place.startsWith("..") || isAbsolute(place) ? basename(folder) : place;
}

async function summary(path: string, { findings, html }: { readonly findings: readonly string[]; readonly html: string }) {
  const { escapeHtml } = await library();
  const size = `${Math.ceil(Buffer.byteLength(html) / 1000)} kB`;
  const list = findings.map((sentence) => `<li>${escapeHtml(sentence)}</li>`).join("");
  const link = `<a href="${escapeHtml(encodeURI(path))}" target="_blank">${escapeHtml(path)}</a>`;
  return {
    "text/plain": [...findings, `${path} written, ${size}`].join("\n"),
    "text/html": `<p>Report written: ${link}, ${size}</p><ul>${list}</ul>`,
  };
}
