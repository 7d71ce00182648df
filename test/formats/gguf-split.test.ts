import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { InputError } from "../../lib/core/errors.js";
import { openModelFile } from "../../lib/formats/index.js";
import { type GgufParts, ggufBytes, numberKey, textKey } from "./gguf-writer.js";

interface Part {
  readonly no?: number;
  readonly count?: number;
  readonly tensor?: string;
  readonly total?: number;
}

const name = (part: number, of = 3): string => `m-0000${part}-of-0000${of}.gguf`;

const partOf = (index: number, { no = index, count = 3, tensor = `t${index}`, total = 3 }: Part): GgufParts => ({
  keys: [
    numberKey("split.no", no),
    numberKey("split.count", count),
    numberKey("split.tensors.count", total),
    ...(index === 0 ? [textKey("general.name", "whole")] : []),
  ],
  tensors: [{ name: tensor, sizes: [1], type: 0, offset: 0 }],
  data: new Uint8Array(Float32Array.of(index + 1).buffer),
});

/** Three parts in a fresh folder, some of them changed. */
function splitFile(changes: Readonly<Record<number, Part>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), "touchstone-test-"));
  for (const index of [0, 1, 2]) {
    writeFileSync(join(folder, name(index + 1)), ggufBytes(partOf(index, changes[index] ?? {})));
  }
  return folder;
}

describe("a GGUF in three parts", () => {
  test.each([1, 2, 3])("opens by its part %i, with the first part's metadata and every part's tensors", async (part) => {
    const folder = splitFile();
    const file = await openModelFile(join(folder, name(part)));
    expect(file.path).toBe(join(folder, name(1)));
    expect(file.metadata.get("general.name")).toBe("whole");
    const values = await Promise.all(["t0", "t1", "t2"].map(async (tensor) => [...(await file.read(tensor))]));
    expect(values).toEqual([[1], [2], [3]]);
    await expect(file.read("t3")).rejects.toThrow(/no tensor t3/);
    await file.close();
  });

  test("has the same digest whichever part is named, and another one once a part changes", async () => {
    const folder = splitFile();
    const digests = [];
    for (const [index, part] of [1, 2, 2].entries()) {
      if (index === 2) writeFileSync(join(folder, name(3)), ggufBytes({ ...partOf(2, {}), data: new Uint8Array(4) }));
      const file = await openModelFile(join(folder, name(part)));
      digests.push(await file.digest());
      await file.close();
    }
    expect(digests[0]).toBe(digests[1]);
    expect(digests[2]).not.toBe(digests[1]);
  });

  const damages: [string, Readonly<Record<number, Part>>, RegExp][] = [
    ["a part of another number", { 1: { no: 2 } }, /m-00002-of-00003.gguf, split.no: found part 2 of 3, expected part 1 of 3/],
    ["a part of another count", { 2: { count: 4 } }, /m-00003-of-00003.gguf, split.no: found part 2 of 4/],
    ["a count that the name belies", { 0: { count: 5 } }, /split.count: found 5 parts/],
    ["a tensor twice", { 2: { tensor: "t0" } }, /m-00003-of-00003.gguf: found the tensor t0, which .*m-00001/],
    ["fewer tensors than it says", { 0: { total: 4 } }, /split.tensors.count: found 3 tensors in all parts, expected 4/],
  ];
  test.each(damages)("with %s is refused by name", async (_, changes, message) => {
    const opened = openModelFile(join(splitFile(changes), name(1)));
    await expect(opened).rejects.toThrow(InputError);
    await expect(opened).rejects.toThrow(message);
  });

  test("with a missing part is refused by that part's name", async () => {
    const folder = splitFile();
    rmSync(join(folder, name(2)));
    await expect(openModelFile(join(folder, name(3)))).rejects.toThrow(/m-00002-of-00003.gguf: found no readable file/);
  });

  test("under a name that is no part's is refused", async () => {
    const folder = splitFile();
    writeFileSync(join(folder, "m.gguf"), ggufBytes(partOf(0, {})));
    await expect(openModelFile(join(folder, "m.gguf"))).rejects.toThrow(/split.count: found 3 parts, expected a file name/);
  });
});
