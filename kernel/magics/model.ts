import { existsSync } from "node:fs";

import type { MagicContext } from "./context.js";
import { magic } from "./magic.js";
import { InputError } from "../../lib/core/errors.js";
import { choice, required, text } from "./parameters.js";
import { follow, library } from "./workspace.js";

/** `BACKENDS` of the library, which help and completion must not load. */
const BACKENDS = ["tensorflow", "wasm", "cpu"] as const;

const PRECISIONS = ["f32", "bf16"] as const;

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
    precision: choice("of the matrices when it answers; bf16 is faster, and less exact, where the processor has it", PRECISIONS, {
      default: "f32",
    }),
    template: text("conversations as the study's published runs wrote them, in place of the model's own template", {
      values: async () => Object.keys((await library()).publishedTemplates),
      shape: "NAME",
    }),
    revision: text("of a hub's model: a branch, a tag or a commit", { shape: "REVISION" }),
  },
  examples: [
    "%model smollm2  // SmolLM2-135M-Instruct",
    "%model ./models/tiny.gguf  // any LLaMA-type GGUF",
    "%model lmsys/vicuna-13b-v1.3 --template vicuna_v1.1 --precision bf16  // as the published runs asked it",
    "%model meta-llama/Llama-2-13b-chat-hf  // fetched from the hub once; HF_TOKEN for gated ones",
  ],
  result: "ColumnTable",
  load:
    () =>
    async ({ name, backend, precision, template, revision }, context) => {
      const { checkPrecision, denseVariant, loadModel, modelCard, namedTemplate, resolveBackend } = await library();
      const { session } = context;
      if (template !== undefined) namedTemplate(template); // a wrong name is said before gigabytes are fetched
      const { label } = await resolveBackend(backend);
      checkPrecision(precision, { backend: label });
      const place = await onDisk({ name, revision }, context);
      const loaded = await loadModel(place.path, { precision, template, title: place.title });
      session.engine?.close();
      await session.model?.close();
      session.engine = undefined;
      session.model = loaded;
      session.variants.clear();
      session.variants.set("dense", denseVariant(loaded));
      return modelCard(loaded, label);
    },
});

interface HubName {
  readonly name: string;
  readonly revision: string | undefined;
}

/** Where a model is; one of a hub is called as there, as its folder has the name of a commit. */
interface Place {
  readonly path: string;
  readonly title?: string;
}

/** Fetches what is named as on a hub, unless a path of that name is there; gives other names as they are. */
async function onDisk({ name, revision }: HubName, context: MagicContext): Promise<Place> {
  const { fetchHubModel, parseHubId } = await library();
  const id = existsSync(name) ? undefined : parseHubId(name);
  if (id !== undefined) {
    const path = await follow(fetchHubModel(name, { signal: context.signal, revision }), context);
    return { path, title: id.file === undefined ? id.repository : `${id.repository}:${id.file}` };
  }
  if (revision === undefined) return { path: name };
  throw new InputError({
    where: "--revision",
    found: `${revision}, of ${name}`,
    expected: "OWNER/NAME: only a hub's models have revisions",
  });
}
