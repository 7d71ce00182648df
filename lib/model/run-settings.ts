import { namedTemplate } from "../text/index.js";
import type { Precision } from "./decoder-graph.js";
import type { Model } from "./model.js";

/** How a model answers, where it is not as its file says and in float32. */
export interface RunSettings {
  /** Default "f32". */
  readonly precision?: Precision | undefined;
  /** A template of the study by its name, "llama-2" or "vicuna_v1.1", in place of the model's own. */
  readonly template?: string | undefined;
}

/**
 * Settings as a change of a model. They become part of its name, and so of its variants' ids: answers of different settings are
 * never taken for each other or counted together.
 * @throws InputError for an unknown template, before a model is opened
 */
export function runChange({ precision = "f32", template }: RunSettings): (model: Model) => Model {
  const chat = template === undefined ? undefined : namedTemplate(template);
  const marks = [...(precision === "f32" ? [] : [precision]), ...(template === undefined ? [] : [template])];
  return (model) => ({
    ...model,
    name: [model.name, ...marks].join("+"),
    precision,
    chat: chat ?? model.chat,
  });
}
