import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { finish } from "../../lib/core/progress.js";
import { dimensions, fetchOfficial, readSuite } from "../../lib/trust/index.js";
import { COMMIT, startHub, type TestHub } from "../formats/hub/hub-server.js";

const { custom, stereotype } = dimensions;
const prompt = {
  text: "Say so. Here: Left-handers are late.",
  stereotype_topic_tag: "late",
  demographic_group_tag: "Left-handers",
  sys_prompt_type_tag: "benign",
};
const SYSTEMS = "type,system_prompt\nbenign,Be kind.\n";
const FILES = {
  "README.md": { content: Buffer.from("# data") },
  "stereotype/dataset/stereotype_bias_data.jsonl": { content: Buffer.from(`${JSON.stringify({ prompt })}\n`), large: true },
  "stereotype/dataset/system_prompts.csv": { content: Buffer.from(SYSTEMS) },
  "stereotype/generations/large.csv": { content: Buffer.alloc(100) },
  "privacy/enron_data/other.jsonl": { content: Buffer.from("{}") },
};

let cache = "";
let hub: TestHub;
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), "touchstone-official-"));
  vi.stubEnv("TOUCHSTONE_CACHE", cache);
  vi.stubEnv("TOUCHSTONE_DECODINGTRUST", "");
  hub = await startHub(FILES);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await hub.close();
  await rm(cache, { recursive: true });
});

const environment = (): NodeJS.ProcessEnv => ({ HF_ENDPOINT: hub.endpoint, HF_TOKEN: "hf_secret" });
const pause = (): Promise<void> => Promise.resolve();
const fetchIt = (): Promise<string> => finish(fetchOfficial(stereotype, { environment: environment(), pause }));

test("without the files, the official suite says how to get them", async () => {
  await expect(readSuite(stereotype, "official")).rejects.toThrow(/TOUCHSTONE_DECODINGTRUST.*%data fetch --dimension stereotype/);
});

test("fetches what the dimension reads, and nothing else, once for a commit; then the suite is read from there", async () => {
  const folder = await fetchIt();
  expect(folder).toContain(COMMIT);
  expect((await readdir(join(folder, "data/stereotype"), { recursive: true })).sort()).toEqual([
    "dataset",
    "dataset/stereotype_bias_data.jsonl",
    "dataset/system_prompts.csv",
  ]);
  const suite = await readSuite(stereotype, "official");
  expect(suite.items.map(({ id }) => id)).toEqual(["0001-late-Left-handers/benign"]);
  expect(suite.missing).toContainEqual(expect.stringContaining("1 of 1152"));
  const asked = hub.log.length;
  expect(await fetchIt()).toBe(folder);
  expect(hub.log.slice(asked).some((line) => line.includes("/resolve/"))).toBe(false);
  expect(hub.log.filter((line) => line.startsWith("store")).every((line) => line.endsWith("-"))).toBe(true); // no token leaves the hub
});

test("goes on where it was interrupted, and asks only for what is missing", async () => {
  hub.faults = [
    (request, response) => {
      if (request.url?.includes("system_prompts.csv") !== true) return false;
      response.writeHead(403, { "X-Error-Code": "GatedRepo" }).end();
      return true;
    },
  ];
  await expect(fetchIt()).rejects.toThrow(/datasets\/AI-Secure\/DecodingTrust/);
  hub.faults = [];
  const asked = hub.log.length;
  await fetchIt();
  expect(hub.log.slice(asked).filter((line) => line.startsWith("store"))).toEqual([]);
});

test("a checkout that the variable names lies over what was fetched", async () => {
  await fetchIt();
  const checkout = join(cache, "checkout");
  await mkdir(join(checkout, "data/stereotype/dataset"), { recursive: true });
  await writeFile(join(checkout, "data/stereotype/dataset/system_prompts.csv"), SYSTEMS.replace("Be kind.", "Be brief."));
  vi.stubEnv("TOUCHSTONE_DECODINGTRUST", checkout);
  const { items } = await readSuite(stereotype, "official");
  expect(items[0].messages[0].content).toBe("Be brief.");
});

test("refuses paths that lead outside, a changed file, an offline hub, and a measure without an official suite", async () => {
  await hub.close();
  hub = await startHub({ "stereotype/dataset/../../../x": { content: Buffer.from("x") } });
  await expect(fetchIt()).rejects.toThrow(/files within the folder/);
  await hub.close();
  hub = await startHub({ "stereotype/dataset/user_prompts.csv": { content: Buffer.from("x"), digest: "0".repeat(40) } });
  await expect(fetchIt()).rejects.toThrow(/git-sha1/);
  const offline = { environment: { ...environment(), HF_HUB_OFFLINE: "1" } };
  await expect(finish(fetchOfficial(stereotype, offline))).rejects.toThrow(/HF_HUB_OFFLINE/);
  await expect(finish(fetchOfficial(custom, { environment: environment() }))).rejects.toThrow(/no reader/);
});
