import { createRequire } from "node:module";
import { runInNewContext } from "node:vm";

import { expect, test } from "vitest";

import { createCommonJsPass } from "../../../kernel/compiler/commonjs.js";
import { loadTypeScript } from "../../../kernel/compiler/converter.js";

const ts = loadTypeScript();
const options = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true };
const pass = createCommonJsPass(ts);

/** What a module exports, run as CommonJS. */
function exportsOf(text: string): Record<string, unknown> {
  const exports: Record<string, unknown> = {};
  const load = (specifier: string): unknown => createRequire(import.meta.url)(specifier);
  runInNewContext(pass(text, options).output, { exports, require: load });
  return exports;
}

test.each<[string, string, object]>([
  ["the last expression's value", "export const last = 1 + 1;\n", { last: 2 }],
  ["a value behind statements", "for (let i = 0; i < 2; i++) { }\nexport const last = `a\nexport const b = 1`;\n", {}],
  ["declared names, as they change", "let a = 1;\nexport const last = ++a;\na += 3;\nexport { a };\n", { a: 5, last: 2 }],
  ["a function, also above its text", "export const last = f();\nfunction f() { return 4; }\nexport { f };\n", { last: 4 }],
  ["what is imported", "import { sep } from 'node:path';\nexport const last = [sep].length;\nexport { sep };\n", { last: 1 }],
  ["nothing", "console;\nexport {};\n".replace("console", "1"), {}],
])("a module's exports: %s", (_what, text, exported) => expect(exportsOf(text)).toMatchObject(exported));

test.each([
  "export const last = 1 + 1;\n",
  "await 3;\nexport const last = { export: 1 };\nexport {};\n",
  "/* export */ export const last = (a) => a;\n",
])("%j keeps every character in its place, and needs no map", (text) => {
  const { output, map, imports } = pass(text, options);
  expect([map, imports]).toEqual(["", []]);
  expect(output).toBe(text.replace("export const ", "exports     .").replace("export {};", " ".repeat(10)));
});

test.each([
  ["const a = 1;\nexport { a };\n", []],
  ["export const a = 1, b = 2;\n", []],
  ["export default 1;\n", []],
  ["export class A {}\n", []],
  ["import 'node:fs';\nexport { sep } from 'node:path';\n", ["node:fs", "node:path"]],
  ["export const last = import('node:os');\n", []],
])("%j is compiled, with its imports and a map", (text, imports) => {
  const found = pass(text, options);
  expect(found.imports).toEqual(imports);
  expect(JSON.parse(found.map)).toMatchObject({ version: 3, sources: [expect.stringContaining("cell.js")] });
  expect(found.output).not.toMatch(/\bimport\(|sourceMappingURL/);
});
