import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** A file of the data that ships with the project; found from the sources and from the build alike. */
export function dataPath(...parts: readonly string[]): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error("the package that this library belongs to is not to be found");
    folder = parent;
  }
  return join(folder, "data", ...parts);
}
