import { InputError } from "../../core/errors.js";
import { toHalfAndBack } from "../../formats/index.js";
import { allSites } from "../../model/linear-sites.js";
import type { QuantizedMatrix } from "../stored-matrix.js";
import type { Variant } from "../variant.js";

/** A quantized layer as packed formats see it: w[o, i] = scale · (code − zero) of the group of input i, scales in float16. */
export interface CodeGrid {
  readonly rows: number;
  readonly cols: number;
  readonly bits: number;
  /** [rows · cols] */
  readonly codes: Uint8Array;
  /** Grids a row. */
  readonly groups: number;
  /** [rows · groups], exact in float16 */
  readonly scales: Float32Array;
  /** [rows · groups] */
  readonly zeros: Uint8Array;
  /** [cols] the group of each input; not in order where a method chose one ("act-order") */
  readonly groupIndex: Int32Array;
}

/** What all quantized layers of a variant have in common, and which layers they are. */
export interface GridSummary {
  readonly bits: number;
  /** Inputs a group; −1 for whole rows. */
  readonly group: number;
  readonly symmetric: boolean;
  /** Inputs of a group stand together everywhere. */
  readonly inOrder: boolean;
  /** A code of 0 stands for 0 in some group. */
  readonly hasZeroOfNought: boolean;
  /** Largest relative change of a scale by its rounding to float16. */
  readonly scaleChange: number;
  /** Names of the quantized layers. */
  readonly sites: ReadonlySet<string>;
  /** Names of the layers that stayed dense. */
  readonly denseSites: readonly string[];
}

/** A layer with its scales rounded to float16. @throws InputError for a scale beyond float16's range */
export function codeGrid(site: string, stored: QuantizedMatrix): CodeGrid {
  const { rows, cols, bits, group, codes, zeros } = stored;
  const scales = toHalfAndBack(stored.scales);
  const at = scales.findIndex((scale, i) => !Number.isFinite(scale) || (scale === 0 && stored.scales[i] !== 0));
  if (at >= 0) {
    const found = `the scale ${stored.scales[at]}`;
    const remedy = "export as safetensors or gguf, with numbers in F32";
    throw new InputError({ where: `weights of ${site}`, found, expected: "scales that float16 can hold", remedy });
  }
  const groupIndex = Int32Array.from({ length: cols }, (_, i) => stored.groupIndex?.[i] ?? Math.floor(i / group));
  return { rows, cols, bits, codes, groups: Math.ceil(cols / group), scales, zeros, groupIndex };
}

/**
 * Looks at every linear layer, one at a time.
 * @param format whose name stands in errors   @throws InputError naming the layer that isn't on a grid or differs from the others
 */
export async function summarizeGrids(format: string, { weights, model, storedMatrix, name }: Variant): Promise<GridSummary> {
  const seen: { site: string; stored: QuantizedMatrix; inOrder: boolean; change: number; nought: boolean }[] = [];
  const denseSites: string[] = [];
  for (const site of allSites(model.config.blocks)) {
    const stored = await storedMatrix(site);
    if (stored === undefined) denseSites.push(site);
    else if (stored.kind !== "quantized") throw notQuantized(format, name);
    else seen.push({ site, ...lookAt(site, stored) });
  }
  if (seen.length === 0) throw notQuantized(format, name);
  const group = commonGroup(format, seen);
  const [{ bits, symmetric }] = seen.map(({ stored }) => stored);
  const odd = seen.find(({ stored }) => stored.bits !== bits || stored.symmetric !== symmetric);
  if (odd !== undefined) throw unlike(format, odd.site, weights.shape(odd.site).join(" x "));
  return {
    ...{ bits, group, symmetric },
    inOrder: seen.every(({ inOrder }) => inOrder),
    hasZeroOfNought: seen.some(({ nought }) => nought),
    scaleChange: Math.max(...seen.map(({ change }) => change)),
    sites: new Set(seen.map(({ site }) => site)),
    denseSites,
  };
}

/** What a person must know of rounded scales, kept layers and rounded numbers. */
export function gridNotes({ scaleChange, denseSites }: GridSummary): string[] {
  const change =
    scaleChange > 0 ? [`scales are rounded to float16, each by at most ${(100 * scaleChange).toPrecision(2)} %`] : [];
  return denseSites.length === 0 ? change : [...change, `${denseSites.length} linear layers stay dense`];
}

/** Without the codes, which are let go. */
function lookAt(
  site: string,
  stored: QuantizedMatrix,
): { stored: QuantizedMatrix; inOrder: boolean; change: number; nought: boolean } {
  const { scales, groupIndex } = codeGrid(site, stored);
  const change = scales.reduce((most, scale, i) => {
    const exact = stored.scales[i];
    return exact === 0 ? most : Math.max(most, Math.abs(scale / exact - 1));
  }, 0);
  const inOrder = groupIndex.every((group, i) => i === 0 || group >= groupIndex[i - 1]);
  const none = new Uint8Array(0);
  return { stored: { ...stored, codes: none, zeros: none }, inOrder, change, nought: stored.zeros.includes(0) };
}

function commonGroup(format: string, seen: readonly { site: string; stored: QuantizedMatrix }[]): number {
  if (seen.every(({ stored }) => stored.group === stored.cols)) return -1;
  const group = Math.max(...seen.map(({ stored }) => stored.group));
  const odd = seen.find(({ stored }) => stored.group !== group || stored.cols % group !== 0);
  if (odd === undefined) return group;
  const { cols, group: own } = odd.stored;
  throw new InputError({
    where: `export as ${format}, ${odd.site}`,
    found: `groups of ${own} in ${cols} inputs`,
    expected: `groups of ${group} without a shorter one at the end`,
    remedy: "take a group that divides every layer's inputs, or channel",
  });
}

function notQuantized(format: string, name: string): InputError {
  return new InputError({
    where: `export as ${format}`,
    found: `${name}, whose layers are not on a grid of codes`,
    expected: "a quantized variant",
    remedy: "export as safetensors or gguf",
  });
}

function unlike(format: string, site: string, shape: string): InputError {
  return new InputError({
    where: `export as ${format}, ${site}`,
    found: `another number of bits or kind of grid (${shape})`,
    expected: "the same for all layers",
    remedy: "export as safetensors",
  });
}
