import { magic } from "./magic.js";
import { required, text } from "./parameters.js";
import { library } from "./workspace.js";

/** `%model`: loads a model, shows its card. */
export const model = magic({
  name: "model",
  kind: "line",
  summary: "Loads a model and shows its card; what was made from an earlier one leaves the session, not the study",
  positional: {
    name: required(
      text("a model's name or the path of a GGUF file", {
        values: async () => Object.keys((await library()).knownModels),
        shape: "NAME|PATH",
      }),
    ),
  },
  options: {},
  examples: ["%model smollm2  // SmolLM2-135M-Instruct", "%model ./models/tiny.gguf  // any LLaMA-type GGUF"],
  result: "ColumnTable",
  load:
    () =>
    async ({ name }, { session }) => {
      const { denseVariant, loadModel, modelCard } = await library();
      const loaded = await loadModel(name);
      session.engine?.close();
      await session.model?.close();
      session.engine = undefined;
      session.model = loaded;
      session.variants.clear();
      session.variants.set("dense", denseVariant(loaded));
      return modelCard(loaded, "TensorFlow on the processor, float32");
    },
});
