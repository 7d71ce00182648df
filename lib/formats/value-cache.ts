import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { cacheFolder } from "./cache.js";
import { onDisk } from "./folder-draft.js";

/** Small answers of a costly service, kept once per user: a file each, whole or not there. */
export interface ValueCache {
  /** Undefined where there is none, or one that no longer reads. */
  get(key: string): Promise<unknown>;
  set(key: string, value: unknown): Promise<void>;
}

/** @param name the service and all that its answers depend on besides the key; keys are hexadecimal digests */
export function valueCache(name: string): ValueCache {
  const pathOf = (key: string): string => join(cacheFolder(), name, key.slice(0, 2), `${key}.json`);
  return {
    get: async (key) => {
      try {
        const value: unknown = JSON.parse(await readFile(pathOf(key), "utf8"));
        return value;
      } catch {
        return undefined; // asked anew
      }
    },
    set: (key, value) =>
      onDisk(pathOf(key), async () => {
        const path = pathOf(key);
        const draft = `${path}.${process.pid}-${randomBytes(4).toString("hex")}.tmp`;
        await mkdir(dirname(path), { recursive: true });
        await writeFile(draft, JSON.stringify(value));
        await rename(draft, path);
      }),
  };
}
