import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { parseArgs } from "node:util";

import { InputError } from "../../lib/core/errors.js";
import { environmentPython, installKernelspec, packageRoot } from "../../kernel/setup/index.js";
import { runParity } from "../parity/report.js";
import { readFigures, type KernelFigures } from "./kernel/figures.js";
import { IPYKERNEL, judge, OURS, TSLAB } from "./kernel/floors.js";

const PACKAGES = ["jupyter_client", "ipykernel"];

/**
 * `npm run bench -- kernel [--python PYTHON] [--rounds N]`: the built kernel, tslab and ipykernel in turn, each started once a
 * round, against the floors. Needs `npm run build` first, Linux (memory is read from /proc), and a Python with jupyter_client and
 * ipykernel; by default the set-up's.
 */
export async function benchKernel(args: readonly string[]): Promise<void> {
  await runParity("bench kernel", async () => {
    const options = { python: { type: "string" }, rounds: { type: "string", default: "5" } } as const;
    const { values } = parseArgs({ args: [...args], options });
    const python = values.python ?? (await environmentPython());
    if (python === undefined)
      throw new InputError({ where: "--python", found: "none", expected: `a Python with ${PACKAGES.join(", ")}` });
    const figures = await measure(python, values.rounds);
    const judged = judge(figures);
    return {
      rows: judged.map(({ met, ...row }) => ({ ...row, met: met ? "met" : "not met" })),
      figures: { rounds: Number(values.rounds), kernels: figures },
      missed: judged
        .filter(({ met }) => !met)
        .map(({ floor, ours, peer, bound }) => `${floor}: ${ours}, asked ${bound}${peer === "" ? "" : ` ${peer}`}`),
    };
  });
}

/** tslab starts in this package's folder, whose node_modules holds the types that its cells need. */
async function measure(python: string, rounds: string): Promise<KernelFigures> {
  const folder = await mkdtemp(join(tmpdir(), "touchstone-bench-"));
  try {
    await installKernelspec(folder);
    await installTslab(folder);
    const kernels = [OURS, TSLAB, IPYKERNEL].flatMap((name) => ["--kernel", name]);
    const script = join(packageRoot(), "test", "bench", "kernel_bench.py");
    const words = [script, ...kernels, "--rounds", rounds, "--cwd", packageRoot(), "--json"];
    const env = {
      ...process.env,
      JUPYTER_PATH: [folder, process.env["JUPYTER_PATH"]].filter(Boolean).join(delimiter),
      TOUCHSTONE_HISTORY: join(folder, "history.jsonl"),
    };
    return readFigures(await outputOf(python, words, env));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function installTslab(dataFolder: string): Promise<void> {
  const folder = join(dataFolder, "kernels", TSLAB);
  const program = join(packageRoot(), "node_modules", "tslab", "bin", "tslab");
  const argv = [process.execPath, program, "kernel", "--config-path", "{connection_file}"];
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "kernel.json"), JSON.stringify({ argv, display_name: TSLAB, language: "typescript" }));
}

/** What a program prints; its stderr, where it tells of each round, is ours. */
function outputOf(program: string, words: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { env, stdio: ["ignore", "pipe", "inherit"] });
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (piece: string) => (text += piece));
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve(text);
      else
        reject(
          new InputError({
            where: `${program} kernel_bench.py`,
            found: `exit code ${code}`,
            expected: `a Python that has ${PACKAGES.join(", ")}`,
            remedy: `PYTHON -m pip install ${PACKAGES.join(" ")}`,
          }),
        );
    });
  });
}
