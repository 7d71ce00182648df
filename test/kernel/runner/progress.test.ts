import { expect, test } from "vitest";

import { createLiveLine } from "../../../kernel/runner/live-line.js";
import { follow } from "../../../kernel/runner/progress.js";

function line() {
  let now = 0;
  const shown: string[] = [];
  const live = createLiveLine({ now: () => (now += 1000), show: (data) => shown.push(String(data["text/plain"])) });
  return { live, shown };
}

test("a list gives its values and counts them", () => {
  const { live, shown } = line();
  expect([...follow(["a", "b"], live, { stage: "score" })]).toEqual(["a", "b"]);
  expect(shown[0]).toBe("score 0/2");
  expect(shown.at(-1)).toBe("score 2/2: done");
});

test("a loop that is left says that it stopped", () => {
  const { live, shown } = line();
  for (const value of follow([1, 2, 3], live)) if (value === 2) break;
  expect(shown.at(-1)).toBe("loop 1/3: stopped");
});

test("a stream is followed too", async () => {
  const { live, shown } = line();
  const stream = async function* () {
    yield await Promise.resolve(1);
    yield 2;
  };
  const seen: number[] = [];
  for await (const value of follow(stream(), live, { total: 2 })) seen.push(value);
  expect(seen).toEqual([1, 2]);
  expect(shown.at(-1)).toBe("loop 2/2: done");
});
