import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";

import { InputError } from "../../lib/core/errors.js";
import { createTokenizer, vocabularyFromFiles } from "../../lib/text/index.js";
import { complaintOf, copyOf } from "./model-files.js";

const RUNS = Number(process.env["TOUCHSTONE_FUZZ_RUNS"] ?? 25);
const Header = z.record(z.string(), z.record(z.string(), z.unknown()));
const Extent = z.tuple([z.number(), z.number()]);

/** A single safetensors file in its parts, to be put together otherwise. */
function partsOf(file: Buffer): { header: z.infer<typeof Header>; data: Buffer; names: string[] } {
  const end = 8 + Number(file.readBigUInt64LE(0));
  const header = Header.parse(JSON.parse(file.subarray(8, end).toString()));
  return { header, data: file.subarray(end), names: Object.keys(header).filter((name) => name !== "__metadata__") };
}

function safetensors(header: unknown, data: Buffer): Buffer {
  const text = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, data]);
}

const folder = copyOf("llama");
const file = join(folder, "model.safetensors");
const whole = readFileSync(file);
const { header, data, names } = partsOf(whole);
const notNumbers = fc.constantFrom(NaN, Infinity, -Infinity);
const nested = (depth: number, of: "list" | "object"): string =>
  of === "list" ? "[".repeat(depth) + "]".repeat(depth) : '{"a":'.repeat(depth) + "1" + "}".repeat(depth);

describe("a safetensors file", () => {
  const refused = async (content: Buffer): Promise<InputError> => {
    writeFileSync(file, content);
    const complaint = await complaintOf(folder);
    expect(complaint).toBeInstanceOf(InputError);
    return complaint ?? expect.fail();
  };

  test("with tensors that overlap, or leave a hole, is refused by the name of one", async () => {
    const shift = fc.integer({ min: -64, max: 64 }).filter((bytes) => bytes !== 0);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), shift, async (name, by) => {
        const [start, end] = Extent.parse(header[name]["data_offsets"]);
        const moved = { ...header, [name]: { ...header[name], data_offsets: [start + by, end + by] } };
        expect((await refused(safetensors(moved, data))).where).toMatch(/tensor/);
      }),
      { numRuns: RUNS },
    );
  });

  test("cut off anywhere is refused", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), async (length) => {
        await refused(whole.subarray(0, length));
      }),
      { numRuns: RUNS },
    );
  });

  test("with a weight that is no number is refused by its tensor and place", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(data.length / 4 - 1), notNumbers, async (at, value) => {
        const changed = Buffer.from(data);
        changed.writeFloatLE(value, 4 * at);
        const { where, found } = await refused(safetensors(header, changed));
        expect(where).toMatch(/tensor [\w.]+, weight \d+/);
        expect(found).toBe(String(value));
      }),
      { numRuns: RUNS },
    );
  });

  test("with sizes and counts beyond all files is refused", async () => {
    const huge = fc.constantFrom(2 ** 31, 2 ** 40, 2 ** 53, 1e300);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), huge, fc.constantFrom("shape", "data_offsets"), async (name, size, field) => {
        await refused(safetensors({ ...header, [name]: { ...header[name], [field]: [0, size] } }, data));
      }),
      { numRuns: RUNS },
    );
    const many = Object.fromEntries(Array.from({ length: 300_000 }, (_, i) => [`k${i}`, "v"]));
    expect((await refused(safetensors({ ...header, __metadata__: many }, data))).found).toMatch(/names/);
  });
});

describe("a GGUF file", () => {
  const path = copyOf("gguf-llama.gguf");
  const gguf = readFileSync(path);
  const refused = async (content: Buffer): Promise<InputError> => {
    writeFileSync(path, content);
    return (await complaintOf(path)) ?? expect.fail("it was loaded");
  };

  test("cut off anywhere is refused", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(gguf.length - 1), async (length) => {
        await refused(gguf.subarray(0, length));
      }),
      { numRuns: RUNS },
    );
  });

  test.each([
    [8, "tensor count"],
    [16, "metadata count"],
  ])("with a huge number at %i is refused by the %s, or where the file ends before it", async (at, name) => {
    await fc.assert(
      fc.asyncProperty(fc.bigInt({ min: 65_537n, max: 2n ** 64n - 1n }), async (count) => {
        const changed = Buffer.from(gguf);
        changed.writeBigUInt64LE(count, at);
        expect((await refused(changed)).where).toContain(name);
      }),
      { numRuns: RUNS },
    );
  });

  test("with a weight that is no number is refused by its tensor and place", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 16 }), notNumbers, async (fromEnd, value) => {
        const changed = Buffer.from(gguf);
        changed.writeFloatLE(value, gguf.length - 4 * fromEnd); // the last tensor is the output's norm, 16 floats
        expect(String(await refused(changed))).toContain(`weight ${16 - fromEnd}: found ${value}`);
      }),
      { numRuns: RUNS },
    );
  });
});

describe("JSON nested without end", () => {
  const shapes = fc.constantFrom("list" as const, "object" as const);
  test.each(["config.json", "tokenizer.json", "tokenizer_config.json", "generation_config.json"])(
    "as %s is refused by the file's name",
    async (name) => {
      const path = copyOf("llama");
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 65, max: 400_000 }), shapes, async (depth, shape) => {
          writeFileSync(join(path, name), nested(depth, shape));
          const complaint = await complaintOf(path);
          expect(complaint?.where).toContain(name);
        }),
        { numRuns: RUNS },
      );
    },
  );

  test("as a safetensors header is refused", async () => {
    const path = copyOf("llama");
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 5, max: 400_000 }), async (depth) => {
        writeFileSync(join(path, "model.safetensors"), safetensors(nested(depth, "object"), Buffer.alloc(0)));
        expect((await complaintOf(path))?.where).toContain("model.safetensors");
      }),
      { numRuns: RUNS },
    );
  });
});

test("a tokenizer.model cut off anywhere, or with lengths beyond its end, is refused or makes a tokenizer of what stands there", () => {
  const pieces = readFileSync(join(import.meta.dirname, "../text/fixtures/tokenizers/pieces.model"));
  const change = fc.record({ at: fc.nat(pieces.length - 10), length: fc.nat(pieces.length), isHuge: fc.boolean() });
  fc.assert(
    fc.property(change, ({ at, length, isHuge }) => {
      const changed = Buffer.from(pieces);
      if (isHuge) changed.fill(0xff, at, at + 9); // a length of 2^63
      const model = isHuge ? changed : changed.subarray(0, length);
      try {
        const tokenizer = createTokenizer(
          "toy",
          vocabularyFromFiles({ folder: "toy", json: undefined, config: undefined, bos: undefined, eos: [], size: 600, model }),
        );
        tokenizer.decode(tokenizer.encode("some text of 12 words"));
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
      }
    }),
    { numRuns: 4 * RUNS },
  );
});
