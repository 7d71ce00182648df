import { existsSync } from "node:fs";

import type { MagicContext } from "./context.js";
import { magic } from "./magic.js";
import { choice, required, text } from "./parameters.js";
import { follow, library } from "./workspace.js";

/** `BACKENDS` of the library, which help and completion must not load. */
const BACKENDS = ["tensorflow", "wasm", "cpu"] as const;

/** `%model`: loads a model, shows its card. */
export const model = magic({
  name: "model",
  kind: "line",
  summary: "Loads a model and shows its card; what was made from an earlier one leaves the session, not the study",
  positional: {
    name: required(
      text("a model's name, its OWNER/NAME on the hub, or the path of a GGUF file", {
        values: async () => Object.keys((await library()).knownModels),
        shape: "NAME|OWNER/NAME[@REVISION]|PATH",
      }),
    ),
  },
  options: {
    backend: choice("what computes, in this and all later cells; default the best that works here", BACKENDS),
  },
  examples: [
    "%model smollm2  // SmolLM2-135M-Instruct",
    "%model ./models/tiny.gguf  // any LLaMA-type GGUF",
    "%model meta-llama/Llama-2-13b-chat-hf  // fetched from the hub once; HF_TOKEN for gated ones",
  ],
  result: "ColumnTable",
  load:
    () =>
    async ({ name, backend }, context) => {
      const { denseVariant, loadModel, modelCard, resolveBackend } = await library();
      const { session } = context;
      const { label } = await resolveBackend(backend);
      const loaded = await loadModel(await onDisk(name, context));
      session.engine?.close();
      await session.model?.close();
      session.engine = undefined;
      session.model = loaded;
      session.variants.clear();
      session.variants.set("dense", denseVariant(loaded));
      return modelCard(loaded, `${label}, float32`);
    },
});

/** Fetches what is named as on a hub, unless a path of that name is there; gives other names as they are. */
async function onDisk(name: string, context: MagicContext): Promise<string> {
  const { fetchHubModel, parseHubId } = await library();
  if (parseHubId(name) === undefined || existsSync(name)) return name;
  return follow(fetchHubModel(name, { signal: context.signal }), context);
}
