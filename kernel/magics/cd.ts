import { stat } from "node:fs/promises";
import { homedir } from "node:os";
import { resolve } from "node:path";

import { InputError } from "../../lib/core/errors.js";
import { magic } from "./magic.js";
import { text } from "./parameters.js";

/** `%cd`: the folder that relative paths start from. */
export const cd = magic({
  name: "cd",
  kind: "line",
  summary: "Shows or changes the folder that files are read from and written to; imports stay relative to the notebook's folder",
  positional: { folder: text("where to go; ~ is the home folder", { shape: "FOLDER" }) },
  options: {},
  examples: ["%cd  // where we are", "%cd ../data"],
  result: "string",
  load: () => async (given) => {
    if (given.folder === undefined) return process.cwd();
    const folder = resolve(given.folder.replace(/^~(?=$|\/)/, homedir()));
    const found = await stat(folder).catch(() => undefined);
    if (!found?.isDirectory()) {
      throw new InputError({ where: "%cd", found: found ? `${folder}, a file` : `no ${folder}`, expected: "a folder" });
    }
    process.chdir(folder);
    return process.cwd();
  },
});
