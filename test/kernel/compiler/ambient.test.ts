import { describe, expect, test } from "vitest";
import { ambientDeclarations } from "../../../kernel/compiler/ambient.js";
import { magic } from "../../../kernel/magics/magic.js";
import { integer, list, required, text } from "../../../kernel/magics/parameters.js";

const sample = magic({
  name: "sample",
  kind: "line",
  summary: "Draws items",
  positional: { suites: required(list(text("where from"))) },
  options: { count: integer("how many") },
  examples: [],
  result: "ColumnTable",
  load: () => () => undefined,
});

const [{ full, light, names }, tensorflow] = ambientDeclarations([sample], "/lib/index");

describe("declarations of a magic", () => {
  test("its line's form is a template's tag", () => {
    expect(full).toContain("sample(text: TemplateStringsArray, ...values: unknown[]): Promise<ColumnTable>;");
  });

  test("its function form has typed parameters; one value will do for a list", () => {
    expect(full).toContain(
      "declare function sample(suites: readonly (string)[] | string, options?: { /** how many */ count?: number }): Promise<ColumnTable>;",
    );
  });

  test("the light ones know its name", () => expect(light).toContain("declare const sample: any;"));
});

test("TensorFlow's types come by themselves, and only when they are named", () => {
  expect(tensorflow.names.test("const x = tf.tensor([1])")).toBe(true);
  expect(tensorflow.names.test("aq.table({ tfx: [1] })")).toBe(false);
  expect(full).not.toContain("tensorflow");
});

test.each([
  ["const t = await $magic.sample` x`", true],
  ["aq.table({})", true],
  ["let t: ColumnTable", true],
  ["sample('x')", true],
  ["const aqua = 1; $op", false],
  ["1 + 1", false],
])("%j needs the full declarations: %s", (code, needed) => expect(names.test(code)).toBe(needed));
