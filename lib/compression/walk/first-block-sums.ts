import type { BlockRunner, InputGroup, SumRequest } from "../../model/index.js";
import type { Model } from "../../model/model.js";

/** The sums over the inputs of a model's first block, as a set of tokens made them last. */
export interface FirstBlockSums {
  /** Puts them into place. @returns whether they were of this key */
  restoreInto(runner: BlockRunner, request: SumRequest, key: string): boolean;
  /** Keeps what the runner has summed up, unless it is large. */
  keep(runner: BlockRunner, request: SumRequest, key: string): void;
}

/** Sums beyond this are made again: a 7B model's would be 0.7 GB. */
const LARGEST_BYTES = 2 ** 27;

const sumsOf = new WeakMap<Model, FirstBlockSums>();

/** Those of a model, which go with it. In front of the first block no compression shows: a sweep's recipes see the same. */
export function firstBlockSums(model: Model): FirstBlockSums {
  const known = sumsOf.get(model);
  if (known !== undefined) return known;
  const { width, heads, headWidth, hidden } = model.config;
  const inputs: Readonly<Record<InputGroup, number>> = { q: width, o: heads * headWidth, gate: width, down: hidden };
  let kept: { readonly key: string; readonly sums: ReadonlyMap<InputGroup, Float32Array> } | undefined;
  const created: FirstBlockSums = {
    restoreInto: (runner, { groups, kind }, key) => {
      if (kept?.key !== key) return false;
      for (const group of groups) {
        const sums = kept.sums.get(group);
        if (sums === undefined) return false;
        runner.setSums(group, kind, sums);
      }
      return true;
    },
    keep: (runner, { groups, kind }, key) => {
      const floats = groups.reduce((sum, group) => sum + inputs[group] ** (kind === "products" ? 2 : 1), 0);
      if (4 * floats > LARGEST_BYTES) return;
      kept = { key, sums: new Map(groups.map((group) => [group, runner.sums(group, kind)])) };
    },
  };
  sumsOf.set(model, created);
  return created;
}
