import { InputError } from "../../lib/core/errors.js";
import { runProcess } from "./child-process.js";
import { magic } from "./magic.js";
import { list, required, text } from "./parameters.js";

/** A registry package with an optional scope and version: no path, no address, no option. */
const PACKAGE = /^(?:@[a-z0-9][\w.-]*\/)?[a-z0-9][\w.-]*(?:@[\w.^~<>=*-]+)?$/i;

/** `%install`: npm packages for this notebook. */
export const install = magic({
  name: "install",
  kind: "line",
  summary: "Installs packages from the npm registry beside the notebook, without running their scripts",
  positional: { packages: required(list(text("names, with a version where one is wanted", { shape: "PACKAGE" }))) },
  options: {},
  examples: ["%install d3-array", "%install simple-statistics@7.8.8"],
  result: "void",
  load:
    () =>
    async ({ packages }, { signal }) => {
      for (const name of packages) {
        if (PACKAGE.test(name)) continue;
        throw new InputError({
          where: "%install",
          found: JSON.stringify(name),
          expected: "a package's name, as NAME or NAME@VERSION",
        });
      }
      const words = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--", ...packages];
      await runProcess({ program: "npm", words, signal, where: "%install" });
    },
});
