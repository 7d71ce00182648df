import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createLiveLine, describeProgress, type ClosableLine } from "../../../kernel/runner/live-line.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function line(): { readonly live: ClosableLine; readonly shown: { text: unknown; html: string; update: boolean }[] } {
  const shown: { text: unknown; html: string; update: boolean }[] = [];
  const live = createLiveLine({
    now: () => Date.now(),
    show: (data, update) => shown.push({ text: data["text/plain"], html: String(data["text/html"]), update }),
  });
  return { live, shown };
}

describe("a live line", () => {
  test("is shown at once, then at most four times a second, always with the newest state", () => {
    const { live, shown } = line();
    for (let done = 0; done < 100; done++) {
      live.update({ stage: "answer", done, total: 100 });
      vi.advanceTimersByTime(10);
    }
    vi.advanceTimersByTime(1_000);
    expect(shown.length).toBeGreaterThanOrEqual(4);
    expect(shown.length).toBeLessThanOrEqual(6);
    expect(shown.map(({ update }) => update)).toEqual([false, ...shown.slice(1).map(() => true)]);
    expect(shown.at(-1)?.text).toMatch(/^answer 99\/100 · \d+ s left$/);
  });

  test("ends with its summary, which nothing changes any more", () => {
    const { live, shown } = line();
    live.update({ stage: "answer", done: 1, total: 2 });
    live.finish("2 answers in 3 s");
    live.update({ stage: "answer", done: 2, total: 2 });
    live.close();
    vi.advanceTimersByTime(1_000);
    expect(shown.map(({ text }) => text)).toEqual(["answer 1/2", "2 answers in 3 s"]);
  });

  test("left in the middle, it says that the work was stopped", () => {
    const { live, shown } = line();
    live.update({ stage: "answer", done: 1, total: 2, note: "dense" });
    live.close();
    expect(shown.at(-1)?.text).toBe("answer 1/2 · dense: stopped");
  });

  test("that was never used shows nothing", () => {
    const { live, shown } = line();
    live.finish();
    live.close();
    expect(shown).toEqual([]);
  });

  test("escapes what it shows", () => {
    const { live, shown } = line();
    live.update({ stage: "<b>", done: 0, total: 1, note: '"&' });
    expect(shown[0].html).toContain("&lt;b&gt; 0/1 · &quot;&amp;");
  });
});

test.each([
  [{ stage: "compress", done: 3, total: 8 }, undefined, "compress 3/8"],
  [
    { stage: "compress", done: 3, total: 8, note: "block 3", memory: 2 ** 30 * 1.25 },
    65,
    "compress 3/8 · 1 min 5 s left · block 3 · peak 1.3 GiB",
  ],
  [{ stage: "answer", done: 1, total: 9 }, 7_300, "answer 1/9 · 2 h 1 min left"],
])("%j with %s seconds to go reads %j", (progress, seconds, text) => expect(describeProgress(progress, seconds)).toBe(text));
