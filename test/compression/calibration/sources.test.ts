import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { beforeEach, describe, expect, test, vi } from "vitest";

import { finish } from "../../../lib/core/progress.js";
import { createRandom } from "../../../lib/core/random.js";
import { sampleC4, sampleShard } from "../../../lib/compression/calibration/c4.js";
import { loadCalibration } from "../../../lib/compression/calibration/load-calibration.js";
import { drawWindows } from "../../../lib/compression/calibration/windows.js";
import { toyModel } from "../../toy-model.js";

const model = toyModel();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "touchstone-test-"));
  vi.stubEnv("TOUCHSTONE_CACHE", join(folder, "cache"));
  vi.stubEnv("TOUCHSTONE_BACKEND", "cpu"); // no native code in this test
  vi.stubEnv("HF_HUB_OFFLINE", "1");
});

const file = (name: string, content: string | Buffer): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
const load = (calibration: string, changes: object = {}) =>
  finish(loadCalibration(model, { calibration, samples: 4, length: 8, seed: 0, ...changes }));

describe("windows of a text", () => {
  const tokens = Array.from({ length: 103 }, (_, i) => i);
  const draw = (samples: number, seed = 1): Int32Array =>
    drawWindows(tokens, { samples, length: 10, where: "text" }, createRandom(seed));

  test("are whole, different, and of one grid", () => {
    const drawn = draw(10);
    const starts = Array.from({ length: 10 }, (_, i) => drawn[10 * i]);
    for (const [i, start] of starts.entries())
      expect([...drawn.subarray(10 * i, 10 * i + 10)]).toEqual(tokens.slice(start, start + 10));
    expect(new Set(starts.map((start) => start % 10)).size).toBe(1);
    expect(new Set(starts).size).toBe(10);
  });

  test("are the same with the same seed, and others with another", () => {
    expect(draw(5)).toEqual(draw(5));
    expect(draw(5, 2)).not.toEqual(draw(5));
  });

  test("are refused where the text has fewer", () => expect(() => draw(11)).toThrow(/at most 10 samples.*at most 9 tokens/));
});

describe("a calibration set", () => {
  test("of JSON lines joins their texts, with the token that ends one between them", async () => {
    const path = file("texts.jsonl", '{"text":"abcdefgh"}\n{"text":"ijklmnop"}\n{"text":"qrstuvwx"}\n{"text":"yz012345"}\n');
    const { tokens, samples, length, name } = await load(path);
    expect({ samples, length, name, count: tokens.length }).toEqual({ samples: 4, length: 8, name: path, count: 32 });
    expect([...tokens].filter((token) => token === 0).length).toBeGreaterThan(1);
  });

  test("of JSON token ids takes them as they are", async () => {
    const sequences = Array.from({ length: 5 }, (_, i) => Array.from({ length: 9 }, (__, t) => 10 * i + t));
    const { tokens } = await load(file("tokens.json", JSON.stringify(sequences)));
    expect([...tokens]).toEqual(sequences.slice(0, 4).flatMap((sequence) => sequence.slice(0, 8)));
  });

  test("with a token that the model does not have is refused", async () =>
    expect(
      load(file("tokens.json", JSON.stringify(Array.from({ length: 4 }, () => [64, 64, 64, 64, 64, 64, 64, 64])))),
    ).rejects.toThrow(/token 64.*below 64/));

  test("of the model's own text is the same with the same seed, from the cache or anew", async () => {
    const small = toyModel({ blocks: 1 });
    const settings = { calibration: "self", samples: 2, length: 40, seed: 0 };
    const own = (seed = 0) => finish(loadCalibration(small, { ...settings, seed }));
    const first = await own();
    expect((await own()).digest).toBe(first.digest);
    vi.stubEnv("TOUCHSTONE_CACHE", join(folder, "another"));
    expect((await own()).digest).toBe(first.digest);
    expect((await own(1)).digest).not.toBe(first.digest);
    expect(new Set(first.tokens).size).toBeGreaterThan(15);
  }, 30_000);

  test("of a line without a text says which", async () =>
    expect(load(file("bad.jsonl", '{"text":"a"}\n{"txt":"b"}\n'))).rejects.toThrow(/bad\.jsonl, line 2/));

  test("of C4 without a hub says which others there are", async () => {
    const task = sampleC4(model.tokenizer, { calibration: "c4", samples: 4, length: 8, seed: 0 });
    await expect(task.next()).rejects.toThrow(/mini.*self.*text file/);
  });
});

describe("a shard of documents", () => {
  const documents = Array.from({ length: 50 }, (_, i) => ({ text: String.fromCodePoint(97 + (i % 26)).repeat(i) }));
  const shard = (): string => file("shard.json.gz", gzipSync(documents.map((each) => JSON.stringify(each)).join("\n") + "\n"));
  const sample = async (settings: object = {}): Promise<Int32Array> =>
    finish(
      sampleShard(shard(), { calibration: "c4", samples: 6, length: 30, seed: 0, ...settings }, { tokenizer: model.tokenizer }),
    );

  test("gives windows of documents that are longer than one", async () => {
    const tokens = await sample();
    const long = new Set(documents.filter(({ text }) => text.length > 30).map(({ text }) => model.tokenizer.encode(text)[0]));
    for (let i = 0; i < 6; i++) {
      const window = new Set(tokens.subarray(30 * i, 30 * i + 30));
      expect(window.size).toBe(1);
      expect(long.has([...window][0])).toBe(true);
    }
    expect(await sample()).toEqual(tokens);
    expect(await sample({ seed: 1 })).not.toEqual(tokens);
  });

  test("without documents that are long enough is refused", async () =>
    expect(sample({ length: 50 })).rejects.toThrow(/0 documents of more than 50 tokens/));
});
