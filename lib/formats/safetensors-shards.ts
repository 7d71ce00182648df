import { dirname, join } from "node:path";

import { z } from "zod";

import { InputError } from "../core/errors.js";
import { closeAll, joinFiles, openAll } from "./joined-file.js";
import type { ModelFile } from "./model-file.js";
import { openSafetensors } from "./safetensors.js";

const Index = z.object({ weight_map: z.record(z.string(), z.string()) });
const FILE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,200}\.safetensors$/;
const MOST_SHARDS = 1_000;

/**
 * The shards that an index lists, as one file: each tensor where the index says, and none that it doesn't list.
 * @param index the parsed JSON of the file at `path`
 * @throws InputError naming the shard or tensor that is missing, or stands where it should not
 */
export async function openShards(path: string, index: unknown): Promise<ModelFile> {
  const homes = weightMap(path, index);
  const names = [...new Set(homes.values())].sort();
  const parts = await openAll(
    names.map((name) => join(dirname(path), name)),
    (shard) => openShard(path, shard),
  );
  try {
    names.forEach((name, i) => checkShard(path, { name, part: parts[i], homes }));
    return joinFiles({ path: dirname(path), metadata: new Map(), parts });
  } catch (error) {
    await closeAll(parts);
    throw error;
  }
}

function weightMap(path: string, index: unknown): ReadonlyMap<string, string> {
  const parsed = Index.safeParse(index);
  if (!parsed.success) {
    throw new InputError({ where: path, found: "no weight_map", expected: "one, from tensor names to file names" });
  }
  const homes = new Map(Object.entries(parsed.data.weight_map));
  const names = new Set(homes.values());
  for (const name of names) {
    if (FILE_NAME.test(name)) continue;
    const found = `the file name ${JSON.stringify(name).slice(0, 120)}`;
    throw new InputError({ where: path, found, expected: "a plain name that ends in .safetensors" });
  }
  if (names.size >= 1 && names.size <= MOST_SHARDS) return homes;
  throw new InputError({ where: path, found: `${names.size} shards`, expected: `1 to ${MOST_SHARDS}` });
}

async function openShard(index: string, path: string): Promise<ModelFile> {
  return openSafetensors(path).catch((error: unknown) => {
    if (!(error instanceof InputError) || !error.found.startsWith("no readable file")) throw error;
    const { where, found } = error;
    throw new InputError({ where, found, expected: `a shard, as ${index} lists it`, remedy: "fetch the missing shard" });
  });
}

function checkShard(index: string, at: { name: string; part: ModelFile; homes: ReadonlyMap<string, string> }): void {
  const { name, part, homes } = at;
  for (const tensor of part.tensors.keys()) {
    if (homes.get(tensor) === name) continue;
    const expected = homes.get(tensor) ?? "nowhere, as the index doesn't list it";
    throw new InputError({ where: part.path, found: `the tensor ${tensor}`, expected: `it in ${expected}` });
  }
  for (const [tensor, home] of homes) {
    if (home !== name || part.tensors.has(tensor)) continue;
    throw new InputError({ where: part.path, found: `no tensor ${tensor}`, expected: `it there, as ${index} says` });
  }
}
