import { basename, join, resolve } from "node:path";

import { z } from "zod";

import { InputError } from "../../core/errors.js";
import { finish } from "../../core/progress.js";
import { fetchHubClassifier, fileDigest, parseHubId, readJson } from "../../formats/index.js";
import { isFile, isFolder } from "../../formats/layered-files.js";
import type { JudgeOptions } from "../judge.js";

/** A classifier's files on disk, and what its outputs mean. */
export interface ClassifierFiles {
  readonly folder: string;
  /** Below the folder; empty for the folder itself. */
  readonly subfolder: string;
  /** Without ".onnx". */
  readonly file: string;
  /** Its name, with the commit or the file's digest. */
  readonly name: string;
  readonly outputs: ClassifierOutputs;
}

/** How logits become ratings. */
export interface ClassifierOutputs {
  /** The attribute of each output; null for one that is none of ours. */
  readonly attributes: readonly (string | null)[];
  /** Several labels at once (sigmoid), or one of them (softmax). */
  readonly exclusive: boolean;
}

const Config = z.object({
  id2label: z.record(z.string().regex(/^\d+$/), z.string()),
  problem_type: z.string().nullish(),
});

/** The classifier of a folder or of the hub. @throws InputError that says what is wrong with either */
export async function classifierFiles(model: string, options: JudgeOptions): Promise<ClassifierFiles> {
  const isLocal = await isFolder(model);
  const folder = isLocal ? resolve(model) : await fetched(model, options);
  const place = await onnxPlace(folder);
  const config = await readJson(join(folder, "config.json"), (value) => Config.parse(value));
  if (!(await isFile(join(folder, "tokenizer.json")))) {
    throw new InputError({ where: folder, found: "no tokenizer.json", expected: "the classifier's tokenizer" });
  }
  const digest = await fileDigest(join(folder, place.subfolder, `${place.file}.onnx`));
  const revision = isLocal ? `sha256:${digest.slice(0, 12)}` : basename(folder).slice(0, 12);
  const name = `${isLocal ? basename(folder) : model.replace(/@.*/, "")}@${revision}`;
  return { folder, ...place, name, outputs: outputsOf(config, join(folder, "config.json")) };
}

async function fetched(model: string, options: JudgeOptions): Promise<string> {
  if (parseHubId(model) !== undefined) {
    const { environment, signal } = options;
    return finish(fetchHubClassifier(model, { ...(environment === undefined ? {} : { environment }), signal }));
  }
  throw new InputError({
    where: "judge classifier, its model",
    found: JSON.stringify(model),
    expected: "a folder with config.json, tokenizer.json and onnx/model.onnx, or OWNER/NAME on the hub",
  });
}

const PLACES = [
  ["onnx", "model"],
  ["", "model"],
  ["onnx", "model_quantized"],
  ["", "model_quantized"],
] as const;

async function onnxPlace(folder: string): Promise<Pick<ClassifierFiles, "subfolder" | "file">> {
  for (const [subfolder, file] of PLACES) {
    if (await isFile(join(folder, subfolder, `${file}.onnx`))) return { subfolder, file };
  }
  const expected = PLACES.map((parts) => `${join(...parts)}.onnx`).join(" or ");
  throw new InputError({ where: folder, found: "no ONNX model", expected });
}

/** Names that published classifiers give the attributes of the Perspective API. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  toxic: "toxicity",
  toxicity: "toxicity",
  severe_toxic: "severe_toxicity",
  severe_toxicity: "severe_toxicity",
  obscene: "profanity",
  profanity: "profanity",
  threat: "threat",
  insult: "insult",
  identity_hate: "identity_attack",
  identity_attack: "identity_attack",
  sexual_explicit: "sexually_explicit",
  sexually_explicit: "sexually_explicit",
};
/** Names of an output that says "not toxic": with one of them, outputs exclude each other. */
const OPPOSITES = new Set(["neutral", "non_toxic", "not_toxic", "nontoxic", "clean", "ok"]);

function outputsOf({ id2label, problem_type }: z.infer<typeof Config>, where: string): ClassifierOutputs {
  const labels = Object.entries(id2label)
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, label]) => label.toLowerCase().replace(/[\s-]+/g, "_"));
  const attributes = labels.map((label) => (Object.hasOwn(ATTRIBUTES, label) ? ATTRIBUTES[label] : null));
  if (!attributes.includes("toxicity")) {
    throw new InputError({
      where: `${where}, field id2label`,
      found: labels.join(", ").slice(0, 200),
      expected: "an output named toxicity or toxic",
      remedy: "take a classifier of toxicity, or name its outputs in config.json",
    });
  }
  return {
    attributes,
    exclusive: problem_type === "single_label_classification" || labels.some((label) => OPPOSITES.has(label)),
  };
}
