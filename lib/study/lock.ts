import { randomBytes } from "node:crypto";
import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";

import { z } from "zod";

import { InputError } from "../core/errors.js";

const Holder = z.object({
  pid: z.number().int(),
  host: z.string(),
  /** When the process began, as its system counts; tells a dead process from a new one with its number. */
  processStart: z.string().nullable(),
  since: z.string(),
});
type Holder = z.infer<typeof Holder>;

/** A held lock. */
export interface Lock {
  release(): Promise<void>;
}

/**
 * Takes the lock of a study folder; the lock of a process that is gone is taken over.
 * @param now the time to write in it
 * @throws InputError naming the process that has it
 */
export async function takeLock(folder: string, now: Date): Promise<Lock> {
  const path = join(folder, "lock.json");
  const own: Holder = {
    pid: process.pid,
    host: hostname(),
    processStart: await processStart(process.pid),
    since: now.toISOString(),
  };
  for (let attempt = 0; attempt < 5; attempt++) {
    if (await place(path, own)) return { release: () => releaseOwn(path, own) };
    const holder = await readHolder(path);
    if (holder === undefined) continue; // released meanwhile
    if (await isAlive(holder)) throw refused(folder, holder);
    await removeDead(path, holder);
  }
  throw new InputError({
    where: folder,
    found: "a lock that changes hands",
    expected: "a study that no other process is opening",
  });
}

/** Puts a whole lock file in place, or none: a hard link fails where one stands. */
async function place(path: string, own: Holder): Promise<boolean> {
  const draft = `${path}.${process.pid}-${randomBytes(4).toString("hex")}`;
  await writeFile(draft, `${JSON.stringify(own)}\n`);
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (isCode(error, "EEXIST")) return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    return Holder.parse(JSON.parse(await readFile(path, "utf8")));
  } catch (error) {
    if (isCode(error, "ENOENT")) return undefined;
    return { pid: 0, host: hostname(), processStart: null, since: "an unknown time" }; // not ours: nobody living wrote it
  }
}

/** A process on another machine can't be asked, so it counts as alive. */
async function isAlive({ pid, host, processStart: began }: Holder): Promise<boolean> {
  if (host !== hostname()) return true;
  if (pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (isCode(error, "ESRCH")) return false;
  }
  const begins = await processStart(pid);
  return began === null || begins === null || began === begins;
}

/** Moves the dead lock aside; if another process was faster and its own lock was moved, that one is put back. */
async function removeDead(path: string, dead: Holder): Promise<void> {
  const aside = `${path}.dead-${process.pid}-${randomBytes(4).toString("hex")}`;
  try {
    await rename(path, aside);
    const moved = await readHolder(aside);
    if (moved !== undefined && JSON.stringify(moved) !== JSON.stringify(dead)) await link(aside, path).catch(() => undefined);
  } catch (error) {
    if (!isCode(error, "ENOENT")) throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

async function releaseOwn(path: string, own: Holder): Promise<void> {
  const holder = await readHolder(path);
  if (JSON.stringify(holder) === JSON.stringify(own)) await rm(path, { force: true });
}

/** Linux: field 22 of /proc/PID/stat, clock ticks since boot; null elsewhere. */
async function processStart(pid: number): Promise<string | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch {
    return null;
  }
}

function refused(folder: string, { pid, host, since }: Holder): InputError {
  const self = pid === process.pid && host === hostname() ? "this process itself" : `process ${pid} on ${host}`;
  return new InputError({
    where: `study ${folder}`,
    found: `it is open in ${self}, since ${since}`,
    expected: "one writing process a study",
    remedy:
      host === hostname()
        ? "end that process, or name another study folder"
        : `if that process is gone, delete ${join(folder, "lock.json")}`,
  });
}

const isCode = (error: unknown, code: string): boolean => error instanceof Error && "code" in error && error.code === code;
