import { InputError } from "../core/errors.js";
import { closeAll, joinFiles, openAll } from "./joined-file.js";
import type { ModelFile } from "./model-file.js";

const PART_NAME = /^(.*-)(\d{5})-of-(\d{5})(\.gguf)$/s;
const MOST_PARTS = 1_000;

/**
 * A GGUF that is one of several parts, with the others, which lie beside it: `NAME-00001-of-00003.gguf`, `split.no` and `split.count`
 * in each. Any part may be named. A file that is no part is given back as it is.
 * @throws InputError naming the part that is missing or belongs elsewhere; the given file is closed then
 */
export async function withOtherParts(first: ModelFile, open: (path: string) => Promise<ModelFile>): Promise<ModelFile> {
  const count = first.metadata.get("split.count");
  if (count === undefined || count === 1 || count === 0) return first;
  const parts = [first];
  try {
    const { names, own } = partNames(first, count);
    const others = await openAll(
      names.filter((_, i) => i !== own),
      open,
    );
    parts.push(...others);
    const inOrder = [...others.slice(0, own), first, ...others.slice(own)];
    inOrder.forEach((part, i) => checkPart(part, i, names.length));
    const joined = joinFiles({ path: names[0], metadata: inOrder[0].metadata, parts: inOrder });
    checkTensorCount(joined);
    return joined;
  } catch (error) {
    await closeAll(parts);
    throw error;
  }
}

function partNames({ path }: ModelFile, count: unknown): { names: string[]; own: number } {
  const [, stem, number, of, end] = PART_NAME.exec(path) ?? [];
  const parts = Number(of);
  if (stem === undefined || parts !== count || parts > MOST_PARTS || Number(number) < 1 || Number(number) > parts) {
    throw new InputError({
      where: `${path}, split.count`,
      found: `${JSON.stringify(count).slice(0, 80)} parts`,
      expected: `a file name that says so, as in model-00001-of-00003.gguf, with at most ${MOST_PARTS}`,
      remedy: "give the parts the names back that they were written under",
    });
  }
  const names = Array.from({ length: parts }, (_, i) => `${stem}${String(i + 1).padStart(5, "0")}-of-${of}${end}`);
  return { names, own: Number(number) - 1 };
}

function checkPart({ path, metadata }: ModelFile, index: number, count: number): void {
  const [no, of] = [metadata.get("split.no"), metadata.get("split.count")];
  if (no === index && of === count) return;
  const found = `part ${JSON.stringify(no ?? null)} of ${JSON.stringify(of ?? null)}`;
  throw new InputError({ where: `${path}, split.no`, found: found.slice(0, 120), expected: `part ${index} of ${count}, from 0` });
}

function checkTensorCount({ path, metadata, tensors }: ModelFile): void {
  const stated = metadata.get("split.tensors.count");
  if (stated === undefined || stated === tensors.size) return;
  const found = `${tensors.size} tensors in all parts`;
  throw new InputError({
    where: `${path}, split.tensors.count`,
    found,
    expected: JSON.stringify(stated).slice(0, 80),
    remedy: "the parts belong to different models",
  });
}
