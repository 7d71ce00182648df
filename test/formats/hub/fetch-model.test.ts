import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { InputError, InterruptedError } from "../../../lib/core/errors.js";
import { finish, type Progress } from "../../../lib/core/progress.js";
import { fetchHubModel, type HubOptions } from "../../../lib/formats/index.js";
import { COMMIT, type Fault, refuse, REPOSITORY, sendRange, type ServedFile, startHub, type TestHub } from "./hub-server.js";

const large = (seed: number, bytes = 300_000): Buffer =>
  Buffer.from(Array.from({ length: bytes }, (_, i) => (i * seed + (i >> 8)) % 256));
const SHARDS = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];
const FILES: Record<string, ServedFile> = {
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

let cache: string;
let hub: TestHub;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), "touchstone-test-"));
  vi.stubEnv("TOUCHSTONE_CACHE", cache);
});
afterEach(() => hub.close());

const pauses: number[] = [];
const options = (more: NodeJS.ProcessEnv = {}): HubOptions => ({
  environment: { HF_ENDPOINT: hub.endpoint, ...more },
  pause: (milliseconds) => Promise.resolve(void pauses.push(milliseconds)),
});
const fetchIt = (id = REPOSITORY, some: HubOptions = {}): Promise<string> => finish(fetchHubModel(id, { ...options(), ...some }));
const start = async (files: Record<string, ServedFile> = FILES, ...faults: Fault[]): Promise<void> => {
  hub = await startHub(files);
  hub.faults = faults;
  pauses.length = 0;
};
const once = (fault: Fault): Fault => times(1, fault);
const times = (count: number, fault: Fault): Fault => {
  let left = count;
  return (request, response) => left > 0 && fault(request, response) && left-- > 0;
};
const at =
  (part: string, fault: (...args: Parameters<Fault>) => void): Fault =>
  (request, response) => {
    if (request.url?.includes(part) !== true) return false;
    fault(request, response);
    return true;
  };
const requestsFor = (part: string): string[] => hub.log.filter((line) => line.includes(part));
const partial = (): string => join(cache, "hub", REPOSITORY, `${COMMIT}.partial`);

describe("what is fetched", () => {
  test("the small files and the index's shards, under the commit, as they are on the hub", async () => {
    await start();
    const folder = await fetchIt();
    expect(folder).toBe(join(cache, "hub", REPOSITORY, COMMIT));
    const names = ["config.json", "tokenizer.json", "model.safetensors.index.json", ...SHARDS];
    expect(readdirSync(folder).sort()).toEqual(["entry.json", ...names].sort());
    for (const name of names) expect(readFileSync(join(folder, name)).equals(FILES[name].content)).toBe(true);
  });

  test("a second call asks for the revision only, a pinned commit asks for nothing", async () => {
    await start();
    const folder = await fetchIt();
    hub.log.length = 0;
    expect(await fetchIt()).toBe(folder);
    expect(hub.log).toHaveLength(1);
    expect(await fetchIt(`${REPOSITORY}@${COMMIT}`)).toBe(folder);
    expect(hub.log).toHaveLength(1);
  });

  test("offline, what the cache holds is given by the revision's name and nothing is asked", async () => {
    await start();
    const folder = await fetchIt(`${REPOSITORY}@v1.0`);
    hub.log.length = 0;
    const away = options({ HF_HUB_OFFLINE: "1" });
    expect(await fetchIt(`${REPOSITORY}@v1.0`, away)).toBe(folder);
    await expect(fetchIt(REPOSITORY, away)).rejects.toThrow(/HF_HUB_OFFLINE/);
    expect(hub.log).toEqual([]);
  });

  test("a GGUF file named behind a colon is an entry of its own, and its path is given", async () => {
    await start();
    const path = await fetchIt(`${REPOSITORY}:quants/tiny-Q4.gguf`);
    expect(basename(path)).toBe("tiny-Q4.gguf");
    expect(readFileSync(path).equals(FILES["quants/tiny-Q4.gguf"].content)).toBe(true);
    hub.log.length = 0;
    expect(await fetchIt(`${REPOSITORY}@${COMMIT}:quants/tiny-Q4.gguf`)).toBe(path);
    expect(hub.log).toEqual([]);
  });

  test("progress rises to its total in megabytes", async () => {
    await start({ ...FILES, [SHARDS[0]]: { content: large(3, 3_400_000), large: true } });
    const seen: Progress[] = [];
    for await (const step of fetchHubModel(REPOSITORY, options())) seen.push(step);
    const weights = seen.filter(({ note }) => note?.includes("safetensors,"));
    expect(weights.map(({ done }) => done)).toEqual([...weights.map(({ done }) => done)].sort((a, b) => a - b));
    expect(weights.at(-1)).toMatchObject({ stage: "download", done: 3, total: 4 });
  });

  test("the token goes to the hub, and not to where it redirects", async () => {
    await start();
    await fetchIt(REPOSITORY, options({ HF_TOKEN: "hf_secret" }));
    const stored = requestsFor("store ");
    expect(stored.length).toBe(2);
    expect(stored.every((line) => line.endsWith(" -"))).toBe(true);
    expect(requestsFor("hub ").every((line) => line.endsWith("Bearer hf_secret"))).toBe(true);
  });
});

describe("faults on the way", () => {
  test("a cut connection is gone on with from its last byte", async () => {
    const cut: Fault = (request, response) => {
      if (request.url?.startsWith("/lfs/") !== true) return false;
      response.writeHead(206, { "Content-Range": "bytes 0-299999/300000", "Content-Length": 300_000 });
      response.write(FILES[SHARDS[0]].content.subarray(0, 100_000), () => setTimeout(() => response.destroy(), 20));
      return true;
    };
    await start(FILES, once(cut));
    const folder = await fetchIt();
    expect(readFileSync(join(folder, SHARDS[0])).equals(FILES[SHARDS[0]].content)).toBe(true);
    expect(requestsFor("/lfs/").map((line) => line.split(" ")[2])).toEqual(["bytes=0-", "bytes=100000-", "bytes=0-"]);
  });

  test("what a killed run left is gone on with, finished files are not asked for again", async () => {
    await start(
      FILES,
      at(SHARDS[1], (_, response) => refuse(response, 403, "Blocked")),
    );
    await expect(fetchIt()).rejects.toThrow(InputError);
    expect(existsSync(join(partial(), SHARDS[0]))).toBe(true);
    writeFileSync(join(partial(), `${SHARDS[1]}.part`), FILES[SHARDS[1]].content.subarray(0, 1234));
    writeFileSync(join(partial(), "work.lock"), String(2 ** 22 + 1)); // above Linux's largest process id
    hub.faults = [];
    hub.log.length = 0;
    const folder = await fetchIt();
    expect(readFileSync(join(folder, SHARDS[1])).equals(FILES[SHARDS[1]].content)).toBe(true);
    expect(requestsFor("/resolve/").map((line) => line.split(" ").slice(1, 3))).toEqual([
      [`/${REPOSITORY}/resolve/${COMMIT}/${SHARDS[1]}`, "bytes=1234-"],
    ]);
    expect(existsSync(partial())).toBe(false);
  });

  test("a hub that ignores ranges is read from the start again", async () => {
    const whole: Fault = (request, response) => {
      if (request.url?.startsWith("/lfs/") !== true) return false;
      delete request.headers.range;
      sendRange(request, response, FILES[SHARDS[1]].content); // both shards' bytes here
      return true;
    };
    await start({ ...FILES, [SHARDS[0]]: FILES[SHARDS[1]] }, whole);
    mkdirSync(partial(), { recursive: true });
    writeFileSync(join(partial(), `${SHARDS[0]}.part`), "not of this file at all");
    expect(readFileSync(join(await fetchIt(), SHARDS[0])).equals(FILES[SHARDS[1]].content)).toBe(true);
  });

  test.each([
    ["a large file", SHARDS[0], "f".repeat(64), "sha256"],
    ["a small file", "tokenizer.json", "f".repeat(40), "git-sha1"],
  ])("the wrong digest of %s is named, and the file dropped", async (_, name, digest, kind) => {
    await start({ ...FILES, [name]: { ...FILES[name], digest } });
    const error: unknown = await fetchIt().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ expected: digest });
    expect(String(error)).toContain(`${name}: found ${kind} `);
    expect(readdirSync(partial()).filter((one) => one.startsWith(name))).toEqual([]);
    expect(existsSync(join(cache, "hub", REPOSITORY, COMMIT))).toBe(false);
  });

  test("more bytes than listed are refused, and the file dropped", async () => {
    await start({ ...FILES, "tokenizer.json": { content: Buffer.alloc(5000), bytes: 100 } });
    await expect(fetchIt()).rejects.toThrow(/tokenizer\.json/);
    expect(readdirSync(partial()).filter((one) => one.startsWith("tokenizer"))).toEqual([]);
  });

  test("429 is waited for as long as the hub asks, then the download goes on", async () => {
    const busy = times(
      2,
      at("/resolve/", (_, response) => refuse(response, 429, "", { "Retry-After": "7" })),
    );
    await start(FILES, busy);
    await fetchIt();
    expect(pauses).toEqual([7000, 7000]);
  });

  test.each([
    ["again and again", "1", 5],
    ["with a wait of an hour", "3600", 1],
  ])("429 %s ends with an error that says so", async (_, wait, asked) => {
    await start(
      FILES,
      at("/revision/", (_request, response) => refuse(response, 429, "", { "Retry-After": wait })),
    );
    await expect(fetchIt()).rejects.toThrow(/429.*HF_TOKEN/s);
    expect(hub.log).toHaveLength(asked);
  });

  test("a hub that cannot be reached is named with the reason after five attempts", async () => {
    await start();
    await hub.close();
    await expect(fetchIt()).rejects.toThrow(/ECONNREFUSED.*HF_HUB_OFFLINE/s);
    expect(pauses).toHaveLength(4);
  });

  test("an interrupt keeps what came, and the same call goes on", async () => {
    await start();
    const stop = new AbortController();
    const task = fetchHubModel(REPOSITORY, { ...options(), signal: stop.signal });
    const run = (async () => {
      for await (const { note } of task) if (note?.includes(SHARDS[1])) stop.abort();
    })();
    await expect(run).rejects.toThrow(InterruptedError);
    expect(existsSync(join(partial(), SHARDS[0]))).toBe(true);
    expect(existsSync(join(partial(), "work.lock"))).toBe(false);
    hub.log.length = 0;
    await fetchIt();
    expect(requestsFor(SHARDS[0])).toEqual([]);
  });

  test("a finished file that was damaged since is fetched anew", async () => {
    await start(
      FILES,
      at(SHARDS[1], (_, response) => refuse(response, 403, "Blocked")),
    );
    await expect(fetchIt()).rejects.toThrow(InputError);
    truncateSync(join(partial(), SHARDS[0]), 10);
    hub.faults = [];
    expect(readFileSync(join(await fetchIt(), SHARDS[0])).equals(FILES[SHARDS[0]].content)).toBe(true);
  });
});

describe("what is refused, and how", () => {
  const gated = (status: number): Fault => at("/resolve/", (_, response) => refuse(response, status, "GatedRepo"));
  test.each([
    ["without a token", 401, {}, /gated.*without a token.*ask for access at http.*tiny-chat.*HF_TOKEN/is],
    ["with one that has no access", 403, { HF_TOKEN: "hf_secret" }, /gated.*with the token of the environment.*ask for access/is],
  ])("a gated model %s says where to ask for access", async (_, status, environment, message) => {
    await start(FILES, gated(status));
    const error: unknown = await fetchIt(REPOSITORY, options(environment)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(InputError);
    expect(String(error)).toMatch(message);
    expect(String(error)).not.toContain("hf_secret");
  });

  test("an unknown repository, and what the hub has like it", async () => {
    await start();
    await expect(fetchIt("tiny-labs/tiny-chatt")).rejects.toThrow(/no such repository.*did you mean tiny-labs\/tiny-chat/is);
  });

  test("an unknown revision, and the nearest of those there are", async () => {
    await start();
    await expect(fetchIt(`${REPOSITORY}@v1.1`)).rejects.toThrow(/tiny-chat@v1\.1: found no such branch.*it has v1\.0/is);
  });

  test("too little room on the disk, before a byte of it is fetched", async () => {
    await start();
    await expect(fetchIt(REPOSITORY, { freeBytes: () => Promise.resolve(400_000) })).rejects.toThrow(/free.*TOUCHSTONE_CACHE/s);
    expect(requestsFor("/lfs/")).toEqual([]);
  });

  const index = (shard: string): ServedFile => ({ content: Buffer.from(JSON.stringify({ weight_map: { a: shard } })) });
  test.each([
    "../../../etc/passwd",
    "../evil.safetensors",
    "/tmp/evil.safetensors",
    "a/b.safetensors",
    "config.json",
    ".x.safetensors",
  ])("an index that names %j fetches nothing outside the entry", async (shard) => {
    const files = { ...FILES, "model.safetensors.index.json": index(shard), [shard]: { content: Buffer.from("{}") } };
    await start(files);
    await expect(fetchIt()).rejects.toThrow(/the shard/);
    expect(readdirSync(partial()).every((name) => /^[\w.-]+$/.test(name) && !name.includes("evil"))).toBe(true);
    expect(requestsFor("evil")).toEqual([]);
  });

  test("another process at the same download is named", async () => {
    await start();
    mkdirSync(partial(), { recursive: true });
    writeFileSync(join(partial(), "work.lock"), String(process.ppid));
    await expect(fetchIt()).rejects.toThrow(new RegExp(`process ${process.ppid}`));
  });

  const without = (...names: string[]): Record<string, ServedFile> =>
    Object.fromEntries(Object.entries(FILES).filter(([path]) => !names.some((name) => path.endsWith(name))));
  test.each([
    ["only GGUF files lists them", without(".json", ".safetensors"), /name one: tiny-labs\/tiny-chat:quants\/tiny-Q4\.gguf/i],
    ["only pickles says so", { ...without("tensors", "gguf", "json"), "m.bin": FILES["README.md"] }, /pickles.*convert/is],
    ["no model says so", { "README.md": FILES["README.md"] }, /no config\.json/],
  ])("a repository with %s", async (_, files, message) => {
    await start(files);
    await expect(fetchIt()).rejects.toThrow(message);
  });

  test("a file that is listed but not there is not taken for a missing repository", async () => {
    await start(
      FILES,
      at("/resolve/", (_, response) => refuse(response, 404, "EntryNotFound")),
    );
    await expect(fetchIt()).rejects.toThrow(/status 404 \(EntryNotFound\)/);
  });

  test("whatever JSON the hub answers, the end is an InputError", async () => {
    const value = fc.oneof(
      fc.jsonValue(),
      fc.array(fc.record({ type: fc.constant("file"), path: fc.string(), size: fc.jsonValue() })),
    );
    await start();
    await fc.assert(
      fc.asyncProperty(value, fc.constantFrom("/tree/", "/revision/"), async (answer, path) => {
        hub.faults = [at(path, (_, response) => void response.end(JSON.stringify(answer)))];
        await expect(fetchIt()).rejects.toThrow(InputError);
      }),
      { numRuns: 40 },
    );
  }, 30_000);

  const json = (value: unknown): Fault => at("/tree/", (_, response) => void response.end(JSON.stringify(value)));
  const endless: Fault = (request, response) => {
    if (request.url?.includes("/tree/") !== true) return false;
    response.setHeader("Link", `<${hub.endpoint}${request.url}>; rel="next"`);
    response.end("[]");
    return true;
  };
  const tree = (size: unknown): unknown => [{ type: "file", path: "config.json", size, oid: "0".repeat(40) }];
  test.each<[string, Fault]>([
    ["no JSON", at("/tree/", (_, response) => void response.end("<html>"))],
    ["a list that is none", json([{ type: "file" }])],
    ["a negative size", json(tree(-1))],
    ["a size that no disk has", json(tree(1e300))],
    ["pages without an end", endless],
    ["a small file of a terabyte", json(tree(1e12))],
    ["a revision that is no commit", at("/revision/", (_, response) => void response.end('{"id":"x","sha":"../../x"}'))],
  ])("%s from the hub is an InputError, not a crash", async (_, fault) => {
    await start(FILES, fault);
    await expect(fetchIt()).rejects.toThrow(InputError);
  });
});
