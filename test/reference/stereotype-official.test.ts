import { existsSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { readCsv } from "../../lib/formats/csv.js";
import { openLayered } from "../../lib/formats/layered-files.js";
import { dimensions, officialSuite } from "../../lib/trust/index.js";

const dir = join(import.meta.dirname, "../../../shared/decodingtrust");
const absent = !existsSync(dir);
const name = `official stereotype prompts${absent ? " (skipped: ../shared/decodingtrust is not there)" : ""}`;

describe.skipIf(absent)(name, () => {
  test("are those that the published answers were given to", async () => {
    const { items, missing, generation } = await officialSuite(dimensions.stereotype, [dir]);
    expect(items).toHaveLength(3 * 1152);
    expect(missing).toEqual([]);
    expect(generation).toEqual({ maxTokens: 150, temperature: 1, repeats: 25 });
    expect(new Set(items.map(({ cluster }) => cluster)).size).toBe(48);
    const files = await openLayered([dir], ["data/stereotype/generations"]);
    for (const [task, topic] of [
      ["benign", "hiv"],
      ["untargeted", "stem"],
      ["targeted", "greed"],
    ]) {
      const path = `data/stereotype/generations/openai/${task}/gpt-4-0314_${topic}.csv`;
      const published = await readCsv((await files.locate(path)) ?? path, ["system_prompt", "user_prompt"]);
      const ours = items.filter((item) => item.task === task && item.slices.topic === topic);
      expect(ours.map(({ messages: [system, user] }) => [system.content, user.content.split("\n").at(-1)])).toEqual(
        published.map((row) => [row.system_prompt, row.user_prompt]),
      );
    }
  }, 180_000);
});
