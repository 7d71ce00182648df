import { runProcess } from "./child-process.js";
import { magic } from "./magic.js";
import { choice } from "./parameters.js";

/** `%%sh`: the cell's text as a shell script. */
export const sh = magic({
  name: "sh",
  kind: "cell",
  summary: "Runs the cell's text in a shell, in the notebook's folder; what it prints appears as it comes",
  positional: {},
  options: { shell: choice("which shell", ["sh", "bash"], { default: "sh" }) },
  examples: ["%%sh  // and below it: ls -l data | head", "%%sh --shell bash"],
  result: "void",
  load:
    () =>
    ({ shell }, { text, signal }) =>
      runProcess({ program: shell, words: ["-e", "-c", text], signal, where: "%%sh" }),
});
