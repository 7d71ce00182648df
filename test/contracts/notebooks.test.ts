import { expect, test } from "vitest";

import { notebookFindings } from "../../.ci/notebook-findings.js";

const withOutput = (output: object): string =>
  JSON.stringify({ cells: [{ cell_type: "markdown" }, { cell_type: "code", outputs: [output] }] });
const withPlot = (specification: object): string =>
  withOutput({
    output_type: "display_data",
    data: { "application/vnd.vegalite.v5+json": specification, "text/plain": "a plot" },
  });

test.each([
  ["an error output", withOutput({ output_type: "error", ename: "TypeError", evalue: "no" }), ["cell 2: TypeError: no"]],
  ["a plot without marks", withPlot({ data: { values: [{ x: 1 }] } }), ["cell 2: a plot without marks"]],
  ["a plot without rows", withPlot({ mark: "bar", data: { values: [] } }), ["cell 2: a plot without data"]],
  ["an empty plot", withPlot({}), ["cell 2: a plot without marks", "cell 2: a plot without data"]],
])("%s is found", (_what, notebook, findings) => {
  expect(notebookFindings(notebook)).toEqual(findings);
});

test.each([
  ["a text", withOutput({ output_type: "stream", name: "stdout", text: ["x"] })],
  ["a plain plot", withPlot({ mark: "bar", data: { values: [{ x: 1 }] } })],
  [
    "a plot in layers with named data",
    withPlot({ layer: [{ mark: { type: "rule" } }], datasets: { a: [{ x: 1 }] }, data: { name: "a" } }),
  ],
])("%s is fine", (_what, notebook) => {
  expect(notebookFindings(notebook)).toEqual([]);
});
