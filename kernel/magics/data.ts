import { audited, calibrationOptions, completeGiven } from "./calibration.js";
import { magic } from "./magic.js";
import { choice, integer, required, text } from "./parameters.js";
import { library } from "./workspace.js";

/** `%data`: what the work is done on. */
export const data = magic({
  name: "data",
  kind: "line",
  summary: "Looks a calibration set over: size, doubles, scripts, and whether it holds what variants are measured on",
  positional: { kind: required(choice("what is looked over", ["calibration"])) },
  options: {
    ...calibrationOptions,
    seed: integer("with which the text is drawn", { min: 0, default: 0 }),
    text: text("a text file that perplexity is measured on, in place of ours", { shape: "FILE" }),
  },
  examples: [
    "%data calibration  // ours, as %compress takes it",
    "%data calibration --calibration self --samples 8 --length 128 --seed 1",
  ],
  result: "ColumnTable",
  load: () => async (given, context) => {
    const audit = await audited(await completeGiven(given, context), given.text, context);
    context.live.finish();
    return (await library()).calibrationTable(audit);
  },
});
