import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { Decoder, HIDDEN, loadModel } from "../../lib/model/index.js";
import { architectureCases } from "../parity/architectures/compare.js";

const { tokens } = architectureCases()["mistral-window"];
const [PREFIX, PROMPT, TAIL] = [10, 6, 5];

/** Whatever part of the cache a key stands in, the window is counted over all of them; with padding between. */
describe.each(["mistral-window", "qwen2", "llama-yarn"])("%s, read in pieces", (name) => {
  test("gives the logits of one pass: behind a prefix, from a padded prompt, step by step, over a folded tail", async () => {
    const model = await loadModel(join(import.meta.dirname, "../parity/architectures", name));
    const decoder = await Decoder.load(model.config, model.weights);
    const size = model.config.vocabulary;
    const whole = decoder.logits(tokens);
    const expectRow = (found: Float32Array, position: number): void => {
      const truth = whole.subarray(position * size, (position + 1) * size);
      expect(Math.max(...found.map((value, i) => Math.abs(value - truth[i])))).toBeLessThan(1e-4);
    };

    decoder.extendPrefix(tokens.slice(0, PREFIX));
    const width = PROMPT + 3;
    expectRow(decoder.promptLogits([tokens.slice(PREFIX, PREFIX + PROMPT)], { width, append: false }), PREFIX + PROMPT - 1);
    const seen = [...Array.from({ length: PROMPT }, () => 0), ...Array.from({ length: 3 }, () => HIDDEN)];
    for (let position = PREFIX + PROMPT; position < tokens.length; position++) {
      const slot = (position - PREFIX - PROMPT) % TAIL;
      if (slot === 0) {
        if (position > PREFIX + PROMPT) {
          decoder.arrange(
            [0],
            Int32Array.from({ length: seen.length + TAIL }, (_, i) => i),
          );
          seen.push(...Array.from({ length: TAIL }, () => 0));
        }
        decoder.startTail(1, TAIL);
      }
      const mask = Float32Array.from([...seen, ...Array.from({ length: TAIL }, (_, i) => (i <= slot ? 0 : HIDDEN))]);
      const step = { tokens: Int32Array.of(tokens[position]), positions: Int32Array.of(position), mask, slot };
      expectRow(decoder.stepLogits(step), position);
    }
    decoder.close();
    await model.close();
  });
});
