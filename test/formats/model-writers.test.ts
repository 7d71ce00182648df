import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import {
  draftFolder,
  openModelFile,
  openModelFolder,
  readGgufKeys,
  writeGguf,
  writeSafetensorsModel,
} from "../../lib/formats/index.js";
import type { GgufSource, GgufValue, SafetensorsSource } from "../../lib/formats/index.js";

const folder = (): string => mkdtempSync(join(tmpdir(), "touchstone-test-"));
async function all(steps: AsyncIterable<string>): Promise<string[]> {
  const names: string[] = [];
  for await (const name of steps) names.push(name);
  return names;
}

describe("a safetensors model", () => {
  const tensors = ["a", "b", "c", "d"].map((name, i): SafetensorsSource => ({
    name,
    storage: "F32",
    shape: [2, 4],
    data: () => Promise.resolve(new Float32Array(8).fill(i)),
  }));

  test.each([
    [1e9, ["model.safetensors"]],
    [64, ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", "model.safetensors.index.json"]],
    [8, 5],
  ])("with shards of at most %i bytes is read back", async (largest, files) => {
    const target = folder();
    expect(await all(writeSafetensorsModel(target, tensors, largest))).toEqual(["a", "b", "c", "d"]);
    const names = readdirSync(target).sort();
    if (typeof files === "number") expect(names).toHaveLength(files);
    else expect(names).toEqual(files);
    const { weights } = await openModelFolder(target);
    for (const [i, { name }] of tensors.entries()) expect(await weights.read(name)).toEqual(new Float32Array(8).fill(i));
    await weights.close();
  });

  test("whose values don't fill a shape is no file that looks whole", async () => {
    const short: SafetensorsSource = { ...tensors[0], data: () => Promise.resolve(new Float32Array(7)) };
    await expect(all(writeSafetensorsModel(folder(), [short]))).rejects.toThrow(/28 bytes instead of 32/);
  });
});

test("a GGUF keeps every type of metadata, and its tensors at their places", async () => {
  const path = join(folder(), "model.gguf");
  const keys = new Map<string, GgufValue>([
    ["u8", { type: "u8", value: 255 }],
    ["i8", { type: "i8", value: -128 }],
    ["u16", { type: "u16", value: 65_535 }],
    ["i16", { type: "i16", value: -5 }],
    ["u32", { type: "u32", value: 2 ** 32 - 1 }],
    ["i32", { type: "i32", value: -7 }],
    ["f32", { type: "f32", value: 10_000 }],
    ["bool", { type: "bool", value: true }],
    ["text", { type: "text", value: "naïve 🙂" }],
    ["u64", { type: "u64", value: 2 ** 40 }],
    ["i64", { type: "i64", value: -(2 ** 40) }],
    ["f64", { type: "f64", value: 0.1 }],
    ["list", { type: "array", element: "text", values: ["a", ""] }],
    ["numbers", { type: "array", element: "f32", values: [1, 0.5] }],
  ]);
  const tensors: GgufSource[] = [
    { name: "odd", storage: "F32", shape: [3], data: () => Promise.resolve(Float32Array.of(1, 2, 3)) },
    { name: "next", storage: "F16", shape: [2, 3], data: () => Promise.resolve(new Uint16Array(6).fill(0x3c00)) },
  ];
  await all(writeGguf(path, keys, tensors));
  expect(await readGgufKeys(path)).toEqual(keys);
  const file = await openModelFile(path);
  expect(file.tensors.get("next")?.shape).toEqual([2, 3]);
  expect([...(await file.read("odd")), ...(await file.read("next"))]).toEqual([1, 2, 3, 1, 1, 1, 1, 1, 1]);
  await file.close();
});

describe("a folder under way", () => {
  test("is refused where the disk has less space than it takes", async () => {
    const target = join(folder(), "export");
    const owns = (): Promise<boolean> => Promise.resolve(false);
    await expect(draftFolder(target, { bytes: 2 ** 60, owns })).rejects.toThrow(
      /MiB free on the disk, expected 1099511627776 MiB/,
    );
    expect(readdirSync(join(target, ".."))).toEqual([]);
  });

  test("writes each file once", async () => {
    const target = join(folder(), "export");
    const draft = await draftFolder(target, { bytes: 0, owns: () => Promise.resolve(false) });
    await draft.write("a", "1");
    await expect(draft.write("a", "2")).rejects.toThrow(/EEXIST/);
    await draft.publish();
    expect(readFileSync(join(target, "a"), "utf8")).toBe("1");
  });
});
