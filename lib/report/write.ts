import { randomBytes } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";

import { InputError } from "../core/errors.js";
import { GENERATOR } from "./page.js";

/** Where a report's own mark is looked for, in bytes. */
const HEAD = 2000;

/**
 * Writes a report whole or not at all; an older report is replaced, anything else is left alone.
 * @throws InputError where the path holds anything that is no report of ours, or can't be written
 */
export async function writeReport(path: string, html: string): Promise<void> {
  await checkOwn(path);
  const draft = `${path}.${process.pid}-${randomBytes(4).toString("hex")}.tmp`;
  try {
    const file = await open(draft, "wx");
    await file.writeFile(html).finally(() => file.close());
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw new InputError({ where: path, found: reasonOf(error), expected: "a file that can be written" });
  }
}

async function checkOwn(path: string): Promise<void> {
  const head = await headOf(path);
  if (head === undefined || head.includes(GENERATOR)) return;
  throw new InputError({
    where: path,
    found: "something that is no report of ours",
    expected: "a new file, or an older report",
    remedy: "name another with --out; nothing else is overwritten",
  });
}

/** The beginning of what the path holds: empty for a folder, undefined where there is nothing. */
async function headOf(path: string): Promise<string | undefined> {
  const file = await open(path, "r").catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return undefined;
    throw new InputError({ where: path, found: reasonOf(error), expected: "a file that can be read, or none" });
  });
  if (file === undefined) return undefined;
  try {
    if (!(await file.stat()).isFile()) return "";
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD), 0, HEAD, 0);
    return buffer.toString("utf8", 0, bytesRead);
  } finally {
    await file.close();
  }
}

const codeOf = (error: unknown): unknown => (error instanceof Error && "code" in error ? error.code : undefined);
const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
