import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { DisplayOptions } from "../magics/context.js";
import { allMagics } from "../magics/registry.js";
import type { Cells } from "./cells.js";
import type { Questions } from "./input.js";
import type { ClosableLine } from "./live-line.js";
import { magicForms, type MagicBench } from "./magic-calls.js";
import type { Outputs } from "./outputs.js";
import { follow, type Loop, type ProgressOptions } from "./progress.js";

/** What the globals of cells act on. */
export interface GlobalsBench extends MagicBench {
  readonly cells: Cells;
  readonly outputs: Outputs;
  readonly questions: Questions;
}

const require = createRequire(import.meta.url);
const LIBRARY = fileURLToPath(new URL("../../lib/index.js", import.meta.url));

/** Puts into the global scope what cells have without an import; see the ambient declarations. Heavy things load on first use. */
export function defineGlobals(bench: GlobalsBench): void {
  const { cells, outputs, questions, liveLine } = bench;
  const display = Object.assign((value: unknown, options?: DisplayOptions) => bench.display(value, options), {
    progress: <T>(values?: Loop<T>, options?: ProgressOptions): ClosableLine | Loop<T> =>
      values === undefined ? liveLine() : follow(values, liveLine(), options),
  });
  define("display", display);
  define("clearOutput", ({ wait = false } = {}) => outputs.clear(cells.current, wait));
  define("input", questions.ask);
  define("abortSignal", () => cells.running?.abort.signal ?? new AbortController().signal);
  defineLazily("aq", () => load("arquero"));
  defineLazily("op", () => load("arquero", "op"));
  defineLazily("touchstone", () => load(LIBRARY));
  defineLazily("tf", loadTensorFlow);
  defineMagics(bench);
}

function defineMagics(bench: MagicBench): void {
  const tags: Record<string, unknown> = {};
  for (const magic of Object.values(allMagics())) {
    const { tag, call } = magicForms(magic, bench);
    tags[magic.name] = tag;
    if (magic.kind === "line" && !(magic.name in globalThis)) define(magic.name, call);
  }
  define("$magic", tags);
}

/** TensorFlow.js as the library computes with it: one set of tensors and one memory. */
function loadTensorFlow(): unknown {
  const loader: unknown = load(LIBRARY, "loadTensorFlow");
  if (typeof loader !== "function") throw new Error("the library has no loadTensorFlow");
  const tf: unknown = Reflect.apply(loader, undefined, []);
  return tf;
}

/** A module and, if asked for, one of its exports; Node requires ES modules too. */
function load(specifier: string, name?: string): unknown {
  const loaded: unknown = require(specifier);
  return name === undefined || typeof loaded !== "object" || loaded === null ? loaded : Reflect.get(loaded, name);
}

const define = (name: string, value: unknown): void =>
  void Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });

/** A value that is made when it is first read; it can be written over. */
function defineLazily(name: string, make: () => unknown): void {
  Object.defineProperty(globalThis, name, {
    configurable: true,
    get: () => {
      const value = make();
      define(name, value);
      return value;
    },
    set: (value: unknown) => define(name, value),
  });
}
