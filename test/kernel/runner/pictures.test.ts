import { describe, expect, test } from "vitest";

import { pictureOf } from "../../../kernel/runner/pictures.js";

const show = async (value: object) => (await pictureOf(value)?.()) ?? {};

describe("a picture", () => {
  test("is told by its first bytes, and shortened to what it is in plain text", async () => {
    const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2]);
    expect(await show(png)).toEqual({ "image/png": png.toString("base64"), "text/plain": "image/png, 10 bytes" });
    expect(Object.keys(await show(Buffer.from([0xff, 0xd8, 0xff, 0])))).toContain("image/jpeg");
    expect(pictureOf(Buffer.from("text"))).toBeUndefined();
  });

  test("is made by an object's own toSVG or toHTML; another result is an error", async () => {
    expect(await show({ toSVG: () => "<svg/>" })).toEqual({ "image/svg+xml": "<svg/>" });
    expect(await show({ toHTML: () => Promise.resolve("<i/>") })).toEqual({ "text/html": "<i/>" });
    await expect(show({ toHTML: () => 3 })).rejects.toThrow(/toHTML\(\) gave number/);
  });

  test("of an address is a link, but only of one that a browser may open", async () => {
    const { "text/html": html } = await show(new URL("https://example.com/?a=1&b='2'"));
    expect(html).toMatch(/^<a href="https:\/\/example\.com\/\?a=1&#38;b=%272%27"/);
    expect(JSON.stringify(await show(new URL("javascript:alert(1)")))).not.toContain("<a");
  });
});

describe("numbers", () => {
  test("that are many are told by their statistics, odd ones counted", async () => {
    const values = Float32Array.from({ length: 100 }, (_, i) => (i < 2 ? NaN : i % 2));
    const { "text/plain": text } = await show(values);
    expect(text).toMatch(
      /^Float32Array\(100\)\s+min 0, max 1, mean 0\.5, standard deviation 0\.5, 2 not finite\n\[NaN, NaN, 0, 1/,
    );
    expect(pictureOf(new Float32Array(3))).toBeUndefined();
  });

  test("of a tensor come with shape and type; a disposed one has none", async () => {
    const tensor = {
      dtype: "float32",
      shape: [2, 2],
      dataId: {},
      isDisposed: false,
      data: () => Promise.resolve(Float32Array.of(1, 2, 3, 4)),
    };
    expect((await show(tensor))["text/plain"]).toMatch(/^Tensor float32 \[2, 2\]\s+min 1, max 4, mean 2\.5/);
    expect((await show({ ...tensor, isDisposed: true }))["text/plain"]).toBe("Tensor float32 [2, 2], disposed");
  });
});
