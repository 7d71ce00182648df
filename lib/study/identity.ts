import type { Recipe } from "../compression/recipe.js";
import { fingerprint } from "../core/fingerprint.js";
import type { Request } from "../inference/responder.js";

/** All that an answer depends on. Whatever differs in it is another record. */
export interface RecordIdentity {
  /** SHA-256 of the model's file. */
  readonly modelDigest: string;
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

/** The key of a record: no model can be given the answer of another. */
export function recordKey({ recipe, request, ...rest }: RecordIdentity): string {
  const asked =
    "messages" in request
      ? { ...request, messages: request.messages.map(({ role, content }) => ({ role, content })) }
      : { ...request };
  return fingerprint({ ...rest, recipe: { method: recipe.method, settings: recipe.settings }, request: asked });
}
