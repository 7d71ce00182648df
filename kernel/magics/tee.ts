import { closeSync, openSync, writeFileSync, writeSync } from "node:fs";

import { InputError } from "../../lib/core/errors.js";
import { magic } from "./magic.js";
import { required, text } from "./parameters.js";

/** `%%tee FILE`: all that a cell prints, also what is too long to be shown. */
export const tee = magic({
  name: "tee",
  kind: "prefix",
  summary: "Writes all that the cell's code prints to a file too, also what is too long to be shown",
  positional: { file: required(text("where it goes; what is there is replaced", { shape: "FILE" })) },
  options: {},
  examples: ["%%tee run.log  // on the first line of a cell"],
  result: "void",
  load:
    () =>
    ({ file }, { atEnd, capture, record }) => {
      let open: number | undefined = openFile(file);
      capture(file);
      record((piece) => {
        if (open !== undefined) writeSync(open, piece);
      });
      atEnd(() => {
        if (open !== undefined) closeSync(open);
        open = undefined;
      });
    },
});

function openFile(file: string): number {
  try {
    writeFileSync(file, "");
    return openSync(file, "a"); // others append to it too
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    throw new InputError({ where: "%%tee", found, expected: "a file that can be written" });
  }
}
