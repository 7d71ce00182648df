import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { Study } from "../../lib/study/index.js";
import { itemsTable, queryStudy, saveParquet, scoresTable } from "../../lib/tables/index.js";
import { withDatabase } from "../../lib/tables/sql/database.js";
import { plainColumn } from "../../lib/tables/sql/plain-column.js";
import { toyStudy } from "./toy-study.js";

let study: Study;
let folder: string;
beforeAll(async () => {
  study = await toyStudy();
  folder = await mkdtemp(join(tmpdir(), "sql-"));
});
afterAll(async () => {
  await study.close();
  await rm(folder, { recursive: true });
  await rm(dirname(study.folder), { recursive: true });
});

const rowsOf = async (sql: string, values: readonly (string | number)[] = []): Promise<unknown[]> =>
  (await queryStudy(study, sql, { values })).objects();

describe("queryStudy", () => {
  test("has all columns and rows of %results, texts and nulls among them", async () => {
    expect(await rowsOf("FROM answers")).toEqual((await itemsTable(study)).objects());
  });

  test("has the scores and the variants", async () => {
    const scores = await scoresTable(study);
    expect((await queryStudy(study, "SELECT variant, score FROM scores")).objects()).toEqual(
      scores.select("variant", "score").objects(),
    );
    expect(await rowsOf("SELECT count(*) AS n FROM variants JOIN scores USING (variant)")).toEqual([{ n: 3 }]);
  });

  test("counts as numbers, and takes values for question marks", async () => {
    const sql = "SELECT state, count(*) AS n FROM answers WHERE variant = ? AND length(output) > ? GROUP BY ALL";
    expect(await rowsOf(sql, ["magnitude-2:4 <b>", 0])).toEqual(expect.arrayContaining([{ state: "refused", n: 4 }]));
  });

  test.each([
    ["SELECT * FROM read_csv('/etc/hostname')"],
    ["COPY (SELECT 1) TO 'x.csv'"],
    ["ATTACH 'x.db'"],
    ["INSTALL httpfs"],
    ["SET enable_external_access = true"],
    ["SET lock_configuration = false"],
    ["SELECT * FROM '/etc/hostname'"],
  ])("%s is out of reach", async (sql) => {
    await expect(queryStudy(study, sql)).rejects.toThrow(/^SQL: found (Permission|Invalid Input|Catalog) Error/);
  });

  test.each([
    ["SELEC", "Parser Error"],
    ["SELECT missing FROM answers", "missing"],
    ["SELECT 1; SELECT 2", "2 statements"],
    ["", "no statement"],
    [" -- only words;\n;", "no statement"],
    ["SELECT ?", "1 places for values, and 0 values"],
  ])("%j is refused with the reason", async (sql, reason) => {
    await expect(queryStudy(study, sql)).rejects.toThrow(reason);
  });

  test("ends when it is interrupted", async () => {
    const abort = new AbortController();
    const asked = queryStudy(study, "SELECT count(*) FROM range(1000000) a, range(1000000) b", { signal: abort.signal });
    setTimeout(() => abort.abort(), 100);
    await expect(asked).rejects.toMatchObject({ name: "InterruptedError" });
  });
});

test.each([
  ["counts", "1::BIGINT", 1],
  ["decimals", "1.25::DECIMAL(10,2)", 1.25],
  ["whole numbers beyond 2^53, with all digits", "9007199254740993::BIGINT", "9007199254740993"],
  ["decimals beyond 15 digits, with all of them", "1234567890123456.78::DECIMAL(20,2)", "1234567890123456.78"],
  ["dates", "DATE '2020-01-02'", "2020-01-02"],
  ["lists", "[1, 2]", "[1, 2]"],
  ["what is no number", "'nan'::DOUBLE", null],
  ["nothing", "NULL", null],
  ["flags", "true", true],
])("results hold %s", async (_, sql, expected) => expect(await rowsOf(`SELECT ${sql} AS x`)).toEqual([{ x: expected }]));

test("a column with one number that can't be held has texts throughout", () =>
  expect(plainColumn([1n, 2n ** 60n, null])).toEqual(["1", "1152921504606846976", null]));

test("two columns of one name are told apart", async () =>
  expect(Object.keys((await rowsOf("SELECT 1 AS a, 2 AS a"))[0] ?? {})).toHaveLength(2));

describe("saveParquet", () => {
  test("writes what %results shows", async () => {
    const path = join(folder, "it's.parquet");
    expect(await saveParquet(study, path)).toBe(3 * 24);
    const rows = await withDatabase({ files: true }, async (connection) =>
      (await connection.runAndReadAll(`FROM '${path.replace("'", "''")}'`)).getRowObjects(),
    );
    expect(rows).toEqual((await itemsTable(study)).objects());
  });

  test("refuses a folder that isn't there", async () => {
    const path = join(folder, "none", "a.parquet");
    await expect(saveParquet(study, path)).rejects.toThrow(path);
    expect(existsSync(path)).toBe(false);
  });
});
