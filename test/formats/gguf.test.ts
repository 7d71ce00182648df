import { appendFileSync, readFileSync, utimesSync, writeFileSync } from "node:fs";

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";

import { InputError } from "../../lib/core/errors.js";
import { openModelFile } from "../../lib/formats/index.js";
import { ggufBytes, numberKey, temporaryFile, textKey } from "./gguf-writer.js";
import type { ByteWriter, GgufParts } from "./gguf-writer.js";

const F32 = 0;
const floats = (...values: number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);
const open = (parts: GgufParts) => openModelFile(temporaryFile(ggufBytes(parts)));

const small: GgufParts = {
  keys: [
    textKey("general.name", "tiny ☺"),
    numberKey("a.count", 7),
    (writer) => writer.text("a.flag").u32(7).u8(1),
    (writer) =>
      writer
        .text("a.big")
        .u32(11)
        .i64(-(2n ** 53n) + 1n),
    (writer) => writer.text("a.list").u32(9).u32(8).u64(2).text("x").text("yz"),
    (writer) => writer.text("a.nested").u32(9).u32(9).u64(2).u32(0).u64(1).u8(5).u32(0).u64(0),
    textKey("__proto__", "just a key"),
  ],
  tensors: [
    { name: "matrix", sizes: [3, 2], type: F32, offset: 0 },
    { name: "__proto__", sizes: [2], type: F32, offset: 32 },
  ],
  data: Buffer.concat([floats(1, 2, 3, 4, 5, 6), new Uint8Array(8), floats(7, 8)]),
};

describe("a GGUF file", () => {
  test.each([2, 3])("of version %i gives metadata, shapes outermost first, and values", async (version) => {
    const file = await open({ ...small, version });
    expect(Object.fromEntries([...file.metadata].filter(([key]) => key !== "__proto__"))).toEqual({
      "general.name": "tiny ☺",
      "a.count": 7,
      "a.flag": true,
      "a.big": -(2 ** 53) + 1,
      "a.list": ["x", "yz"],
      "a.nested": [[5], []],
    });
    expect(file.metadata.get("__proto__")).toBe("just a key");
    expect(file.tensors.get("matrix")).toMatchObject({ storage: "F32", shape: [2, 3], bytes: 24 });
    expect([...(await file.read("matrix"))]).toEqual([1, 2, 3, 4, 5, 6]);
    expect([...(await file.read("__proto__"))]).toEqual([7, 8]);
    await file.close();
  });

  test("names a tensor that it doesn't have", async () => {
    const file = await open(small);
    await expect(file.read("constructor")).rejects.toThrow(/no tensor constructor/);
    await file.close();
  });

  test("may be longer than the first window of its header", async () => {
    const words = Array.from({ length: 30_000 }, (_, i) => `token ${i} ${"x".repeat(150)}`);
    const list = (writer: ByteWriter) =>
      words.reduce((all, word) => all.text(word), writer.text("words").u32(9).u32(8).u64(words.length));
    const file = await open({ keys: [list] });
    expect(file.metadata.get("words")).toEqual(words);
    await file.close();
  });
});

describe("dequantization equals the gguf package's, bit for bit", () => {
  const Cases = z.record(z.string(), z.object({ bytes: z.string(), values: z.string() }));
  const cases = Cases.parse(JSON.parse(readFileSync(new URL("fixtures/dequantized.json", import.meta.url), "utf8")));
  const types: Record<string, number> = {
    ...{ F16: 1, BF16: 30, Q8_0: 8, Q4_0: 2, Q4_1: 3, Q5_0: 6, Q5_1: 7, IQ4_NL: 20 },
    ...{ Q2_K: 10, Q3_K: 11, Q4_K: 12, Q5_K: 13, Q6_K: 14 },
  };
  test.each(Object.keys(types))("%s", async (name) => {
    const expected = Buffer.from(cases[name].values, "hex");
    const tensors = [{ name: "t", sizes: [expected.length / 4], type: types[name], offset: 0 }];
    const file = await open({ tensors, data: Buffer.from(cases[name].bytes, "hex") });
    const values = await file.read("t");
    expect(Buffer.from(values.buffer).toString("hex")).toBe(cases[name].values);
    await file.close();
  });
});

const tensor = { name: "t", sizes: [2], type: F32, offset: 0 };
const data = floats(1, 2);
const hostile: [string, GgufParts | Buffer, RegExp][] = [
  ["an empty file", Buffer.alloc(0), /an empty file/],
  ["another format", Buffer.from("PK\x03\x04 not a model at all"), /first bytes 504b0304/],
  ["a file that ends in the version", Buffer.from("GGUF\x03"), /version, offset 4: found a file of 5 bytes/],
  ["version 1", { ...small, version: 1 }, /version, offset 4: found version 1/],
  ["a big-endian file", { ...small, version: 0x03000000 }, /version 3 in big-endian/],
  ["more tensors than the cap", { ...small, tensorCount: 2n ** 40n }, /tensor count, offset 8: found 1099511627776/],
  ["a tensor count of 2^64 − 1", { ...small, tensorCount: 2n ** 64n - 1n }, /found 18446744073709551615/],
  ["more tensors than there are", { ...small, tensorCount: 3 }, /tensor name 3 of 3|tensor/],
  ["more keys than the cap", { ...small, keyCount: 2n ** 63n }, /metadata count, offset 16/],
  ["a key longer than the file", { keys: [(w) => w.text("k", 2n ** 62n)] }, /key 1 of 1, offset 24/],
  ["a key twice", { keys: [numberKey("k", 1), numberKey("k", 2)] }, /key k, offset .*second time/],
  ["an unknown value type", { keys: [(w) => w.text("k").u32(13)] }, /type of k.*found 13/],
  ["a boolean of 2", { keys: [(w) => w.text("k").u32(7).u8(2)] }, /k, offset.*found 2, expected 0 or 1/],
  [
    "a text longer than the file",
    {
      keys: [
        (w) =>
          w
            .text("k")
            .u32(8)
            .u64(2n ** 30n),
      ],
    },
    /a text of 1073741824 bytes/,
  ],
  [
    "a list longer than the file",
    {
      keys: [
        (w) =>
          w
            .text("k")
            .u32(9)
            .u32(0)
            .u64(2n ** 53n - 1n),
      ],
    },
    /a list of 9007199254740991/,
  ],
  [
    "a list of 2^63",
    {
      keys: [
        (w) =>
          w
            .text("k")
            .u32(9)
            .u32(8)
            .u64(2n ** 63n),
      ],
    },
    /length of k.*9223372036854775808/,
  ],
  [
    "lists nested 100 deep",
    { keys: [(w) => Array.from({ length: 100 }).reduce<ByteWriter>((all) => all.u32(9).u64(1), w.text("k").u32(9))] },
    /nested more deeply/,
  ],
  [
    "an integer beyond 2^53",
    {
      keys: [
        (w) =>
          w
            .text("k")
            .u32(10)
            .u64(2n ** 53n),
      ],
    },
    /found 9007199254740992/,
  ],
  [
    "a negative integer beyond 2^53",
    {
      keys: [
        (w) =>
          w
            .text("k")
            .u32(11)
            .i64(-(2n ** 53n)),
      ],
    },
    /found -9007199254740992/,
  ],
  ["alignment 0", { keys: [numberKey("general.alignment", 0)] }, /general.alignment/],
  ["alignment 48", { keys: [numberKey("general.alignment", 48)] }, /general.alignment.*power of two/],
  ["alignment 2^31", { keys: [numberKey("general.alignment", 2 ** 31)] }, /general.alignment/],
  ["an alignment in words", { keys: [textKey("general.alignment", "32")] }, /general.alignment/],
  ["a name twice", { tensors: [tensor, tensor], data }, /tensor t, offset .*second time/],
  ["no dimensions", { tensors: [{ ...tensor, sizes: [] }], data }, /0 dimensions/],
  ["five dimensions", { tensors: [{ ...tensor, sizes: [1, 1, 1, 1, 2] }], data }, /5 dimensions/],
  ["a dimension of 0", { tensors: [{ ...tensor, sizes: [2, 0] }], data }, /a dimension of 0/],
  [
    "a product that wraps to 2",
    { tensors: [{ ...tensor, sizes: [2n ** 33n, 2n ** 31n, 2] }], data },
    /more than 1073741824 weights/,
  ],
  ["a dimension of 2^64 − 1", { tensors: [{ ...tensor, sizes: [2n ** 64n - 1n] }], data }, /found 18446744073709551615/],
  [
    "a row that no block divides",
    { tensors: [{ ...tensor, sizes: [33], type: 8 }], data },
    /rows of 33.*multiple of 32 for Q8_0/,
  ],
  [
    "a type we don't read",
    { tensors: [{ ...tensor, type: 16 }], data },
    /type of tensor t.*tensor type IQ2_XXS \(16\).*F32, F16/,
  ],
  ["a type nobody knows", { tensors: [{ ...tensor, type: 999 }], data }, /unknown to us \(999\)/],
  [
    "a misaligned offset",
    { tensors: [{ ...tensor, offset: 4 }], data: floats(1, 2, 3) },
    /found 4, expected a multiple of the alignment/,
  ],
  ["an offset beyond the file", { tensors: [{ ...tensor, offset: 2n ** 40n }], data }, /tensor t, offset .*in a file of/],
  ["an offset beyond 2^53", { tensors: [{ ...tensor, offset: 2n ** 60n }], data }, /found 1152921504606846976/],
  ["data cut short", { tensors: [tensor], data: floats(1) }, /tensor t.*cut short/],
  ["tensors that overlap", { tensors: [tensor, { ...tensor, name: "u" }], data }, /within another tensor/],
  [
    "a length that no header has",
    Buffer.concat([Buffer.from("GGUF\x03\0\0\0"), Buffer.alloc(15, 0xff)]),
    /tensor count|metadata count/,
  ],
];

describe("a hostile or damaged GGUF file is refused, naming file, field and offset", () => {
  test.each(hostile)("%s", async (_, parts, message) => {
    const path = temporaryFile(Buffer.isBuffer(parts) ? parts : ggufBytes(parts));
    const error: unknown = await openModelFile(path).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(InputError);
    expect(String(error)).toContain(path);
    expect(String(error)).toMatch(message);
  });

  test("no folder and no missing file is opened", async () => {
    const path = temporaryFile(data);
    await expect(openModelFile(`${path}.none`)).rejects.toThrow(InputError);
    await expect(openModelFile(path.replace(/\/[^/]*$/, ""))).rejects.toThrow(InputError);
  });

  test("any change of bytes ends in an InputError or in a file whose tensors read", async () => {
    const whole = ggufBytes(small);
    const path = temporaryFile(whole);
    const change = fc.record({ at: fc.nat(whole.length - 1), byte: fc.nat(255), length: fc.nat(whole.length) });
    const property = fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), fc.boolean(), async (changes, cut) => {
      const bytes = Buffer.from(whole);
      for (const { at, byte } of changes) bytes[at] = byte;
      writeFileSync(path, cut ? bytes.subarray(0, changes[0].length) : bytes);
      try {
        const file = await openModelFile(path);
        for (const [name, { shape }] of file.tensors) {
          expect((await file.read(name)).length).toBe(shape.reduce((product, size) => product * size, 1));
        }
        await file.close();
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
      }
    });
    await fc.assert(property, { numRuns: 300 });
  });
});

describe("a file that changes after it was opened is noticed at the next read", () => {
  const changes: [string, (path: string) => void][] = [
    ["it grows", (path) => appendFileSync(path, "x")],
    ["it shrinks", (path) => writeFileSync(path, ggufBytes(small).subarray(0, 100))],
    ["other bytes at the same size, another time", (path) => utimesSync(path, 1, 1)],
  ];
  test.each(changes)("%s", async (_, change) => {
    const path = temporaryFile(ggufBytes(small));
    const file = await openModelFile(path);
    change(path);
    await expect(file.read("matrix")).rejects.toThrow(/tensor matrix: found a file that has changed since it was opened/);
    await file.close();
  });
});
