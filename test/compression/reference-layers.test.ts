import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test, vi } from "vitest";

import { methods } from "../../lib/compression/index.js";
import { openSafetensors } from "../../lib/formats/index.js";
import { compareWeights, readCase } from "../parity/compression-cases.js";
import type { ReferenceCase } from "../parity/compression-cases.js";
import { compressLayer, readLayer } from "../parity/compression-layer.js";

const FOLDER = "../shared/reference/layers";
const files = existsSync(FOLDER) ? readdirSync(FOLDER).filter((name) => name.endsWith(".safetensors")) : [];
const EXACT = ["rtn", "magnitude", "wanda"];

vi.stubEnv("TOUCHSTONE_BACKEND", "cpu"); // plain loops: no native code here

/** Some of GPTQ's settings; `npm run parity:compression` has them all. */
const isChosen = ({ method, settings }: ReferenceCase): boolean =>
  method !== "gptq" || (settings["bits"] === 3 && settings["group"] === 64);

describe.skipIf(files.length === 0)(`compressed layers equal the authors' (skipped without ${FOLDER})`, () => {
  test.each(files.length > 0 ? files : ["none"])("%s", async (name) => {
    const file = await openSafetensors(join(FOLDER, name));
    const layer = await readLayer(file);
    const compared: string[] = [];
    for (const tensor of file.tensors.keys()) {
      const found = readCase(tensor);
      if (found === undefined || ![...EXACT, "gptq", "sparsegpt"].includes(found.method) || !isChosen(found)) continue;
      const ours = await compressLayer(layer, methods[found.method], found.settings);
      const theirs = await file.read(tensor);
      const { shareIdentical, shareEqual } = compareWeights(ours, theirs, layer.weight.values);
      if (EXACT.includes(found.method)) expect(shareIdentical, tensor).toBe(1);
      else expect(shareEqual, tensor).toBeGreaterThan(0.998);
      compared.push(tensor);
    }
    expect(compared.length).toBe(27);
    await file.close();
  });
});
