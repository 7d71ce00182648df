import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { model as modelMagic } from "../../kernel/magics/model.js";
import { Engine, finish } from "../../lib/index.js";
import type { Answer } from "../../lib/inference/index.js";
import { fetchHubModel } from "../../lib/formats/index.js";
import { loadModel, type Model } from "../../lib/model/index.js";
import { type Fault, REPOSITORY, sendRange, type ServedFile, startHub, type TestHub } from "../formats/hub/hub-server.js";
import { architectureCases } from "../parity/architectures/compare.js";
import { quietContext } from "../kernel/magics/quiet-context.js";

const SHARDED = "qwen2-tied-shards";
let hub: TestHub;

beforeEach(() => {
  vi.stubEnv("TOUCHSTONE_CACHE", mkdtempSync(join(tmpdir(), "touchstone-test-")));
  vi.stubEnv("TOUCHSTONE_BACKEND", "cpu"); // no native code in this test
});
afterEach(() => hub.close());

/** A tiny model that transformers wrote, as a hub has it: safetensors apart, the rest in the repository. */
function served(name: string): Record<string, ServedFile> {
  const folder = join(import.meta.dirname, "../parity/architectures", name);
  const entries = readdirSync(folder).map((file) => {
    const content = readFileSync(join(folder, file));
    return [file, { content, large: file.endsWith(".safetensors") }] as const;
  });
  return Object.fromEntries(entries);
}

async function serve(name: string, ...faults: Fault[]): Promise<void> {
  hub = await startHub(served(name));
  hub.faults = faults;
  vi.stubEnv("HF_ENDPOINT", hub.endpoint);
}

const fetched = (): Promise<string> => finish(fetchHubModel(REPOSITORY, { pause: () => Promise.resolve() }));

/** Greedy answers to the prompts that transformers continued, as tokens' texts. */
async function answersOf(model: Model, name: string): Promise<{ ours: readonly string[]; transformers: readonly string[] }> {
  const { prompts, answers } = architectureCases()[name];
  const engine = await Engine.open({ model, weights: model.weights });
  const requests = prompts.map(
    (tokens, i) => ({ kind: "generate", tokens, temperature: 0, maxTokens: answers[i].length }) as const,
  );
  const found: Answer[] = [];
  for await (const batch of engine.responder(model.weights).answer(requests)) found.push(...batch);
  engine.close();
  found.sort((a, b) => a.index - b.index);
  return {
    ours: found.map(({ response }) => (response.kind === "generate" ? response.text : "")),
    // they went on behind the end of the text
    transformers: answers.map((tokens) => model.tokenizer.decode(tokens.slice(0, endOf(tokens, model)))),
  };
}

function endOf(tokens: readonly number[], { tokenizer }: Model): number {
  const at = tokens.findIndex((token) => tokenizer.endOfText.includes(token));
  return at === -1 ? tokens.length : at;
}

/** Sends half of one shard, once, and breaks the connection. */
function cutOnce(): Fault {
  let isCut = false;
  return (request, response) => {
    if (isCut || request.url?.includes("/lfs/") !== true) return false;
    isCut = true;
    response.writeHead(200, { "Content-Length": 1_000_000 });
    response.write(readFileSync(join(import.meta.dirname, "../parity/architectures", SHARDED, shards()[0])).subarray(0, 500));
    setTimeout(() => response.destroy(), 50);
    return true;
  };
}
const shards = (): string[] => Object.keys(served(SHARDED)).filter((file) => file.endsWith(".safetensors"));

describe("a model from a hub", () => {
  test.each(["llama", SHARDED])("%s: fetched, loaded and asked, it answers as transformers does", async (name) => {
    await serve(name);
    const model = await loadModel(await fetched());
    const { ours, transformers } = await answersOf(model, name);
    expect(ours).toEqual(transformers);
    await model.close();
  });

  test("through a connection that breaks in the middle of a shard is whole, and the rest alone is asked for again", async () => {
    await serve(SHARDED, cutOnce());
    const model = await loadModel(await fetched());
    const { ours, transformers } = await answersOf(model, SHARDED);
    expect(ours).toEqual(transformers);
    expect(hub.log.filter((line) => /^store .* bytes=[1-9]\d*-/.test(line))).toHaveLength(1);
    await model.close();
  });

  test("whose shard has another hash than the hub lists is never loaded", async () => {
    const wrong = (request: Parameters<Fault>[0], response: Parameters<Fault>[1]): boolean => {
      if (request.url?.includes("/lfs/") !== true) return false;
      const content = Buffer.from(served("llama")["model.safetensors"].content);
      content[content.length - 1] ^= 1;
      sendRange(request, response, content);
      return true;
    };
    await serve("llama", wrong);
    await expect(fetched()).rejects.toThrow(/model\.safetensors.*sha-?256/is);
    hub.faults = [];
    const model = await loadModel(await fetched());
    expect((await answersOf(model, "llama")).ours).not.toHaveLength(0);
    await model.close();
  });
});

describe("%model OWNER/NAME", () => {
  test("leaves the model in the session, with the revision, precision and template it was asked for", async () => {
    await serve("llama");
    const context = quietContext();
    await modelMagic.run({ kind: "call", values: [REPOSITORY, { revision: "v1.0", template: "vicuna_v1.1" }] }, context);
    expect(hub.log[0]).toContain("/revision/v1.0");
    const { model, variants } = context.session;
    expect(model).toMatchObject({ precision: "f32", chat: { name: "vicuna_v1.1" } });
    expect(model).toMatchObject({ name: "tiny-labs-tiny-chat+vicuna_v1.1", title: REPOSITORY });
    expect(variants.get("dense")?.id).toBe("tiny-labs-tiny-chat+vicuna_v1.1/dense");
    await model?.close();
  });

  test.each([
    [{ template: "vicuna" }, /vicuna_v1\.1/],
    [{ precision: "bf16" }, /bf16.*cpu/],
    [{ revision: "v9" }, /v9/],
  ])("with %j is refused by name, before a file is fetched", async (options, message) => {
    await serve("llama");
    await expect(modelMagic.run({ kind: "call", values: [REPOSITORY, options] }, quietContext())).rejects.toThrow(message);
    expect(hub.log.filter((line) => line.includes("/resolve/"))).toEqual([]);
  });

  test("with a revision of something that is on no hub says so", async () => {
    await serve("llama");
    const call = modelMagic.run({ kind: "call", values: ["smollm2", { revision: "main" }] }, quietContext());
    await expect(call).rejects.toThrow(/--revision.*OWNER\/NAME/);
  });
});
