import { copyFile, mkdir, readdir, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

import { packageRoot } from "./package-root.js";

/** The name that notebooks and `jupyter kernelspec list` know the kernel by. */
export const KERNEL_NAME = "touchstone";

/** What a Jupyter client reads to start the kernel of this checkout with the Node that runs now. */
export function kernelSpec(): Readonly<Record<string, unknown>> {
  const main = join(packageRoot(), "dist", "kernel", "main.js");
  return {
    argv: [process.execPath, "--disable-warning=ExperimentalWarning", main, "{connection_file}"],
    display_name: "TypeScript (Touchstone)",
    language: "typescript",
    interrupt_mode: "message",
    metadata: { debugger: false },
  };
}

/**
 * Writes the kernel's specification and logos into a Jupyter data folder (`PREFIX/share/jupyter`, or the user's).
 * @returns the folder written
 */
export async function installKernelspec(dataFolder: string): Promise<string> {
  const folder = join(dataFolder, "kernels", KERNEL_NAME);
  const logos = join(packageRoot(), "kernel", "setup", "kernelspec");
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(logos)) await copyFile(join(logos, name), join(folder, name));
  await writeFile(join(folder, "kernel.json"), `${JSON.stringify(kernelSpec(), null, 2)}\n`);
  return folder;
}

/** The user's own Jupyter data folder, as jupyter_core finds it. */
export function userDataFolder(): string {
  const { JUPYTER_DATA_DIR, XDG_DATA_HOME } = process.env;
  if (JUPYTER_DATA_DIR) return JUPYTER_DATA_DIR;
  if (process.platform === "darwin") return join(homedir(), "Library", "Jupyter");
  return join(XDG_DATA_HOME || join(homedir(), ".local", "share"), "jupyter");
}
