import type { Recipe } from "../../lib/compression/index.js";

/**
 * The recipe that a name in `compressed.json` stands for: `method.bBITS.(gGROUP|channel)[.asym|.sym][.act]` or
 * `method.(sPERCENT|NofM)`, where N of each M are taken away. Names of other forms, such as dense, are none.
 */
export function recipeOf(name: string): Recipe | undefined {
  const [method, first, ...rest] = name.split(".");
  if (first === undefined) return undefined;
  const pattern = patternOf(first);
  if (pattern !== undefined) return rest.length === 0 ? { method, settings: { pattern } } : undefined;
  const bits = /^b([2-8])$/.exec(first)?.[1];
  const group = groupOf(rest[0]);
  const flags = rest.slice(1);
  if (bits === undefined || group === undefined || !flags.every((flag) => ["asym", "sym", "act"].includes(flag)))
    return undefined;
  const given = { bits: Number(bits), group };
  const symmetric = flags.includes("sym") ? { symmetric: true } : {};
  return { method, settings: { ...given, ...symmetric, ...(flags.includes("act") ? { actOrder: true } : {}) } };
}

function patternOf(text: string): string | undefined {
  const percent = /^s(\d{1,2})$/.exec(text)?.[1];
  if (percent !== undefined) return `${Number(percent)}%`;
  const [taken, of] = /^(\d+)of(\d+)$/.exec(text)?.slice(1).map(Number) ?? [];
  return of === undefined ? undefined : `${of - taken}:${of}`;
}

function groupOf(text: string | undefined): number | "channel" | undefined {
  if (text === "channel") return text;
  const size = /^g(\d+)$/.exec(text ?? "")?.[1];
  return size === undefined ? undefined : Number(size);
}

/**
 * How far the mean negative log-likelihood may be from the authors': 0.5 % for 4 and 8 bits in groups and for Wanda and SparseGPT
 * up to 50 % unstructured, 2 % for all else, where the methods themselves are unstable.
 */
export function toleranceOf({ method, settings }: Recipe): number {
  const { bits, group, pattern } = settings;
  if ((bits === 4 || bits === 8) && typeof group === "number") return 0.005;
  const percent = typeof pattern === "string" && pattern.endsWith("%") ? Number(pattern.slice(0, -1)) : Infinity;
  return (method === "wanda" || method === "sparsegpt") && percent <= 50 ? 0.005 : 0.02;
}
