import { existsSync, mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeEach, expect, test, vi } from "vitest";

import { compress } from "../../../kernel/magics/compress.js";
import { tinyModel } from "../../compression/export/exported.js";
import { quietContext } from "./quiet-context.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "touchstone-test-"));
  vi.stubEnv("TOUCHSTONE_CACHE", join(folder, "cache"));
  vi.stubEnv("TOUCHSTONE_STUDY", join(folder, "study"));
});
afterAll(() => vi.unstubAllEnvs());

/** Runs the magic on a tiny model, without measuring; gives what it displayed. */
async function run(options: { save?: string; format?: string; pattern?: string[]; methods?: string[] }): Promise<unknown[]> {
  const shown: unknown[] = [];
  const model = await tinyModel("llama");
  const context = quietContext({
    session: { magicNames: [], model, engine: undefined, variants: new Map(), study: undefined },
    display: (value) => shown.push(value),
  });
  const { methods = ["rtn"], pattern, ...saving } = options;
  const settings = pattern === undefined ? { bits: [4], group: "8" } : { pattern };
  await compress.run({ kind: "call", values: [methods, { ...settings, noPerplexity: true, ...saving }] }, context);
  await context.session.study?.close();
  await model.close();
  return shown;
}

test("%compress --save exports each variant into a folder of its name", async () => {
  const target = join(folder, "exports");
  await run({ save: target, format: "gguf" });
  await run({ save: target, methods: ["magnitude"], pattern: ["50%", "2:4"] });
  expect(readdirSync(target).sort()).toEqual(["magnitude-2-4", "magnitude-50-", "rtn-4bit-g8"]);
  expect(readdirSync(join(target, "rtn-4bit-g8"))).toContain("model.gguf");
  expect(readdirSync(join(target, "magnitude-2-4"))).toContain("model.safetensors");
});

test("%compress --save shows what the files don't hold", async () => {
  const [shown] = await run({ save: join(folder, "exports"), format: "awq" });
  expect(JSON.stringify(shown)).toContain("scales are rounded to float16");
});

test.each([
  ["a format without a folder", { format: "gguf" }, /--save DIR/],
  ["a name that is no format", { format: "gguff", save: "x" }, /gguf/],
  ["a layout that no loader reads any more", { format: "marlin-24", save: "x" }, /no loader reads/],
])("--save refuses %s before any work", async (_, options, message) => {
  await expect(run(options)).rejects.toThrow(message);
  expect(existsSync(join(folder, "cache"))).toBe(false);
});
