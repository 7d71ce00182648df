import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { methods } from "../../lib/compression/index.js";
import { noStatistics } from "../../lib/compression/method.js";
import { restore } from "../../lib/compression/stored-matrix.js";
import { openSafetensors } from "../../lib/formats/index.js";
import { readCase } from "../parity/compression-cases.js";

const FOLDER = "../shared/reference/layers";
const files = existsSync(FOLDER) ? readdirSync(FOLDER).filter((name) => name.endsWith(".safetensors")) : [];

describe.skipIf(files.length === 0)(`compressed layers equal the authors' bit for bit (skipped without ${FOLDER})`, () => {
  test.each(files.length > 0 ? files : ["none"])("%s", async (name) => {
    const file = await openSafetensors(join(FOLDER, name));
    const [rows, cols] = file.tensors.get("w")?.shape ?? [0, 0];
    const weight = { rows, cols, values: await file.read("w") };
    const compared: string[] = [];
    for (const tensor of file.tensors.keys()) {
      const found = readCase(tensor);
      if (found === undefined || !["rtn", "magnitude"].includes(found.method)) continue;
      const method = methods[found.method];
      const block = { block: 0, kinds: ["q" as const], read: () => Promise.resolve(weight), statistics: noStatistics };
      for await (const { stored } of method.compressBlock(block, { ...method.defaults, ...found.settings })) {
        expect(restore(stored, weight.values), tensor).toEqual(await file.read(tensor));
        compared.push(tensor);
      }
    }
    expect(compared).toHaveLength(13);
    await file.close();
  });
});
