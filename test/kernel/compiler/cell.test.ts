import { describe, expect, test } from "vitest";
import { translateCell, type Translation } from "../../../kernel/compiler/cell.js";
import { toSource } from "../../../kernel/magics/edits.js";
import { loadTypeScript } from "../../../kernel/compiler/converter.js";

const ts = loadTypeScript();
const KINDS: Readonly<Record<string, "line" | "cell" | "prefix" | "text" | undefined>> = {
  trust: "line",
  model: "line",
  note: "cell",
  time: "prefix",
  sql: "text",
};
const translate = (source: string): Translation => translateCell(ts, source, (name) => KINDS[name]);

describe("magics become tagged templates on their line", () => {
  test.each([
    ["%trust ethics", "await $magic.trust` ethics`"],
    ["%trust ethics;", "await $magic.trust` ethics`;"],
    [
      "const t = %trust ethics --limit 100\nt.scores",
      "const t = await $magic.trust` ethics --limit 100`;\nt.scores".replace("`;", "`"),
    ],
    ["const t = %trust {m} --n 3;", "const t = await $magic.trust` ${m} --n 3`;"],
    ["foo()\n%trust x\nbar()", "foo()\n;await $magic.trust` x`\nbar()"],
    ["const f = async () => %trust x", "const f = async () => $magic.trust` x`"],
    ["async function f() {\n  return %trust x\n}", "async function f() {\n  return $magic.trust` x`\n}"],
    ["const t = await %trust x", "const t = await $magic.trust` x`"],
    ["%trust it's a `tick` and $ {1 + 1}", "await $magic.trust` it's a \\`tick\\` and $ ${1 + 1}`"],
    ["%trust a\\b", "await $magic.trust` a\\\\b`"],
    ["%trust --system '{not code}' {code}", "await $magic.trust` --system '{not code}' ${code}`"],
    ["%trust {({ a: `}${1}` }).a}", "await $magic.trust` ${({ a: `}${1}` }).a}`"],
    ["%trust {open", "await $magic.trust` {open`"],
    ["%trust x   \r\nconst a = 1", "await $magic.trust` x`   \r\nconst a = 1"],
    ["%%note title\nline `1`\n${2}", "await $magic.note` title`(`\nline \\`1\\`\n\\${2}`)"],
    ["const t = %sql SELECT 'a, b' FROM t\nt", "const t = await $magic.sql` SELECT 'a, b' FROM t`\nt"],
    ["%%sql\nSELECT `1`\n  {x + 1} // 2", "await $magic.sql`\nSELECT \\`1\\`\n  ${x + 1} // 2`"],
    ["// first\n%trust x", "// first\n;await $magic.trust` x`"],
  ])("%j becomes %j", (source, expected) => expect(translate(source).translated).toBe(expected));
});

describe("a magic above code", () => {
  test.each([
    ["%%time\nconst a = 1;\na", "await $magic.time``\nconst a = 1;\na"],
    ["%%time\n%trust x", "await $magic.time``\n;await $magic.trust` x`"],
    ["%time\nf()", "await $magic.time``\nf()"],
  ])("%j runs as usual", (source, translated) => expect(translate(source).translated).toBe(translated));

  test("keeps the places of what follows", () => {
    const source = "%%time\nconst t = %trust {m}\nlast";
    const { translated, edits, magics } = translate(source);
    for (const word of ["const t", "last"]) expect(toSource(edits, translated.indexOf(word))).toBe(source.indexOf(word));
    expect(magics.map(({ from, to }) => source.slice(from, to))).toEqual(["%%time", "%trust {m}"]);
  });
});

describe("what only looks like a magic stays as it is", () => {
  test.each([
    ["a remainder", "const c = a % trust"],
    ["a remainder without a blank", "const c = a %trust"],
    ["a remainder over two lines, of a name that is no magic", "const c = a\n%b"],
    ["a string over two lines", "const s = 'a\\\n%trust x'"],
    ["a template", "const s = `\n%trust x\n`"],
    ["a template behind an expression", "const s = `${a}\n%trust x\n${b}`"],
    ["a template within a template", "const s = `${`\n%trust x`}\n%trust y`"],
    ["a block comment", "/*\n%trust x\n*/"],
    ["a line comment", "// %trust x"],
    ["a regular expression", "const r = /a'\\/%trust x/"],
    ["a regular expression behind a bracket on a new line", "if (a) {}\n/`%trust/.test(s)"],
    ["a division, then a string", "const d = a / b; const s = '/%trust x'"],
    ["a call's argument", "f(\n%trust\n)"],
    ["a list", "const l = [\n1\n%trust\n]"],
    ["an indented line", "a\n  %trust x"],
    ["a compound assignment", "a %= trust"],
    ["another name", "%b"],
    ["nothing", ""],
  ])("%s", (_name, source) => {
    const { translated, edits } = translate(source);
    expect(translated).toBe(source);
    expect(edits).toEqual([]);
  });
});

describe("names that are no magic", () => {
  test.each([
    ["%modl x", "modl", true],
    ["const m = %modl x", "modl", true],
    ["let a = 1;\n%modl x", "modl", true],
    ["let a = 1\n%modl x", "modl", false],
    ["%%nte\ntext", "%nte", true],
  ])("in %j, %s is reported; certain: %s", (source, name, certain) => {
    expect(translate(source).unknown).toMatchObject([{ name, certain }]);
  });
});

test("a magic's braces are known by their place", () => {
  const source = "%trust {alpha} --n {beta.x}";
  const [{ expressions, argumentsFrom, to }] = translate(source).magics;
  expect(expressions.map(({ from, to: end }) => source.slice(from, end))).toEqual(["alpha", "beta.x"]);
  expect(source.slice(argumentsFrom, to)).toBe(" {alpha} --n {beta.x}");
});

test("two thousand lines keep their lines", () => {
  const source = Array.from({ length: 2_000 }, (_, line) => (line % 10 === 0 ? "%trust x" : `const v${line} = ${line};`)).join(
    "\n",
  );
  const { translated, magics } = translate(source);
  expect(magics).toHaveLength(200);
  expect(translated.split("\n")).toHaveLength(2_000);
  expect(translated.split("\n")[1_234]).toBe("const v1234 = 1234;");
});
