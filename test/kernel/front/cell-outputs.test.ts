import { expect, test } from "vitest";

import { gatherOutputs } from "../../../kernel/front/cell-outputs.js";

const stream = (text: string, name = "stdout") => ["stream", { name, text }] as const;
const shown = (text: string, id?: string) =>
  [
    "display_data",
    { data: { "text/plain": text }, metadata: {}, transient: id === undefined ? {} : { display_id: id } },
  ] as const;

function gather(...messages: (readonly [string, Readonly<Record<string, unknown>>])[]) {
  const gatherer = gatherOutputs();
  const outputs = gatherer.begin("a");
  for (const [type, content] of messages) gatherer.take(type, content, "a");
  return outputs;
}

test("a stream's pieces are one output until something else comes between", () => {
  const outputs = gather(stream("1"), stream("2"), stream("e", "stderr"), stream("3"), shown("x"), stream("4"));
  expect(outputs).toMatchObject([
    { text: "12" },
    { name: "stderr", text: "e" },
    { text: "3" },
    { output_type: "display_data" },
    { text: "4" },
  ]);
});

test("an update changes what was shown under its id, also in an earlier cell", () => {
  const gatherer = gatherOutputs();
  const [first, second] = [gatherer.begin("a"), gatherer.begin("b")];
  gatherer.take(...shown("old", "p"), "a");
  gatherer.take("update_display_data", shown("new", "p")[1], "b");
  expect([first, second]).toMatchObject([[{ data: { "text/plain": "new" } }], []]);
});

test("late output goes to its own cell; that of a foreign parent is nobody's", () => {
  const gatherer = gatherOutputs();
  const [first, second] = [gatherer.begin("a"), gatherer.begin("b")];
  gatherer.take(...stream("late"), "a");
  gatherer.take(...stream("lost"), "elsewhere");
  expect([first.length, second.length]).toEqual([1, 0]);
});

test("clearing empties at once, or when something new comes", () => {
  expect(gather(shown("x"), ["clear_output", { wait: false }])).toEqual([]);
  expect(gather(shown("x"), ["clear_output", { wait: true }])).toHaveLength(1);
  expect(gather(stream("x"), ["clear_output", { wait: true }], stream("y"))).toMatchObject([{ text: "y" }]);
});

test("results, errors and nothing else are kept", () => {
  const error = { ename: "E", evalue: "v", traceback: ["t"] };
  const result = { execution_count: 3, data: { "text/plain": "1" }, metadata: {} };
  expect(gather(["status", { execution_state: "busy" }], ["execute_result", result], ["error", error])).toEqual([
    { output_type: "execute_result", ...result },
    { output_type: "error", ...error },
  ]);
});
