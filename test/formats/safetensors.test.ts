import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { InputError } from "../../lib/core/errors.js";
import { openModelFile, openSafetensors, writeSafetensors } from "../../lib/formats/index.js";
import { duplicateName } from "../../lib/formats/json-names.js";
import { temporaryFile } from "./gguf-writer.js";

const freshPath = (): string => join(mkdtempSync(join(tmpdir(), "touchstone-test-")), "a.safetensors");

function fileOf(header: string, data = new Uint8Array(0), length = Buffer.byteLength(header)): string {
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(length));
  return temporaryFile(Buffer.concat([size, Buffer.from(header), data]), "a.safetensors");
}

describe("a written file", () => {
  test("reads back as it was, whatever its names and values", async () => {
    const tensor = fc.record({
      name: fc.string({ maxLength: 12 }),
      values: fc.array(fc.float({ noNaN: true }), { maxLength: 9 }),
    });
    const tensors = fc
      .uniqueArray(tensor, { selector: ({ name }) => name, maxLength: 5 })
      .filter((list) => list.every(({ name }) => name !== "__metadata__"));
    const property = fc.asyncProperty(
      tensors,
      fc.dictionary(fc.string(), fc.string(), { maxKeys: 3 }),
      async (list, metadata) => {
        const path = freshPath();
        const data = list.map(({ name, values }) => ({
          name,
          storage: "F32" as const,
          shape: [values.length],
          data: Float32Array.from(values),
        }));
        await writeSafetensors(path, data, metadata);
        const file = await openSafetensors(path);
        for (const { name, data: written } of data) expect(await file.read(name)).toEqual(written);
        expect([...file.metadata.keys()].sort()).toEqual(Object.keys(metadata).sort());
        await file.close();
      },
    );
    await fc.assert(property, { numRuns: 60 });
  });

  test("has its data at a multiple of 8 and no gaps", async () => {
    const path = freshPath();
    await writeSafetensors(path, [{ name: "t", storage: "U8", shape: [3], data: Uint8Array.of(1, 2, 3) }]);
    const bytes = readFileSync(path);
    const length = Number(bytes.readBigUInt64LE(0));
    expect(length % 8).toBe(0);
    expect(bytes.length).toBe(8 + length + 3);
  });

  test("is refused by the writer where data don't fill the shape", async () => {
    const tensors = [{ name: "t", storage: "F32", shape: [3], data: new Float32Array(2) } as const];
    await expect(writeSafetensors(freshPath(), tensors)).rejects.toThrow("tensor t");
  });
});

test("float16, bfloat16, integers and bytes become floats; scalars and empty tensors are legal", async () => {
  const data = Buffer.from([0x00, 0x3c, 0x80, 0x3f, 0xfe, 0xff, 0xff, 0xff, 7]);
  const header = {
    half: { dtype: "F16", shape: [], data_offsets: [0, 2] },
    brain: { dtype: "BF16", shape: [1], data_offsets: [2, 4] },
    none: { dtype: "F32", shape: [0, 4], data_offsets: [4, 4] },
    whole: { dtype: "I32", shape: [1], data_offsets: [4, 8] },
    byte: { dtype: "U8", shape: [1, 1], data_offsets: [8, 9] },
  };
  const file = await openModelFile(fileOf(JSON.stringify(header), data));
  const values = await Promise.all(Object.keys(header).map(async (name) => [...(await file.read(name))]));
  expect(values).toEqual([[1], [1], [], [-2], [7]]);
  await file.close();
});

describe("a hostile header is refused", () => {
  const f32 = (from: number, to: number, shape = "[1]") => `{"dtype":"F32","shape":${shape},"data_offsets":[${from},${to}]}`;
  const cases: [string, string, RegExp][] = [
    ["no JSON", "{nothing", /header, offset 8/],
    ["a name twice", `{"a":${f32(0, 4)},"a":${f32(0, 4)}}`, /name a twice/],
    ["a name twice, once escaped", `{"a":${f32(0, 4)},"\\u0061":${f32(0, 4)}}`, /name a twice/],
    ["a field twice", `{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, /name dtype twice/],
    ["a hole", `{"a":${f32(0, 4)},"b":${f32(8, 12)}}`, /tensor b.*data from 8.*expected 4/],
    ["a start after 0", `{"a":${f32(4, 8)}}`, /data from 4/],
    ["an overlap", `{"a":${f32(0, 8, "[2]")},"b":${f32(4, 8)}}`, /tensor b/],
    ["bytes that disagree with the shape", `{"a":${f32(0, 4, "[2]")}}`, /4 bytes, expected 8/],
    ["a product that wraps", `{"a":${f32(0, 4, "[4294967296,4294967296,4294967296]")}}`, /expected 3\.\d+e\+29/],
    ["a negative size", `{"a":${f32(0, 4, "[-1]")}}`, /wrong shape/],
    ["a broken size", `{"a":${f32(0, 4, "[1.5]")}}`, /wrong shape/],
    ["an unknown element type", `{"a":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4]}}`, /F8_E4M3/],
    ["a tensor that is no object", `{"a":4}`, /tensor a/],
    ["metadata that is no text", `{"__metadata__":{"a":4},"b":${f32(0, 4)}}`, /__metadata__\.a/],
    ["data longer than it says", `{}`, /expected 10, as its header says/],
  ];
  test.each(cases)("%s", async (_, header, message) => {
    const error: unknown = await openSafetensors(fileOf(header, new Uint8Array(4))).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(InputError);
    expect(String(error)).toMatch(message);
  });

  test.each([
    ["beyond the file", 1000],
    ["beyond 16 MiB", 2 ** 24 + 1],
  ])("a length %s", async (_, length) => {
    await expect(openSafetensors(fileOf("{}", new Uint8Array(0), length))).rejects.toThrow(InputError);
  });
});

test.each([
  ['{"a":{"b":1},"c":{"b":2}}', undefined],
  ['{"a":"a","b":"a\\"a"}', undefined],
  ['{"a":[{"b":1},{"b":2,"b":3}]}', "b"],
  ['{"__proto__":1,"__proto__":2}', "__proto__"],
])("in %s the name that stands twice in one object is %s", (text, name) => {
  expect(duplicateName(text)).toBe(name);
});
