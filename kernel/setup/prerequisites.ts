import { existsSync } from "node:fs";
import { mkdir, realpath, statfs } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

import { cacheFolder } from "../../lib/index.js";
import { runCommand } from "./run-command.js";

/** Something this machine lacks, and what brings it. */
export interface Missing {
  readonly what: string;
  readonly remedy: string;
}

/** The set-up can't go on; the message has one line for each thing that is missing. */
export class MissingPrerequisites extends Error {
  override readonly name = "MissingPrerequisites";

  constructor(readonly missing: readonly Missing[]) {
    super(missing.map(({ what, remedy }) => `missing: ${what}; ${remedy}`).join("\n"));
  }
}

/** The C++ compiler: `CXX`, or g++. */
export const compiler = (): string => process.env.CXX || "g++";

/** A compiler that answers. */
export async function missingCompiler(): Promise<readonly Missing[]> {
  const { status } = await runCommand(compiler(), ["--version"]);
  if (status === 0) return [];
  return [
    {
      what: `a C++ compiler (${compiler()} does not run)`,
      remedy: "install one (Debian: apt-get install g++) or name it in CXX",
    },
  ];
}

/** The folder with node_api.h of this Node, or undefined: beside the program, in the system's place, or where node-gyp keeps it. */
export async function nodeHeaders(): Promise<string | undefined> {
  const prefixes = [
    process.env.npm_config_nodedir ?? "",
    dirname(dirname(await realpath(process.execPath))),
    "/usr",
    "/usr/local",
    join(homedir(), ".cache", "node-gyp", process.versions.node),
  ];
  const folders = prefixes.filter(Boolean).map((prefix) => join(prefix, "include", "node"));
  return folders.find((folder) => existsSync(join(folder, "node_api.h")));
}

/** Node's C headers. */
export async function missingHeaders(): Promise<readonly Missing[]> {
  if ((await nodeHeaders()) !== undefined) return [];
  return [
    {
      what: `the C headers of Node ${process.versions.node} (include/node/node_api.h)`,
      remedy:
        "take Node from its official archive, which has them, or install them (Debian: apt-get install libnode-dev), or set npm_config_nodedir",
    },
  ];
}

/** Room for `bytes` more in the cache folder. */
export async function missingSpace(bytes: number): Promise<readonly Missing[]> {
  await mkdir(cacheFolder(), { recursive: true });
  const { bavail, bsize } = await statfs(cacheFolder());
  const free = bavail * bsize;
  if (free >= bytes) return [];
  return [
    {
      what: `disk space in ${cacheFolder()} (${gigabytes(bytes)} needed, ${gigabytes(free)} free)`,
      remedy: "free some, or name another folder in TOUCHSTONE_CACHE",
    },
  ];
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
