import { safetensorsBytes, type SafetensorsSource, writeSafetensorsModel } from "../../formats/index.js";
import { huggingFaceName } from "../../model/index.js";
import type { Weights } from "../../model/weights.js";
import type { ExportFormat, Floats } from "./export-format.js";
import { floatNotes, storedFloats } from "./float-tensors.js";
import { huggingFaceFiles } from "./hugging-face-files.js";

/** A folder that transformers loads: every weight as the variant computes with it, whatever the method. */
export const safetensors: ExportFormat = {
  name: "safetensors",
  summary: "a folder that transformers loads, every weight in full",
  floats: "F32",
  plan: ({ variant, source, floats }) => {
    const tensors = variant.weights.names.map((name) => floatTensor(variant.weights, name, floats));
    const files = huggingFaceFiles({ variant, source, floats });
    return Promise.resolve({
      bytes: safetensorsBytes(tensors),
      tensors: tensors.length,
      notes: floatNotes(floats),
      write: async function* (draft) {
        await files.write(draft, {});
        yield* writeSafetensorsModel(draft.folder, tensors);
      },
    });
  },
};

/** One weight under Hugging Face's name, as numbers. */
export const floatTensor = (weights: Weights, name: string, floats: Floats): SafetensorsSource => ({
  name: huggingFaceName(name),
  storage: floats,
  shape: weights.shape(name),
  data: async () => storedFloats(name, await weights.read(name), floats),
});
