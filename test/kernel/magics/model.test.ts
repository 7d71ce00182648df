import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import type { LiveProgress } from "../../../kernel/magics/context.js";
import { model } from "../../../kernel/magics/model.js";
import { BACKENDS } from "../../../lib/tensor/backend.js";
import { REPOSITORY, startHub, type TestHub } from "../../formats/hub/hub-server.js";
import { quietContext } from "./quiet-context.js";

let hub: TestHub;
const shown: LiveProgress[] = [];
const context = quietContext({ live: { update: (progress) => void shown.push(progress), finish: () => undefined } });
const loads = (name: string): Promise<unknown> => model.run({ kind: "call", values: [name] }, context);

beforeEach(async () => {
  hub = await startHub({ "tiny.gguf": { content: Buffer.from("no GGUF at all, but whole"), large: true } });
  vi.stubEnv("TOUCHSTONE_CACHE", mkdtempSync(join(tmpdir(), "touchstone-test-")));
  vi.stubEnv("HF_ENDPOINT", hub.endpoint);
  vi.stubEnv("TOUCHSTONE_BACKEND", "cpu"); // no native code in this test
  shown.length = 0;
});
afterEach(() => hub.close());

describe("%model", () => {
  test("knows the library's backends", () => expect(model.options["backend"].values).toEqual(BACKENDS));

  test("with OWNER/NAME fetches from the hub, shows how far it is, and loads what came", async () => {
    await expect(loads(`${REPOSITORY}:tiny.gguf`)).rejects.toThrow(/tiny\.gguf, offset 0: found first bytes/);
    expect(shown.at(-1)).toMatchObject({ stage: "download", note: "tiny.gguf, MB" });
  });

  test("with a repository that the hub does not have says so", async () =>
    expect(loads("nobody/nothing")).rejects.toThrow(/nobody\/nothing at http.*no such repository/));

  test.each(["./models/tiny.gguf", "models/tiny.gguf", "smolm2"])("with %s asks no hub", async (name) => {
    await expect(loads(name)).rejects.toThrow();
    expect(hub.log).toEqual([]);
  });
});
