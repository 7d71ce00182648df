import { delimiter, join } from "node:path";

import { installKernelspec, packageRoot } from "../setup/index.js";

/** The folder for what the commands make: executed notebooks, pages, studies; git ignores it. */
export const artifacts = (): string => join(packageRoot(), ".artifacts");

/**
 * Registers this checkout's kernel in a folder of its own, outside the user's environment.
 * @returns the variable that makes Jupyter look there first
 */
export async function ownJupyterPath(): Promise<{ readonly JUPYTER_PATH: string }> {
  const folder = join(artifacts(), "jupyter");
  await installKernelspec(folder);
  return { JUPYTER_PATH: [folder, process.env.JUPYTER_PATH].filter(Boolean).join(delimiter) };
}
