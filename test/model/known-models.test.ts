import { join } from "node:path";

import { expect, test, vi } from "vitest";

import { knownModelPath, knownModels } from "../../lib/model/known-models.js";

test("smollm2 is one file in the cache, under its published name and hash", () => {
  vi.stubEnv("TOUCHSTONE_CACHE", "/cache");
  expect(knownModelPath("smollm2")).toBe(join("/cache", "models", "smollm2", "SmolLM2-135M-Instruct.Q4_1.gguf"));
  expect(knownModels.smollm2.sha256).toBe("b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53");
  vi.unstubAllEnvs();
});

test("an unknown model gets the nearest name", () => {
  expect(() => knownModelPath("smolm2")).toThrow(/did you mean "smollm2"/i);
});
