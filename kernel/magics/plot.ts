import { magic } from "./magic.js";
import { required, text } from "./parameters.js";
import { selectionOf, selectionOptions } from "./results.js";
import { currentStudy, library } from "./workspace.js";

/** `%plot`: a picture of the study. */
export const plot = magic({
  name: "plot",
  kind: "line",
  summary: "Draws the study: a Vega-Lite specification, interactive in JupyterLab, a picture everywhere else",
  positional: { kind: required(text("which plot", { values: async () => Object.keys((await library()).plots), shape: "KIND" })) },
  options: selectionOptions,
  examples: ["%plot scores  // where did trust change?", "%plot rate --dimension stereotype", "const spec = %plot perplexity"],
  result: "object",
  load:
    () =>
    async (given, { session }) => {
      const study = await currentStudy(session);
      const { spec } = await (await library()).drawPlot(given.kind, study, await selectionOf(given, study));
      return spec;
    },
});
