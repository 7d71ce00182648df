import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import { installKernelspec } from "../../kernel/setup/index.js";

/** A JupyterLab server that runs, without a token, on one folder. */
export interface Lab {
  readonly url: string;
  /** Ends it and its kernels. */
  stop(): Promise<void>;
}

/** The first Chromium of this machine, or undefined. */
export const chromiumPath = (): string | undefined =>
  [process.env["CHROMIUM"], "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(
    (path) => path !== undefined && existsSync(path),
  );

/** Starts JupyterLab on `folder`/work; everything that it keeps lies beside, in `folder`. */
export async function startLab(python: string, folder: string): Promise<Lab> {
  const env = await ownEnvironment(folder);
  const port = await freePort();
  const args = [
    "-m",
    "jupyterlab",
    "--no-browser",
    "--allow-root",
    `--ServerApp.port=${port}`,
    "--ServerApp.port_retries=0",
    "--IdentityProvider.token=",
    `--notebook-dir=${join(folder, "work")}`,
  ];
  const child = spawn(python, args, { env, stdio: ["ignore", "ignore", "pipe"] });
  let log = "";
  child.stderr.on("data", (piece: Buffer) => (log = (log + piece.toString()).slice(-4_000)));
  const url = `http://127.0.0.1:${port}`;
  await untilServed(url, child, () => log);
  return { url, stop: () => ended(child) };
}

/** Nothing of the user's own Jupyter is read or written; no notebook cell is left out of the page, and no news is asked for. */
async function ownEnvironment(folder: string): Promise<NodeJS.ProcessEnv> {
  await installKernelspec(join(folder, "data"));
  await mkdir(join(folder, "work"), { recursive: true });
  await put(join(folder, "config/labconfig/page_config.json"), {
    disabledExtensions: { "@jupyterlab/apputils-extension:announcements": true },
  });
  await put(join(folder, "config/lab/user-settings/@jupyterlab/notebook-extension/tracker.jupyterlab-settings"), {
    windowingMode: "none",
  });
  return {
    ...process.env,
    JUPYTER_CONFIG_DIR: join(folder, "config"),
    JUPYTER_DATA_DIR: join(folder, "data"),
    JUPYTER_RUNTIME_DIR: join(folder, "runtime"),
    IPYTHONDIR: join(folder, "ipython"),
    TOUCHSTONE_HISTORY: join(folder, "history.jsonl"),
  };
}

async function put(path: string, content: object): Promise<void> {
  await mkdir(join(path, ".."), { recursive: true });
  await writeFile(path, JSON.stringify(content));
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (address === null || typeof address === "string") throw new Error("no free port");
  return address.port;
}

async function untilServed(url: string, child: ChildProcess, log: () => string): Promise<void> {
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`JupyterLab ended:\n${log()}`);
    const answer = await fetch(`${url}/api/status`).catch(() => undefined);
    if (answer?.ok) return;
    await pause(100);
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.kill("SIGTERM");
  const late = setTimeout(() => child.kill("SIGKILL"), 10_000);
  await exit;
  clearTimeout(late);
}
