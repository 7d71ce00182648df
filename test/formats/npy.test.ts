import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { InputError } from "../../lib/core/errors.js";
import { parseNpy } from "../../lib/formats/npy.js";

/** As numpy.save writes it: version 1, the header padded with blanks to a multiple of 64. */
function npy(type: string, shape: string, data: Buffer): Buffer {
  const fields = `{'descr': '${type}', 'fortran_order': False, 'shape': ${shape}, }`;
  const header = `${fields.padEnd(Math.ceil((fields.length + 11) / 64) * 64 - 11)}\n`;
  const length = Buffer.alloc(2);
  length.writeUInt16LE(header.length);
  return Buffer.concat([Buffer.from([0x93]), Buffer.from("NUMPY\u0001\u0000", "latin1"), length, Buffer.from(header), data]);
}

function textData(values: readonly string[], length: number): Buffer {
  const data = Buffer.alloc(values.length * length * 4);
  values.forEach((value, i) =>
    Array.from(value).forEach((c, j) => data.writeUInt32LE(c.codePointAt(0) ?? 0, (i * length + j) * 4)),
  );
  return data;
}

function integerData(values: readonly bigint[]): Buffer {
  const data = Buffer.alloc(values.length * 8);
  values.forEach((value, i) => data.writeBigInt64LE(value, i * 8));
  return data;
}

describe("a .npy file", () => {
  test("of texts gives them back, whatever their letters", () => {
    const text = fc.string({ unit: "binary", maxLength: 6 }).filter((value) => !value.endsWith("\u0000"));
    fc.assert(
      fc.property(fc.array(text, { maxLength: 5 }), (values) => {
        expect(parseNpy(npy("<U6", `(${values.length},)`, textData(values, 6)), "f.npy")).toEqual(values);
      }),
    );
  });

  test("of 64-bit integers gives them back", () =>
    fc.assert(
      fc.property(fc.array(fc.maxSafeInteger()), (values) => {
        expect(parseNpy(npy("<i8", `(${values.length},)`, integerData(values.map(BigInt))), "f.npy")).toEqual(values);
      }),
    ));

  test("that is damaged is refused by name or read, never anything else", () =>
    fc.assert(
      fc.property(fc.nat(), fc.nat(255), fc.nat(200), (at, byte, cut) => {
        const whole = npy("<U6", "(3,)", textData(["Male", "Female", "x"], 6));
        const bytes = Buffer.from(whole.subarray(0, whole.length - cut));
        bytes[at % bytes.length] = byte;
        try {
          expect(parseNpy(bytes, "f.npy")).toHaveLength(3);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
          expect(String(error)).toContain("f.npy");
        }
      }),
      { numRuns: 500 },
    ));

  test.each([
    ["|O", "(1,)", Buffer.alloc(8), "f.npy, descr"],
    ["<i8", "(1, 1)", Buffer.alloc(8), "f.npy, shape"],
    ["<i8", "(2,)", Buffer.alloc(8), "f.npy, data"],
    ["<i8", "(99999999999,)", Buffer.alloc(8), "f.npy, data"],
  ])("of type %s and shape %s is refused where it does not fit", (type, shape, data, where) =>
    expect(() => parseNpy(npy(type, shape, data), "f.npy")).toThrow(where),
  );
});
