import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { join } from "node:path";

import { InputError } from "../../lib/index.js";
import { describeInterpreter, environmentPython, installKernelspec, setup, userDataFolder } from "../setup/index.js";
import { readOptions, type Command, type GivenOptions } from "./command.js";

/** Registers the kernel with Jupyter, under the name `touchstone`. */
export const install: Command = {
  summary: "register the kernel with Jupyter (default: in the Python environments that have Jupyter)",
  usage: "install [--sys-prefix | --user | --prefix DIR]",
  run: async (args) => {
    const options = readOptions("install", args, {
      prefix: { type: "string" },
      user: { type: "boolean" },
      "sys-prefix": { type: "boolean" },
    });
    if (Object.keys(options).length > 1) {
      throw new InputError({
        where: "install",
        found: `--${Object.keys(options).join(" and --")}`,
        expected: "one place at most",
      });
    }
    await setup({ needs: ["python", "native", "model"] });
    for (const folder of await dataFolders(options))
      console.log(`kernel touchstone is registered in ${await installKernelspec(folder)}`);
    return 0;
  },
};

async function dataFolders({ user, prefix }: GivenOptions): Promise<readonly string[]> {
  if (user === true) return [userDataFolder()];
  const prefixes = typeof prefix === "string" ? [prefix] : await jupyterPrefixes();
  return prefixes.map((folder) => join(folder, "share", "jupyter"));
}

/** The environment that the set-up uses, and the Python on PATH if it has a Jupyter of its own that we may write to. */
async function jupyterPrefixes(): Promise<readonly string[]> {
  const programs = [await environmentPython(), "python3"].filter((program) => program !== undefined);
  const found = (await Promise.all(programs.map(describeInterpreter))).filter((interpreter) => interpreter !== undefined);
  const prefixes = found.filter(({ packages }) => packages.jupyter_client !== undefined).map(({ prefix }) => prefix);
  const writable = await Promise.all(prefixes.map(isWritable));
  return [...new Set(prefixes.filter((_, i) => writable[i]))];
}

const isWritable = (folder: string): Promise<boolean> =>
  access(folder, constants.W_OK).then(
    () => true,
    () => false,
  );
