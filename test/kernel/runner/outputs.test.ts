import { describe, expect, test } from "vitest";
import type { Output } from "../../../kernel/link.js";
import { createOutputs, type Outputs } from "../../../kernel/runner/outputs.js";

function recorder(): { readonly outputs: Outputs; readonly seen: string[] } {
  const seen: string[] = [];
  const describeOutput = (output: Output): string => (output.kind === "stream" ? `${output.name} ${output.text}` : output.kind);
  return { seen, outputs: createOutputs((cell, output) => seen.push(`${cell} ${describeOutput(output)}`)) };
}

const place = { displayId: null, update: false };
const bundle = { data: {}, metadata: {} };

describe("what cells show", () => {
  test("text of one stream is gathered; another stream, a display and the end send it", async () => {
    const { outputs, seen } = recorder();
    outputs.stream(1, "stdout", "a");
    outputs.stream(1, "stdout", "b");
    outputs.stream(1, "stderr", "c");
    outputs.display(1, bundle, place);
    outputs.stream(1, "stdout", "d");
    await outputs.settled();
    expect(seen).toEqual(["1 stdout ab", "1 stderr c", "1 display", "1 stdout d"]);
  });

  test("text of different cells is kept apart", async () => {
    const { outputs, seen } = recorder();
    outputs.stream(1, "stdout", "late");
    outputs.stream(2, "stdout", "now");
    await outputs.settled();
    expect(seen).toEqual(["1 stdout late", "2 stdout now"]);
  });

  test("a picture that takes its time holds back what follows it", async () => {
    const { outputs, seen } = recorder();
    const slow = new Promise<typeof bundle>((resolve) => setTimeout(() => resolve(bundle), 20));
    outputs.display(1, slow, place);
    outputs.clear(1, true);
    outputs.display(1, bundle, place);
    outputs.stream(1, "stdout", "x");
    expect(seen).toEqual([]);
    await outputs.settled();
    expect(seen).toEqual(["1 display", "1 clear", "1 display", "1 stdout x"]);
  });

  test("text goes out by itself after a moment", async () => {
    const { outputs, seen } = recorder();
    outputs.stream(3, "stdout", "alone");
    await expect.poll(() => seen).toEqual(["3 stdout alone"]);
  });
});
