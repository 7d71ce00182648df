import { spawn } from "node:child_process";
import { join } from "node:path";

import { environmentPython, packageRoot, setup } from "../setup/index.js";
import type { Command } from "./command.js";
import { ownJupyterPath } from "./jupyter-path.js";

/** Opens JupyterLab on the notebooks, with the kernel registered for it alone. */
export const lab: Command = {
  summary: "open JupyterLab on notebooks/ (further words go to JupyterLab: lab --no-browser)",
  usage: "lab [OPTION…]",
  run: async (args) => {
    await setup({ needs: ["python", "native", "model"] });
    const python = await environmentPython();
    if (python === undefined) throw new Error("the Jupyter environment has just vanished");
    const env = { ...process.env, ...(await ownJupyterPath()) };
    const asRoot = process.getuid?.() === 0 ? ["--allow-root"] : []; // a container; JupyterLab would refuse to start
    const folder = join(packageRoot(), "notebooks");
    const child = spawn(
      python,
      ["-m", "jupyterlab", `--notebook-dir=${folder}`, "--MultiKernelManager.default_kernel_name=touchstone", ...asRoot, ...args],
      { env, stdio: "inherit" },
    );
    process.on("SIGINT", () => undefined); // the terminal sends it to JupyterLab too, which asks and then ends
    process.on("SIGTERM", () => child.kill("SIGTERM"));
    return new Promise((resolve, reject) => child.on("error", reject).on("close", (code) => resolve(code ?? 1)));
  },
};
