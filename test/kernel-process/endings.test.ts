import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createConnection } from "node:net";
import { join } from "node:path";

import { expect, test } from "vitest";

import { processTree } from "../../kernel/cli/process-memory.js";
import { startKernel, type Client } from "./client.js";

/** What is shown to be at work: a program, and one that node starts and waits for. */
const BUSY = "import { execSync } from 'node:child_process';\nvoid execSync('echo begun; sleep 600; :', { stdio: 'inherit' });";
const SHELL = "%%sh\necho begun; sleep 600 & sleep 600";

/** How a kernel ends, from a launcher that is the head of a process group of its own. */
interface Ending {
  readonly code: string;
  readonly end: (kernel: Client, front: number) => Promise<unknown> | boolean;
  readonly launched?: boolean;
}

const group = (kernel: Client): number => -(kernel.process.pid ?? 0);

test.skipIf(!existsSync("/proc")).each<[string, Ending]>([
  ["shutdown_request", { code: SHELL, end: (kernel) => kernel.request("shutdown_request", { restart: false }, "control") }],
  ["restart", { code: BUSY, end: (kernel) => kernel.request("shutdown_request", { restart: true }, "control") }],
  ["SIGTERM", { code: SHELL, end: (_kernel, front) => process.kill(front, "SIGTERM") }],
  ["SIGKILL", { code: SHELL, end: (_kernel, front) => process.kill(front, "SIGKILL") }],
  ["SIGHUP to the group", { code: SHELL, launched: true, end: (kernel) => process.kill(group(kernel), "SIGHUP") }],
  ["SIGINT to the launcher's group", { code: "1", launched: true, end: (kernel) => process.kill(group(kernel), "SIGINT") }],
  ["the launcher's death", { code: BUSY, launched: true, end: (kernel) => kernel.process.kill("SIGKILL") }],
])("%s leaves no process, no port and no file (needs /proc)", async (_what, { code, end, launched = false }) => {
  const kernel = await startKernel(launched ? launchInGroup : undefined);
  const before = readdirSync(kernel.folder);
  const id = kernel.send("execute_request", { code });
  const begun = code === "1" ? "execute_reply" : "stream";
  await kernel.until(({ type, parent }) => type === begun && parent.msg_id === id);
  const tree = await processTree(kernel.process.pid ?? 0);
  expect(tree.length).toBeGreaterThanOrEqual(code === "1" ? 2 : 4);
  const ports = kernel.ports;
  await end(kernel, tree[launched ? 1 : 0]);
  await expect.poll(() => tree.filter(isRunning), { timeout: 5_000 }).toEqual([]);
  expect(await Promise.all(ports.map(listens))).toEqual(ports.map(() => false));
  expect(readdirSync(kernel.folder).filter((name) => name !== "history.jsonl")).toEqual(
    before.filter((name) => name !== "history.jsonl"),
  );
  await kernel.stop();
});

/** A launcher in a process group of its own, as a terminal's job is; the temporary files of all of it are in its folder. */
function launchInGroup(command: string, args: string[], folder: string): ChildProcess {
  const script = "require('node:child_process').spawn(process.argv[1], process.argv.slice(2), { stdio: 'ignore' })";
  const env = { ...process.env, TOUCHSTONE_HISTORY: join(folder, "history.jsonl"), TMPDIR: folder };
  return spawn(process.execPath, ["-e", script, command, ...args], { cwd: folder, env, stdio: "ignore", detached: true });
}

/** One that has ended but was not asked for how (a zombie, "Z") does not run. */
function isRunning(id: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${id}/stat`, "latin1"));
  } catch {
    return false;
  }
}

const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createConnection({ port, host: "127.0.0.1" });
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("close", () => socket.destroy());
    socket.once("connect", () => socket.destroy());
  });
