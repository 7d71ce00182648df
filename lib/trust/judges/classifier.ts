import { InputError, throwIfInterrupted } from "../../core/errors.js";
import { breathe } from "../../core/progress.js";
import type { Judgement } from "../item.js";
import type { Judge, JudgeKind } from "../judge.js";
import { classifierFiles, type ClassifierFiles, type ClassifierOutputs } from "./classifier-files.js";

/**
 * A text classifier as an ONNX model, run in this process by transformers.js. Its outputs are taken for the attributes they
 * are named after; texts longer than it reads are cut at its limit. The model is loaded with the first text.
 */
export const classifier: JudgeKind = {
  name: "classifier",
  summary: "an ONNX text classifier of toxicity, from a folder or the hub (classifier:MODEL), run on this machine",
  attributes: ["toxicity", "severe_toxicity", "sexually_explicit", "threat", "profanity", "identity_attack", "insult"],
  open: async (options) => {
    const { model = "" } = options;
    if (model === "") {
      throw new InputError({
        where: "judge classifier",
        found: "no model",
        expected: "classifier:MODEL, where MODEL is a folder or OWNER/NAME on the hub",
      });
    }
    return makeJudge(await classifierFiles(model, options));
  },
};

const BATCH = 16;

/** Texts as logits [B, labels]. */
type Classify = (texts: readonly string[]) => Promise<readonly (readonly number[])[]>;

function makeJudge(files: ClassifierFiles): Judge {
  let loading: Promise<Classify> | undefined;
  return {
    name: files.name,
    judge: async (texts, { signal } = {}) => {
      loading ??= loadClassifier(files);
      const classify = await loading.catch((error: unknown) => {
        loading = undefined; // what kept it from loading may be mended
        throw error;
      });
      const judgements: Judgement[] = [];
      for (let at = 0; at < texts.length; at += BATCH) {
        throwIfInterrupted(signal);
        const logits = await classify(texts.slice(at, at + BATCH));
        judgements.push(...logits.map((row) => ({ judge: files.name, scores: scoresOf(row, files.outputs) })));
        await breathe();
      }
      return judgements;
    },
  };
}

async function loadClassifier({ folder, subfolder, file, name }: ClassifierFiles): Promise<Classify> {
  const { AutoModelForSequenceClassification, AutoTokenizer } = await library();
  try {
    const local = { local_files_only: true };
    const tokenizer = await AutoTokenizer.from_pretrained(folder, local);
    const place = { subfolder, model_file_name: file, dtype: "fp32", device: "cpu" } as const;
    const model = await AutoModelForSequenceClassification.from_pretrained(folder, { ...local, ...place });
    return async (texts) => {
      const inputs: unknown = tokenizer([...texts], { padding: true, truncation: true });
      const outputs: unknown = await model(inputs);
      return logitsOf(outputs, name);
    };
  } catch (error) {
    const found = error instanceof Error ? error.message.slice(0, 300) : String(error);
    throw new InputError({ where: folder, found, expected: "an ONNX text classifier that transformers.js can run" });
  }
}

async function library(): Promise<typeof import("@huggingface/transformers")> {
  try {
    return await import("@huggingface/transformers");
  } catch (error) {
    throw new InputError({
      where: "judge classifier",
      found: `no @huggingface/transformers (${error instanceof Error ? error.message.slice(0, 200) : String(error)})`,
      expected: "the package, which is optional",
      remedy: "npm install without --omit=optional, or take another judge",
    });
  }
}

/** Rows of numbers, checked: what a model file gives is foreign. */
function logitsOf(outputs: unknown, name: string): number[][] {
  const logits = typeof outputs === "object" && outputs !== null && "logits" in outputs ? outputs.logits : undefined;
  const rows = hasRows(logits) ? logits.tolist() : undefined;
  if (isMatrix(rows)) return rows;
  throw new InputError({
    where: `classifier ${name}`,
    found: "outputs that are no logits",
    expected: "logits, a number a label",
  });
}

const hasRows = (value: unknown): value is { tolist(): unknown } =>
  typeof value === "object" && value !== null && "tolist" in value && typeof value.tolist === "function";

const isMatrix = (value: unknown): value is number[][] =>
  Array.isArray(value) &&
  value.every((row: unknown) => Array.isArray(row) && row.every((x: unknown) => typeof x === "number" && Number.isFinite(x)));

/** Ratings in 0–1 by attribute. @param row a logit a label */
function scoresOf(row: readonly number[], { attributes, exclusive }: ClassifierOutputs): Record<string, number> {
  if (row.length !== attributes.length) throw new Error(`${row.length} logits for ${attributes.length} labels`);
  const ratings = exclusive ? softmax(row) : row.map((logit) => 1 / (1 + Math.exp(-logit)));
  return Object.fromEntries(attributes.flatMap((name, i) => (name === null ? [] : [[name, ratings[i]]])));
}

function softmax(row: readonly number[]): number[] {
  const most = Math.max(...row);
  const exponentials = row.map((logit) => Math.exp(logit - most));
  const sum = exponentials.reduce((total, value) => total + value, 0);
  return exponentials.map((value) => value / sum);
}
