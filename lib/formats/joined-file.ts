import { createHash } from "node:crypto";

import { InputError } from "../core/errors.js";
import type { MetadataValue, ModelFile, TensorInfo } from "./model-file.js";

/** Several files of one format that hold one model's tensors. */
export interface JoinedFile {
  /** What stands for them all in errors: the first file, or the folder. */
  readonly path: string;
  readonly metadata: ReadonlyMap<string, MetadataValue>;
  readonly parts: readonly ModelFile[];
}

/**
 * Files as one. Its digest is made of theirs, in order; a single file keeps its own.
 * @throws InputError if a tensor stands in two of them
 */
export function joinFiles({ path, metadata, parts }: JoinedFile): ModelFile {
  if (parts.length === 1) return { ...parts[0], metadata };
  const tensors = new Map<string, TensorInfo>();
  const homes = new Map<string, ModelFile>();
  for (const part of parts) {
    for (const [name, info] of part.tensors) {
      const other = homes.get(name);
      if (other !== undefined) {
        const found = `the tensor ${name}, which ${other.path} has as well`;
        throw new InputError({ where: part.path, found, expected: "each tensor in one file" });
      }
      tensors.set(name, info);
      homes.set(name, part);
    }
  }
  const homeOf = (name: string): ModelFile => {
    const home = homes.get(name);
    if (home !== undefined) return home;
    throw new InputError({ where: path, found: `no tensor ${name}`, expected: `one of its ${tensors.size}` });
  };
  return {
    path,
    format: parts[0].format,
    bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
    metadata,
    tensors,
    digest: async () => {
      const hash = createHash("sha256");
      for (const part of parts) hash.update(`${await part.digest()}\n`);
      return hash.digest("hex");
    },
    read: async (name) => homeOf(name).read(name),
    readRows: async (name, rows) => homeOf(name).readRows(name, rows),
    close: () => closeAll(parts),
  };
}

/** Opens all, or closes those that opened and throws what the first failure threw. */
export async function openAll(paths: readonly string[], open: (path: string) => Promise<ModelFile>): Promise<ModelFile[]> {
  const opened: ModelFile[] = [];
  try {
    for (const path of paths) opened.push(await open(path));
    return opened;
  } catch (error) {
    await closeAll(opened);
    throw error;
  }
}

/** Closes every file. */
export async function closeAll(files: readonly ModelFile[]): Promise<void> {
  for (const file of files) await file.close();
}
