import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";

import { openSafetensors } from "../../../lib/formats/index.js";
import { searchClip } from "../../../lib/compression/quantization/awq-clip.js";
import { SAMPLE_TOKENS } from "../../../lib/compression/quantization/awq-inputs.js";
import type { InputSample } from "../../../lib/compression/quantization/awq-inputs.js";

/** How many of a tensor's chosen maxima are the authors'. */
export interface EqualMaxima {
  readonly label: string;
  readonly equal: number;
  readonly of: number;
}

const CLIP = /^awq_clip\.b(\d)\.g(\d+)\.max$/;

/** Our clip search on the single layers of a folder against the authors': `awq_clip.bBITS.gGROUP.max`, by the layers' names. */
export async function compareClips(folder: string): Promise<EqualMaxima[]> {
  const files = (await readdir(folder)).filter((name) => name.endsWith(".safetensors")).sort();
  return (await Promise.all(files.map((file) => compareFile(join(folder, file))))).flat();
}

async function compareFile(path: string): Promise<EqualMaxima[]> {
  const file = await openSafetensors(path);
  const [rows, cols] = file.tensors.get("w")?.shape ?? [0, 0];
  const weight = { rows, cols, values: await file.read("w") };
  const sample = sampleOf(await file.read("x"), cols);
  const compared: EqualMaxima[] = [];
  for (const name of file.tensors.keys()) {
    const [bits, group] = CLIP.exec(name)?.slice(1).map(Number) ?? [];
    if (group === undefined) continue;
    const [ours, theirs] = [await searchClip(weight, sample, { bits, group }), await file.read(name)];
    const equal = ours.reduce((count, most, i) => count + (most === theirs[i] ? 1 : 0), 0);
    compared.push({ label: `${basename(path, ".safetensors")} ${name}`, equal, of: theirs.length });
  }
  await file.close();
  return compared;
}

/** Every so many-th token, as the authors' code takes them. inputs [tokens, width] */
function sampleOf(inputs: Float32Array, width: number): InputSample {
  const tokens = inputs.length / width;
  const every = Math.max(1, Math.floor(tokens / SAMPLE_TOKENS));
  const count = Math.ceil(tokens / every);
  const values = Float32Array.from(
    { length: width * count },
    (_, i) => inputs[(i % count) * every * width + Math.floor(i / count)],
  );
  return { width, count, values };
}
