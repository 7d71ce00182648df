import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { parameterCell, readNotebook, withParameters } from "../../../kernel/cli/notebook-file.js";

const cell = (source: string | string[], tags: string[] = []) => ({ cell_type: "code", source, metadata: { tags }, outputs: [] });
const notebook = (...cells: object[]) => ({
  nbformat: 4,
  nbformat_minor: 5,
  metadata: { kernelspec: { name: "touchstone" } },
  cells,
});

async function read(content: unknown) {
  const path = join(await mkdtemp(join(tmpdir(), "notebook-")), "n.ipynb");
  await writeFile(path, typeof content === "string" ? content : JSON.stringify(content));
  return readNotebook(path);
}

describe("readNotebook", () => {
  test("joins lines and keeps what it doesn't know", async () => {
    const { cells, metadata } = await read(notebook(cell(["a\n", "b"])));
    expect(cells[0]).toMatchObject({ source: "a\nb", outputs: [] });
    expect(metadata).toEqual({ kernelspec: { name: "touchstone" } });
  });

  test.each([
    ["no JSON", "{", /n\.ipynb, the whole/],
    ["another format", { ...notebook(), nbformat: 3 }, /n\.ipynb, nbformat/],
    ["a cell without a source", notebook({ cell_type: "code" }), /n\.ipynb, cells\.0\.source/],
  ])("%s is refused by file and field", (_, content, message) => expect(read(content)).rejects.toThrow(message));

  test("a file that isn't there is named", () => expect(readNotebook("none.ipynb")).rejects.toThrow(/none\.ipynb: found ENOENT/));
});

describe("parameters", () => {
  test("are JSON where they can be, else texts, and never code", () => {
    expect(parameterCell(["n=3", "name=a b", 'list=[1,"x"]', 'code="; process.exit() //']).source).toBe(
      'const n = 3;\nconst name = "a b";\nconst list = [1,"x"];\nconst code = "\\"; process.exit() //";',
    );
    expect(() => parameterCell(["1x=2"])).toThrow(/--set: found "1x=2"/);
    expect(() => parameterCell(["x"])).toThrow(/NAME=VALUE/);
  });

  test("stand behind the cell of defaults, or first, and replace an earlier injection", async () => {
    const tagged = await read(
      notebook(cell("a"), cell("n = 1", ["parameters"]), cell("n = 9", ["injected-parameters"]), cell("b")),
    );
    expect(withParameters(tagged, ["n=2"]).cells.map(({ source }) => source)).toEqual(["a", "n = 1", "const n = 2;", "b"]);
    expect(withParameters(await read(notebook(cell("a"))), ["n=2"]).cells.map(({ source }) => source)).toEqual([
      "const n = 2;",
      "a",
    ]);
    expect(withParameters(tagged, [])).toBe(tagged);
  });
});
