import type { Recipe } from "../compression/recipe.js";
import { fingerprint } from "../core/fingerprint.js";
import { TEMPLATE_OF_FILE } from "../text/index.js";
import type { Request } from "../inference/responder.js";

/** All that an answer depends on. Whatever differs in it is another record. */
export interface RecordIdentity {
  /** SHA-256 of the model's file. */
  readonly modelDigest: string;
  readonly precision: string;
  /** Name of what writes conversations. */
  readonly template: string;
  readonly recipe: Recipe;
  readonly dimension: string;
  readonly promptVersion: number;
  /** "mini" and its item: equal prompts of two suites are two records. */
  readonly suite: string;
  readonly item: string;
  /** The prompt with its settings, or the tokens that are scored. */
  readonly request: Request;
  readonly repeat: number;
}

const OF_FILES: readonly string[] = Object.values(TEMPLATE_OF_FILE);

/** The key of a record: no model can be given the answer of another. */
export function recordKey({ recipe, request, precision, template, ...rest }: RecordIdentity): string {
  const asked =
    "messages" in request
      ? { ...request, messages: request.messages.map(({ role, content }) => ({ role, content })) }
      : { ...request };
  // the usual ones are left out, so that records from before there were others keep their keys
  const unusual = {
    ...(precision === "f32" ? {} : { precision }),
    ...(OF_FILES.includes(template) ? {} : { template }), // a file's template is part of its digest
  };
  return fingerprint({ ...rest, ...unusual, recipe: { method: recipe.method, settings: recipe.settings }, request: asked });
}
