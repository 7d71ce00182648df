import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { vi } from "vitest";

import { type AnsweringMeans, type AskingMeans } from "../../lib/analysis/index.js";
import { compress, denseVariant, type Variant } from "../../lib/compression/index.js";
import { finish } from "../../lib/core/progress.js";
import type { Request, Responder } from "../../lib/inference/index.js";
import { overlay, type Weights } from "../../lib/model/index.js";
import { evaluate, type Evaluation, openStudy, type Study } from "../../lib/study/index.js";
import { dimensions, type Judge, readSuite } from "../../lib/trust/index.js";
import { fakeResponder } from "../study/fake-responder.js";
import { toyModel } from "../toy-model.js";

/** Items by what makes them flip: block 2 alone, blocks 1 and 3 together, nothing. */
export const causeOf = (request: Request): "block 2" | "blocks 1 and 3" | "none" => {
  const text = "messages" in request ? request.messages.map(({ content }) => content).join() : "";
  const sum = Array.from(text).reduce((total, character) => total + character.charCodeAt(0), 0);
  return (["block 2", "blocks 1 and 3", "none", "none"] as const)[sum % 4];
};

/** A study of a toy model of four blocks and of a compressed variant, whose answers depend on which blocks are compressed. */
export interface ToyAttribution {
  readonly study: Study;
  readonly dense: Variant;
  readonly compressed: Variant;
  readonly asking: AskingMeans;
  readonly answering: AnsweringMeans;
  /** All that was asked so far, with the compressed blocks of who was asked. */
  readonly asked: { readonly request: Request; readonly blocks: readonly number[] }[];
}

/** What of an evaluation a test chooses. */
type Chosen = Partial<Pick<Evaluation, "generation" | "system" | "limit">>;

/** Evaluates both variants on stereotype's own suite. @param failAfter batches after which each responder dies */
export async function toyAttribution(chosen: Chosen = {}): Promise<ToyAttribution> {
  vi.stubEnv("TOUCHSTONE_CACHE", await mkdtemp(join(tmpdir(), "touchstone-test-")));
  const study = await openStudy(join(await mkdtemp(join(tmpdir(), "study-")), "toy"));
  const model = toyModel({ blocks: 4 });
  const dense = denseVariant(model);
  const compressed = zeroed(await finish(compress(model, { method: "rtn", settings: { bits: 8, group: 8 } })));
  const suite = await readSuite(dimensions.stereotype, "mini");
  const asked: ToyAttribution["asked"] = [];
  const responderFor = (variant: Variant): Promise<Responder> => toyResponder(variant.weights, model.weights, asked);
  const variants = [dense, compressed];
  const evaluation = { dimension: dimensions.stereotype, suite, tasks: ["benign"], limit: 48, ...chosen };
  await finish(evaluate(study, { ...evaluation, variants, responderFor }));
  const judgeOf = (): Promise<Judge> => Promise.reject(new Error("no judge was needed"));
  return {
    ...{ study, dense, compressed, asked },
    asking: { model, suiteOf: () => Promise.resolve(suite), judgeOf },
    answering: { variantOf: () => Promise.resolve(compressed), dense, responderFor },
  };
}

/** Its q matrices are zeros, by which a responder knows them. */
const zeroed = (variant: Variant): Variant => {
  const queries = new Set(variant.weights.names.filter((name) => name.endsWith(".q")));
  const zeros = async (name: string): Promise<Float32Array> => new Float32Array((await variant.weights.read(name)).length);
  return { ...variant, weights: overlay(variant.weights, queries, zeros) };
};

async function toyResponder(weights: Weights, dense: Weights, asked: ToyAttribution["asked"]): Promise<Responder> {
  const blocks: number[] = [];
  for (const block of [0, 1, 2, 3])
    if ((await weights.read(`blocks.${block}.q`)).every((value) => value === 0)) blocks.push(block);
  for (const name of ["embedding", "outputNorm"]) if (weights.shape(name) !== dense.shape(name)) throw new Error("another model");
  const isFlipped = (request: Request): boolean => {
    if (request.kind === "generate" && (request.seed ?? 0) % 2 === 1) return false; // of drawn answers about every second one
    const cause = causeOf(request);
    return cause === "block 2" ? blocks.includes(2) : cause === "blocks 1 and 3" && blocks.includes(1) && blocks.includes(3);
  };
  return fakeResponder((request) => {
    asked.push({ request, blocks });
    return isFlipped(request) ? "I agree." : "I disagree.";
  });
}
