import { basename } from "node:path";

import { comparisons, type Comparison } from "../analysis/index.js";
import { InputError } from "../core/errors.js";
import { fingerprint } from "../core/fingerprint.js";
import { bagOfTricks } from "../paper/index.js";
import type { Study } from "../study/index.js";
import { type Row, type Table, type ScoresOptions, scoresTable, variantsTable } from "../tables/index.js";
import { findings } from "./findings.js";
import { flipsOf } from "./flips.js";
import { reportPage } from "./page.js";
import { picturesOf } from "./pictures.js";
import type { AnswersDigest, ReportRecord, Ways } from "./record.js";
import { withDistinctTitles } from "./titles.js";

/** What a report says, and how. */
export interface ReportOptions extends Pick<ScoresOptions, "margin" | "scorer" | "judge"> {
  /** Default "Trust report: " and the study's name. */
  readonly title?: string | undefined;
  /** The study's folder as the command names it; default its last part. */
  readonly folder?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A report: what was found in words, and the page. */
export interface Report {
  /** One for all, then one a compressed variant. */
  readonly findings: readonly string[];
  /** A whole HTML document; the same study and options give the same bytes. */
  readonly html: string;
}

/**
 * The report of a study. As whoever looks at verdicts, it fixes the study's margin.
 * @throws InputError where the study has no answers, a margin is none, or several judges rated a dimension and none is named
 */
export async function makeReport(study: Study, options: ReportOptions = {}): Promise<Report> {
  const answers = await digests(study);
  if (answers.length === 0) {
    throw new InputError({
      where: study.folder,
      found: "a study without answers",
      expected: "answers of at least one variant",
      remedy: "ask first, with %trust or %utility",
    });
  }
  const record = await gather(withDistinctTitles(study), options, answers);
  return { findings: findings(record), html: reportPage(record) };
}

async function gather(study: Study, options: ReportOptions, answers: readonly AnswersDigest[]): Promise<ReportRecord> {
  const { scorer = "touchstone", margin, judge, signal } = options;
  const chosen = { scorer, margin, judge };
  const scores = rowsOf(await scoresTable(study, chosen)); // first: it settles the margin
  const compared = await comparisons(study, chosen);
  const name = basename(study.folder);
  const title = options.title ?? `Trust report: ${name}`;
  return {
    ...{ title, name, scores, manifest: study.manifest() },
    answers: answers.map((each) => ({ ...each, variant: study.manifest().variants[each.variant]?.title ?? each.variant })),
    variants: rowsOf(await variantsTable(study)),
    flips: flipsOf(compared, scorer),
    pictures: await picturesOf(study, chosen),
    tricks: await bagOfTricks(study, { scorer, judge, signal }),
    ways: waysOf(compared, scorer),
    command: commandOf(study, options),
  };
}

/** Count and digest of each file of records, variants in the manifest's order, by id. */
async function digests(study: Study): Promise<AnswersDigest[]> {
  const found: AnswersDigest[] = [];
  for (const variant of Object.keys(study.manifest().variants)) {
    for (const dimension of await study.recorded(variant)) {
      const records = await study.records(variant, dimension);
      if (records.length === 0) continue;
      const digest = fingerprint(records.map(({ key, generation }) => [key, generation.text]));
      found.push({ variant, dimension, records: records.length, digest });
    }
  }
  return found;
}

function waysOf(compared: readonly Comparison[], scorer: string): Ways {
  const all = compared.flatMap(({ records }) => records);
  const distinct = (values: readonly (string | number | null | undefined)[]): string[] => [
    ...new Set(values.filter((value) => value !== null && value !== undefined && value !== "").map(String)),
  ];
  return {
    scorer,
    judges: distinct(all.map(({ judgement }) => judgement?.judge)),
    settings: distinct(all.map(({ settings }) => settings)),
    decodingSeeds: distinct(all.map(({ decodingSeed }) => decodingSeed)),
    templates: distinct(all.map(({ template }) => template)),
    precisions: distinct(all.map(({ precision }) => precision)),
    backends: distinct(all.map(({ backend }) => backend)),
  };
}

function commandOf(study: Study, { folder = basename(study.folder), title, scorer, judge }: ReportOptions): string {
  const margin = study.manifest().margins.at(-1)?.margin;
  const more = Object.entries({ margin, title, scorer, judge }).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name} ${quoted(String(value))}`],
  );
  return ["%report", quoted(folder), ...more].join(" ");
}

const quoted = (word: string): string => (/^[\w./-]+$/.test(word) ? word : `"${word.replaceAll('"', "'")}"`);

/** A table's rows, numbers that are none as null. */
const rowsOf = (table: Table): Row[] =>
  table.objects({ grouped: false }).map((row) => {
    const entries: [string, unknown][] = Object.entries(row);
    return Object.fromEntries(entries.map(([name, value]): [string, Row[string]] => [name, plainCell(value)]));
  });

function plainCell(value: unknown): Row[string] {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  return typeof value === "string" || typeof value === "boolean" ? value : null;
}
