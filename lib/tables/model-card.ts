import type { ColumnTable } from "arquero";

import type { Model } from "../model/model.js";
import { makeTable } from "./make.js";

const TYPES = { f32: { type: "float32", bytes: 4 }, bf16: { type: "bfloat16", bytes: 2 } } as const;

/** What `%model` shows: a model's facts, one a row. */
export async function modelCard(model: Model, backend: string): Promise<ColumnTable> {
  const { config } = model;
  const { type, bytes } = TYPES[model.precision];
  const facts: readonly (readonly [string, string])[] = [
    ["model", `${model.title} (${model.name})`],
    ["weights stored as", `${model.storage}; its dense variant is called “dense (from ${model.storage})”`],
    ["architecture", `${config.architecture}, ${config.blocks} blocks of width ${config.width}`],
    ["attention", `${config.heads} query heads, ${config.kvHeads} key heads of width ${config.headWidth}`],
    ["feed-forward", `gated, width ${config.hidden}`],
    ["parameters", `${(model.parameters / 1e6).toFixed(1)} million${config.tiedOutput ? ", output tied to the embedding" : ""}`],
    ["context", `${config.context} tokens`],
    ["tokenizer", `${model.tokenizer.vocabularySize} tokens`],
    ["chat template", model.chat.name],
    ["file", `${(model.bytes / 1e6).toFixed(1)} MB, SHA-256 ${model.digest.slice(0, 16)}…`],
    ["backend", `${backend}, ${type}`],
    ["memory when it runs", `about ${((model.parameters * bytes) / 1e9).toFixed(2)} GB (${type} weights)`],
  ];
  return makeTable(
    ["fact", "what"],
    facts.map(([fact, what]) => ({ fact, what })),
  );
}
