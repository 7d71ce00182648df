import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

import { describe, expect, test } from "vitest";

import { type Progress } from "../../../lib/core/progress.js";
import { fetchHubModel } from "../../../lib/formats/index.js";
import { cache, eachWithCache, fetchIt, FILES, hub, large, options, requestsFor, SHARDS, start } from "./downloads.js";
import { COMMIT, REPOSITORY } from "./hub-server.js";

eachWithCache();

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
