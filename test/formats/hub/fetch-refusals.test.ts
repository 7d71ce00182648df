import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { InputError } from "../../../lib/core/errors.js";
import { at, eachWithCache, fetchIt, FILES, hub, options, partial, requestsFor, start } from "./downloads.js";
import { type Fault, refuse, REPOSITORY, type ServedFile } from "./hub-server.js";

eachWithCache();

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
