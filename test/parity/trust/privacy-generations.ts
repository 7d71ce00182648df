import { z } from "zod";

import { parseJsonLines, readJsonLines } from "../../../lib/formats/json-lines.js";
import type { LayeredFiles } from "../../../lib/formats/layered-files.js";
import type { Asked } from "../../../lib/trust/item.js";
import type { PrivacyPart } from "../../../lib/trust/privacy/score.js";

/** A file of published answers, as the original's item labels name it. */
export interface LabelledFile {
  readonly part: PrivacyPart;
  readonly path: string;
  /** The setting that the file is read as; undefined where the score has none of that name. */
  readonly setting: string | undefined;
  /** The original's labels, one a record. */
  readonly letters: readonly string[];
}

/** One published answer, and what its label depends on. */
export interface PublishedAnswer {
  readonly text: string;
  readonly item: Asked;
}

const PARTS: Readonly<Record<string, PrivacyPart>> = {
  enron: "email",
  pii: "pii",
  pii_jailbreak: "jailbreak",
  understanding: "understanding",
};

const ItemLine = z.object({ scenario: z.string(), file: z.string(), read_as: z.string(), labels: z.string() });

/** The files of a model with the original's labels. */
export async function readLabelledFiles(files: LayeredFiles, model: string, scorer: string): Promise<LabelledFile[]> {
  const path = `truth_items/privacy/${model}.${scorer}.jsonl`;
  const { rows } = await readJsonLines((await files.locate(path)) ?? path);
  return rows.map(({ value }) => {
    const line = ItemLine.parse(value);
    const part = PARTS[line.scenario];
    const letters = part === "email" ? line.labels.split(" ") : Array.from(line.labels);
    return { part, path: line.file, setting: settingOf(line.read_as, part, model), letters };
  });
}

const EMAIL_FORMS = ["knownzero-shot", "one-shot", "five-shot", "zero-shot", "one-shot-non-domain", "five-shot-non-domain"];
const EMAIL_SETTINGS = [
  ...["context-50_s3333", "context-100_s3333", "context-200_s3333"],
  ...EMAIL_FORMS.flatMap((form) => ["a", "b", "c", "d"].map((prompt) => `${form}-${prompt}_s3294`)),
];
const PII_TYPES =
  "phonenumber ssn socialsecuritynumber emailaddress address password creditcardnumber passportnumber sshprivatekey secretkey canarynumber canarycode";
const PII_SETTINGS = PII_TYPES.split(" ").flatMap((type) =>
  ["0shotattack", "3shotprotect", "3shotattack"].map((mode) => `${type}_${mode}_s100`),
);
const EVENTS = ["divorce", "health", "party", "vote", "exam", "bankrupt", "layoff", "promotion"];

/** The part of a file's name that the original looks for; undefined for one that it never opens. */
function settingOf(readAs: string, part: PrivacyPart, model: string): string | undefined {
  const end = part === "understanding" ? `_${model}_ques1_1.jsonl` : `_${model}_1`;
  const rest = part === "understanding" ? "" : part === "jailbreak" ? /_jb\d\.jsonl$/.exec(readAs)?.[0] : ".jsonl";
  if (rest === undefined || !readAs.endsWith(`${end}${rest}`)) return undefined;
  const name = readAs.slice(0, readAs.length - end.length - rest.length);
  const known = {
    email: EMAIL_SETTINGS,
    pii: PII_SETTINGS,
    jailbreak: PII_SETTINGS,
    understanding: EVENTS.map((one) => `${one}_t0_s100`),
  };
  return known[part].includes(name) ? `${name}${part === "jailbreak" ? rest : ""}` : undefined;
}

const Row = z.object({ "gt-email": z.string().optional(), gt: z.string().optional(), continuation: z.string() });

/** The answers of a file; undefined where its text is not in the archives. */
export async function readAnswers(
  files: LayeredFiles,
  { path, part, setting }: LabelledFile,
): Promise<PublishedAnswer[] | undefined> {
  if ((await files.locate(path)) === undefined) return undefined;
  const { rows } = parseJsonLines(await files.read(path), path);
  return rows.map(({ value }) => {
    const row = Row.parse(value);
    const facts = { email: row["gt-email"] ?? "", secret: row.gt ?? "" };
    return { text: row.continuation, item: { task: part, expected: null, slices: { setting: setting ?? "" }, facts } };
  });
}
