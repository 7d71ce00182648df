import { magic } from "./magic.js";

/** `%reset`: a kernel as new, without its start. */
export const reset = magic({
  name: "reset",
  kind: "line",
  summary: "Forgets the variables of all cells; the model, its variants and the study stay",
  positional: {},
  options: {},
  examples: ["%reset"],
  result: "void",
  load:
    () =>
    (_given, { forget }) =>
      forget(),
});
