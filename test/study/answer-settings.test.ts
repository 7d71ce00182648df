import fc from "fast-check";
import { expect, test } from "vitest";

import { settingsName, settingsOfName } from "../../lib/study/answer-settings.js";

test("settings are read from their words as they were written", () => {
  const generation = fc.record(
    { temperature: fc.double({ min: 0, max: 3, noNaN: true }), maxTokens: fc.nat(4096) },
    { requiredKeys: [] },
  );
  const system = fc.option(fc.string({ unit: "grapheme" }), { nil: undefined });
  fc.assert(
    fc.property(generation, system, (given, message) => {
      const found = settingsOfName(settingsName(given, message));
      expect(found?.generation).toEqual({ ...given, ...(given.temperature === 0 ? { temperature: 0 } : {}) });
      expect(found?.system).toBe(message);
    }),
  );
});

test.each(["", "greedy", "temperature 0.8, 48 tokens", 'greedy, system message "a, 3 tokens"'])("%j is one of ours", (name) =>
  expect(settingsOfName(name)).toBeDefined(),
);

test.each(["greedily", "temperature", "48 tokens, greedy", 'system message "a', "temperature x", ", 48 tokens"])(
  "%j is none of ours",
  (name) => expect(settingsOfName(name)).toBeUndefined(),
);
