import { z } from "zod";

import { InputError } from "../core/errors.js";
import { groupBy } from "../core/group.js";
import { closestNames } from "../core/lookup.js";
import { readCsv } from "../formats/csv.js";
import { dataPath } from "../formats/data-folder.js";

/** The trust dimensions that the paper has, in the order of our catalogue. */
export const PAPER_DIMENSIONS = [
  ...(["stereotype", "toxicity", "privacy", "fairness", "ethics", "adversarial", "ood", "icl"] as const),
] as const;
/** A dimension of the paper, by our name. */
export type PaperDimension = (typeof PAPER_DIMENSIONS)[number];

/** What is measured: a trust dimension, or MMLU's accuracy. */
export type PaperMeasure = PaperDimension | "mmlu";

/** A figure for each measure; null where none is published or measured. */
export type Figures = Readonly<Record<PaperMeasure, number | null>>;

/** What was done to a model. */
export interface Compression {
  /** "dense" where nothing was. */
  readonly method: string;
  readonly bits: number | null;
  /** "2:4", "50%"; null where nothing is pruned. */
  readonly pattern: string | null;
  /** Of the calibration set; null where none is stated. */
  readonly seed: number | null;
  /** Nominal: bits/16, or 1 − sparsity; 1 is dense. */
  readonly rate: number;
}

/** One published model: what was done to it, and its figures. */
export interface PublishedModel extends Compression {
  /** Its name in the published table. */
  readonly id: string;
  /** The model that was compressed: "llama-2-13b-chat". */
  readonly model: string;
  /** 0–100, higher is more trustworthy; of MMLU its accuracy in per cent. */
  readonly scores: Figures;
  /** Refusals in per cent of the answers; null for MMLU. */
  readonly refusals: Figures;
  /** As published: the mean of MMLU and the eight dimensions. */
  readonly average: number | null;
}

/** Figures with more digits or other averages stand in the leaderboards; this is the table that holds everything. */
const TABLE = "num_sheet";
const COLUMNS = ["table", "model_id", "model", "method", "bits", "pattern", "seed", "dimension", "metric", "value"] as const;

const optionalNumber = z.string().transform((text, context) => {
  if (text === "") return null;
  const value = Number(text);
  if (Number.isFinite(value)) return value;
  context.addIssue(`${JSON.stringify(text)} is no number`);
  return z.NEVER;
});

const PaperRow = z.object({
  table: z.enum(["num_sheet", "leaderboard", "leaderboard_full"]),
  model_id: z.string().min(1),
  model: z.string().min(1),
  method: z.enum(["dense", "gptq", "awq", "magnitude", "wanda", "sparsegpt"]),
  bits: optionalNumber,
  pattern: z.string().regex(/^(\d+:\d+)?$/, "a pattern n:m, or nothing"),
  seed: optionalNumber,
  dimension: z.enum([...PAPER_DIMENSIONS, "mmlu", "average"]),
  metric: z.enum(["score", "refusal", "accuracy"]),
  value: optionalNumber.refine((value) => value === null || (value >= 0 && value <= 100), "a figure from 0 to 100, or nothing"),
});
type PaperRow = z.infer<typeof PaperRow>;

/** The published models, in the table's order. @throws InputError naming the file, the line and what is wrong there */
export async function readPublished(path = dataPath("paper", "figures.csv")): Promise<PublishedModel[]> {
  const cells = await readCsv(path, COLUMNS);
  const rows = cells.map((row, index) => {
    const read = PaperRow.safeParse(row);
    if (read.success) return read.data;
    const [issue] = read.error.issues;
    const column = issue.path.join(".");
    throw new InputError({
      where: `${path}, line ${index + 2}, ${column}`,
      found: JSON.stringify(row[column]),
      expected: issue.message,
    });
  });
  const ofTable = rows.filter(({ table }) => table === TABLE);
  return [...groupBy(ofTable, ({ model_id }) => model_id)].map(([id, ofModel]) => modelOf(id, ofModel, path));
}

function modelOf(id: string, rows: readonly PaperRow[], path: string): PublishedModel {
  const [{ model, method, bits, pattern, seed }] = rows;
  const cell = (dimension: string, metric: string): number | null => {
    const found = rows.filter((row) => row.dimension === dimension && row.metric === metric);
    if (found.length > 1)
      throw new InputError({
        where: `${path}, ${id}`,
        found: `${found.length} rows of ${dimension}, ${metric}`,
        expected: "one",
      });
    return found.at(0)?.value ?? null;
  };
  return {
    ...{ id, model, method, bits, seed },
    pattern: pattern === "" ? null : pattern,
    rate: nominalRate({ bits, pattern }),
    scores: { ...figures((dimension) => cell(dimension, "score")), mmlu: cell("mmlu", "accuracy") },
    refusals: { ...figures((dimension) => cell(dimension, "refusal")), mmlu: null },
    average: cell("average", "score"),
  };
}

const figures = (of: (dimension: PaperDimension) => number | null) => ({
  ...{ stereotype: of("stereotype"), toxicity: of("toxicity"), privacy: of("privacy"), fairness: of("fairness") },
  ...{ ethics: of("ethics"), adversarial: of("adversarial"), ood: of("ood"), icl: of("icl") },
});

/** Bits over 16; for n:m the share kept; 1 for dense. */
function nominalRate({ bits, pattern }: { readonly bits: number | null; readonly pattern: string }): number {
  if (bits !== null) return bits / 16;
  const [kept, of] = pattern.split(":").map(Number);
  return pattern === "" ? 1 : kept / of;
}

/**
 * The published model that a person means: hyphens, dots and case don't count ("llama2-13b-chat").
 * @throws InputError naming those there are, and the nearest
 */
export function publishedModelName(published: readonly PublishedModel[], given: string): string {
  const names = [...new Set(published.map(({ model }) => model))];
  const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, "");
  const found = names.find((name) => plain(name) === plain(given));
  if (found !== undefined) return found;
  const [close] = closestNames(names, given);
  throw new InputError({
    where: "the published models",
    found: JSON.stringify(given),
    expected: names.join(", "),
    ...(close === undefined ? {} : { remedy: `did you mean ${JSON.stringify(close)}` }),
  });
}
