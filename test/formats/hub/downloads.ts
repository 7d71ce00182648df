import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, vi } from "vitest";

import { finish } from "../../../lib/core/progress.js";
import { fetchHubModel, type HubOptions } from "../../../lib/formats/index.js";
import { COMMIT, type Fault, REPOSITORY, type ServedFile, startHub, type TestHub } from "./hub-server.js";

/** Bytes that differ by their seed. */
export const large = (seed: number, bytes = 300_000): Buffer =>
  Buffer.from(Array.from({ length: bytes }, (_, i) => (i * seed + (i >> 8)) % 256));
/** The names of the model's two shards. */
export const SHARDS = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];
/** What the hub has: a sharded model, and files beside it that are not fetched with it. */
export const FILES: Record<string, ServedFile> = {
  "README.md": { content: Buffer.from("# tiny") },
  "config.json": { content: Buffer.from('{"model_type":"llama"}') },
  "tokenizer.json": { content: Buffer.from("{}") },
  "model.safetensors.index.json": {
    content: Buffer.from(JSON.stringify({ weight_map: { a: SHARDS[0], b: SHARDS[1], c: SHARDS[0] } })),
  },
  [SHARDS[0]]: { content: large(3), large: true },
  [SHARDS[1]]: { content: large(5), large: true },
  "consolidated.safetensors": { content: large(7), large: true },
  "quants/tiny-Q4.gguf": { content: large(11, 5000), large: true },
};

/** The cache of the test that runs. */
export let cache: string;
/** The hub of the test that runs, once it was started. */
export let hub: TestHub;
/** Gives every test of the file that calls it a cache of its own, and closes its hub. */
export function eachWithCache(): void {
  beforeEach(() => {
    cache = mkdtempSync(join(tmpdir(), "touchstone-test-"));
    vi.stubEnv("TOUCHSTONE_CACHE", cache);
  });
  afterEach(() => hub.close());
}

/** How long the downloads of this test waited between attempts, in milliseconds. */
export const pauses: number[] = [];
/** Options that ask the test's hub and wait for nothing. */
export const options = (more: NodeJS.ProcessEnv = {}): HubOptions => ({
  environment: { HF_ENDPOINT: hub.endpoint, ...more },
  pause: (milliseconds) => Promise.resolve(void pauses.push(milliseconds)),
});
/** Fetches from the test's hub. */
export const fetchIt = (id = REPOSITORY, some: HubOptions = {}): Promise<string> =>
  finish(fetchHubModel(id, { ...options(), ...some }));
/** Starts the test's hub. */
export const start = async (files: Record<string, ServedFile> = FILES, ...faults: Fault[]): Promise<void> => {
  hub = await startHub(files);
  hub.faults = faults;
  pauses.length = 0;
};
/** A fault that happens once. */
export const once = (fault: Fault): Fault => times(1, fault);
/** A fault that happens some times. */
export const times = (count: number, fault: Fault): Fault => {
  let left = count;
  return (request, response) => left > 0 && fault(request, response) && left-- > 0;
};
/** A fault of requests whose address has a part. */
export const at =
  (part: string, fault: (...args: Parameters<Fault>) => void): Fault =>
  (request, response) => {
    if (request.url?.includes(part) !== true) return false;
    fault(request, response);
    return true;
  };
/** The lines of the hub's log with a part in them. */
export const requestsFor = (part: string): string[] => hub.log.filter((line) => line.includes(part));
/** Where an unfinished download lies. */
export const partial = (): string => join(cache, "hub", REPOSITORY, `${COMMIT}.partial`);
