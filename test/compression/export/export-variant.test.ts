import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";

import type { Recipe, Variant } from "../../../lib/compression/index.js";
import { openSafetensors } from "../../../lib/formats/index.js";
import { loadModel } from "../../../lib/model/index.js";
import { changeJson, copyOf } from "../../model/model-files.js";
import { exported, freshFolder, tinyModel, variantOf } from "./exported.js";

beforeEach(() => {
  vi.stubEnv("TOUCHSTONE_CACHE", mkdtempSync(join(tmpdir(), "touchstone-test-")));
});
afterEach(() => vi.restoreAllMocks());

const rtn = (settings: Recipe["settings"]): Recipe => ({ method: "rtn", settings });
const tiny = async (settings: Recipe["settings"], model = "llama"): Promise<Variant> =>
  variantOf(await tinyModel(model), rtn(settings));
const Json = z.record(z.string(), z.unknown());
const json = (folder: string, name: string): z.infer<typeof Json> =>
  Json.parse(JSON.parse(readFileSync(join(folder, name), "utf8")));

describe("the folder", () => {
  test("is made whole, and an earlier export gives way to a new one", async () => {
    const variant = await tiny({ bits: 4, group: 8 });
    const { folder } = await exported(variant, { format: "safetensors" });
    await exported(variant, { format: "gguf", folder });
    expect(readdirSync(folder).sort()).toEqual(["model.gguf", "touchstone.json"]);
    expect(readdirSync(dirname(folder))).toEqual(["export"]);
  });

  test.each([
    ["files of others", "notes.txt"],
    ["a file beside an export", "model.safetensors"],
  ])("with %s is left as it is", async (_, name) => {
    const folder = freshFolder();
    mkdirSync(folder);
    writeFileSync(join(folder, name), "mine");
    writeFileSync(join(folder, "touchstone.json"), JSON.stringify({ touchstone: "export", files: ["touchstone.json"] }));
    await expect(exported(await tiny({ bits: 4, group: 8 }), { format: "gguf", folder })).rejects.toThrow(
      /a folder with other files/,
    );
    expect(readFileSync(join(folder, name), "utf8")).toBe("mine");
    expect(readdirSync(dirname(folder))).toEqual(["export"]);
  });

  test("is not there after an interruption", async () => {
    const folder = freshFolder();
    const stop = new AbortController();
    stop.abort();
    const variant = await tiny({ bits: 4, group: 8 });
    await expect(exported(variant, { format: "gguf", folder, signal: stop.signal })).rejects.toThrow();
    expect(readdirSync(dirname(folder))).toEqual([]);
  });

  test("on a place that can't be written to is named", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "touchstone-test-")), "file");
    writeFileSync(file, "");
    const variant = await tiny({ bits: 4, group: 8 });
    await expect(exported(variant, { format: "gguf", folder: join(file, "x") })).rejects.toThrow(
      /a file where a folder is needed/,
    );
  });
});

describe("a format refuses by name", () => {
  const cases: [string, string, Recipe["settings"], RegExp][] = [
    ["gptq", "5 bits", { bits: 5, group: 8 }, /5 bits, expected 2, 3, 4 or 8/],
    ["gptq", "a shorter last group", { bits: 4, group: 16 }, /blocks\.0\.down: found groups of 16 in 24 inputs/],
    ["awq", "3 bits", { bits: 3, group: 8 }, /3 bits, expected 4 bits/],
    ["gptq", "codes that fill no word", { bits: 2, group: 8 }, /blocks\.0\.\w+: found \d+ outputs and \d+ inputs/],
  ];
  test.each(cases)("%s: %s", async (format, _, settings, message) => {
    await expect(exported(await tiny(settings), { format })).rejects.toThrow(message);
  });

  test.each(["gptq", "awq"])("%s: pruned and dense variants", async (format) => {
    const model = await tinyModel("llama");
    for (const recipe of [undefined, { method: "magnitude", settings: { pattern: "2:4" } }]) {
      await expect(exported(await variantOf(model, recipe), { format })).rejects.toThrow(/not on a grid of codes/);
    }
  });

  test("a name that is none, and layouts that no loader reads any more", async () => {
    const variant = await tiny({ bits: 4, group: 8 });
    await expect(exported(variant, { format: "ggu" })).rejects.toThrow(/gguf/);
    await expect(exported(variant, { format: "sparse-24-bitmask" })).rejects.toThrow(/no loader reads any more/);
  });

  test("numbers that float16 can't hold", async () => {
    const variant = await variantOf(await tinyModel("llama"));
    const weights = { ...variant.weights, read: () => Promise.resolve(new Float32Array(48 * 16).fill(1e6)) };
    await expect(exported({ ...variant, weights }, { format: "safetensors", floats: "F16" })).rejects.toThrow(/F16 can hold/);
  });
});

describe("packed folders", () => {
  test.each(["gptq", "awq"])("of qwen2 as %s have its biases, its settings and all else as float16", async (format) => {
    const variant = await tiny({ bits: 4, group: 8, symmetric: true }, "qwen2");
    const { folder, notes } = await exported(variant, { format });
    const file = await openSafetensors(join(folder, "model.safetensors"));
    expect([...file.tensors.keys()].filter((name) => name.includes("layers.0.self_attn.q_proj")).sort()).toEqual(
      ["bias", ...(format === "gptq" ? ["g_idx"] : []), "qweight", "qzeros", "scales"].map(
        (end) => `model.layers.0.self_attn.q_proj.${end}`,
      ),
    );
    expect(file.tensors.get("model.embed_tokens.weight")?.storage).toBe("F16");
    await file.close();
    const config = Json.parse(json(folder, "config.json")["quantization_config"]);
    expect(config).toMatchObject({ quant_method: format, bits: 4, group_size: 8 });
    if (format === "gptq") expect(config).toMatchObject({ checkpoint_format: "gptq", sym: true, desc_act: false });
    expect(notes.some((note) => /scales are rounded to float16, each by at most 0\.0\d+ %/.test(note))).toBe(true);
  });

  test("say which layers stay dense", async () => {
    const variant = await tiny({ bits: 4, group: 8, symmetric: true, keep: ["blocks.1.down"] });
    const gptq = await exported(variant, { format: "gptq" });
    const config = Json.parse(json(gptq.folder, "config.json")["quantization_config"]);
    expect(config["dynamic"]).toEqual({ "-:^model\\.layers\\.1\\.mlp\\.down_proj$": {} });
    const awq = await exported(variant, { format: "awq" });
    const other = Json.parse(json(awq.folder, "config.json")["quantization_config"]);
    expect(other["modules_to_not_convert"]).toContain("model.layers.1.mlp.down_proj");
  });

  test("take the layout's second version where a zero point is 0", async () => {
    const variant = await tiny({ bits: 4, group: 8 }); // groups of 8 weights of one sign
    const { folder, notes } = await exported(variant, { format: "gptq" });
    expect(json(folder, "quantize_config.json")["checkpoint_format"]).toBe("gptq_v2");
    expect(notes.join()).toContain("gptq_v2");
  });
});

test("config.json of an export asks for no code, and says nothing of an earlier quantization", async () => {
  const source = copyOf("mistral");
  changeJson(source, "config.json", { auto_map: { AutoModelForCausalLM: "evil.Model" } });
  writeFileSync(join(source, "evil.py"), "print()");
  const { folder } = await exported(await variantOf(await loadModel(source)), { format: "safetensors" });
  const config = json(folder, "config.json");
  expect(Object.keys(config)).not.toContain("auto_map");
  expect(config).toMatchObject({ model_type: "mistral", dtype: "float32", sliding_window: null });
  expect(readdirSync(folder)).not.toContain("evil.py");
});
