import { magic } from "./magic.js";
import { integer, required, text } from "./parameters.js";
import { selectionOf, selectionOptions, verdictOptions } from "./results.js";
import { currentStudy, library } from "./workspace.js";

/** `%plot`: a picture of the study. */
export const plot = magic({
  name: "plot",
  kind: "line",
  summary:
    "Draws the study, and the session's variants: a Vega-Lite specification, interactive in JupyterLab, a picture everywhere else",
  positional: { kind: required(text("which plot", { values: async () => Object.keys((await library()).plots), shape: "KIND" })) },
  options: {
    ...selectionOptions,
    ...verdictOptions,
    width: integer("pixels, all labels included; 640 if left out", { min: 300, max: 4000 }),
    by: text("column that slices are made by; task where none is named", { shape: "COLUMN" }),
  },
  examples: [
    "%plot scores  // where did trust change?",
    "%plot rate --dimension stereotype",
    "%plot drift --margin 1  // what changed, for certain?",
    "%plot frontier --width 320  // what do I pay for size? half as wide",
    "%plot activations  // which inputs matter?",
    "%plot layers  // where does the error sit?",
    "%plot slices --by topic  // who is affected?",
    "const spec = %plot perplexity",
  ],
  result: "object",
  load:
    () =>
    async (given, { session, signal }) => {
      const study = await currentStudy(session);
      const { margin, correction, by, width } = given;
      const compressed = [...session.variants.values()];
      const chosen = { ...(await selectionOf(given, study)), margin, correction, by, width, compressed, signal };
      const { spec } = await (await library()).drawPlot(given.kind, study, chosen);
      return spec;
    },
});
