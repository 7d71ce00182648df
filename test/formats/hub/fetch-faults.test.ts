import { existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { InputError, InterruptedError } from "../../../lib/core/errors.js";
import { fetchHubModel } from "../../../lib/formats/index.js";
import {
  at,
  cache,
  eachWithCache,
  fetchIt,
  FILES,
  hub,
  once,
  options,
  partial,
  pauses,
  requestsFor,
  SHARDS,
  start,
  times,
} from "./downloads.js";
import { COMMIT, type Fault, refuse, REPOSITORY, sendRange } from "./hub-server.js";

eachWithCache();

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
