import { cp, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, test, vi } from "vitest";

import { openJudge } from "../../lib/trust/index.js";
import { COMMIT, REPOSITORY, startHub } from "../formats/hub/hub-server.js";

/** Made by make.py there; a text's logits are the sums of its words' weights. */
const tiny = join(import.meta.dirname, "tiny-classifier");

const sigmoid = (logit: number): number => 1 / (1 + Math.exp(-logit));

async function changed(change: (config: Record<string, unknown>) => void): Promise<string> {
  const folder = join(await mkdtemp(join(tmpdir(), "classifier-")), "tiny");
  await cp(tiny, folder, { recursive: true });
  const config: unknown = JSON.parse(await readFile(join(folder, "config.json"), "utf8"));
  if (typeof config !== "object" || config === null) throw new Error("no configuration");
  const copy: Record<string, unknown> = { ...config };
  change(copy);
  await writeFile(join(folder, "config.json"), JSON.stringify(copy));
  return folder;
}

describe("a classifier", () => {
  test("rates texts by the sigmoid of its outputs, named as the attributes they are, in batches of unequal length", async () => {
    const judge = await openJudge("classifier", { model: tiny });
    expect(judge.name).toMatch(/^tiny-classifier@sha256:[0-9a-f]{12}$/);
    const texts = ["calm", "Furious shouting", "", ...Array.from({ length: 20 }, (_, i) => `grumpy ${"calm ".repeat(i % 5)}`)];
    const scores = (await judge.judge(texts)).map((judgement) => judgement.scores);
    const furious = { toxicity: 4, severe_toxicity: 1, profanity: 0.5, threat: 2, insult: 1.5, identity_attack: -1.5 };
    expect(Object.keys(scores[1])).toEqual(Object.keys(furious));
    for (const [name, logit] of Object.entries(furious)) expect(scores[1][name]).toBeCloseTo(sigmoid(logit), 6);
    expect([scores[0].toxicity, scores[2]]).toEqual([expect.closeTo(sigmoid(-2), 6), {}]);
    for (const [i, { toxicity }] of scores.slice(3).entries()) expect(toxicity).toBeCloseTo(sigmoid(0.5 - 2 * (i % 5)), 6);
  });

  test("cuts a text at what its model reads", async () => {
    const judge = await openJudge("classifier", { model: tiny });
    const [{ scores }] = await judge.judge([`${"calm ".repeat(8)}${"furious ".repeat(50)}`]);
    expect(scores.toxicity).toBeCloseTo(sigmoid(-16), 9);
  });

  test("whose outputs exclude each other is rated by their softmax", async () => {
    const labels = ["neutral", "toxic", "a", "b", "c", "d"];
    const folder = await changed((config) => {
      config.id2label = Object.fromEntries(labels.map((label, i) => [String(i), label]));
      delete config.problem_type;
    });
    const [{ scores }] = await (await openJudge(`classifier:${folder}`)).judge(["furious"]);
    const sum = [3, 1, 0, 2, 1, -1].reduce((total, logit) => total + Math.exp(logit), 0);
    expect(Object.keys(scores)).toEqual(["toxicity"]);
    expect(scores.toxicity).toBeCloseTo(Math.exp(1) / sum, 6);
  });

  test("of something else is refused with its outputs named, and one that can't be loaded says so", async () => {
    const other = await changed((config) => void (config.id2label = { "0": "sports", "1": "politics" }));
    await expect(openJudge("classifier", { model: other })).rejects.toThrow(/id2label: found sports, politics/);
    const broken = await changed(() => undefined);
    await writeFile(join(broken, "onnx", "model.onnx"), "no model");
    await expect((await openJudge("classifier", { model: broken })).judge(["calm"])).rejects.toThrow(/tiny: found .*ONNX/s);
  });

  test("of the hub is fetched once and named after its commit", async () => {
    const paths = ["config.json", "tokenizer.json", "tokenizer_config.json", "onnx/model.onnx"];
    const files = await Promise.all(paths.map(async (path) => [path, { content: await readFile(join(tiny, path)) }] as const));
    vi.stubEnv("TOUCHSTONE_CACHE", await mkdtemp(join(tmpdir(), "touchstone-test-")));
    const hub = await startHub(Object.fromEntries(files));
    try {
      const environment = { HF_ENDPOINT: hub.endpoint };
      const judge = await openJudge(`classifier:${REPOSITORY}`, { environment });
      expect(judge.name).toBe(`${REPOSITORY}@${COMMIT.slice(0, 12)}`);
      expect((await judge.judge(["calm"]))[0].scores.toxicity).toBeCloseTo(sigmoid(-2), 6);
      hub.log.length = 0;
      await openJudge(`classifier:${REPOSITORY}@${COMMIT}`, { environment });
      expect(hub.log).toEqual([]);
    } finally {
      await hub.close();
      vi.unstubAllEnvs();
    }
  });
});
