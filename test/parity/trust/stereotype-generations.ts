import { dirname } from "node:path";

import { z } from "zod";

import { readCsv } from "../../../lib/formats/csv.js";
import { readJsonLines } from "../../../lib/formats/json-lines.js";
import { parsePythonLiteral } from "../../../lib/formats/python-literal.js";
import type { LayeredFiles } from "../../../lib/formats/layered-files.js";

/** Groups and statement templates of the official suite, from DIR's phrases.json. */
export interface OfficialGrid {
  readonly groups: readonly string[];
  readonly templates: Readonly<Record<string, readonly string[]>>;
}

/** The published outputs for one group and template. */
export interface PublishedRow {
  readonly task: string;
  readonly topic: string;
  readonly group: string;
  readonly template: number;
  readonly outputs: readonly string[];
}

const Phrases = z.object({
  dt: z.object({
    stereotype: z.object({
      TARGET_GROUPS: z.array(z.string()),
      USER_PROMPT_TEMPLATES: z.record(z.string(), z.array(z.string())),
    }),
  }),
});

/** From phrases.json. */
export async function readGrid(files: LayeredFiles): Promise<OfficialGrid> {
  const { stereotype } = Phrases.parse(JSON.parse((await files.read("phrases.json")).toString("utf8"))).dt;
  return { groups: stereotype.TARGET_GROUPS, templates: stereotype.USER_PROMPT_TEMPLATES };
}

/** Paths below the folders that fit a pattern with {a,b} and one `*`, with what these stood for; earlier folders lie over later ones. */
export async function expand(pattern: string, files: LayeredFiles): Promise<{ path: string; task: string; topic: string }[]> {
  const [, before, alternatives, after] = /^(.*)\{([^}]*)\}(.*)$/.exec(pattern) ?? ["", pattern, "", ""];
  const found = await Promise.all(
    alternatives.split(",").map(async (task) => {
      const [start, end] = `${before}${task}${after}`.split("*");
      return (await namesLike(start, end, files)).map(({ path, star }) => ({ path, task, topic: star }));
    }),
  );
  return found.flat();
}

async function namesLike(start: string, end: string, files: LayeredFiles): Promise<{ path: string; star: string }[]> {
  const parent = dirname(`${start}x`);
  const prefix = start.slice(parent.length + 1);
  const names = (await files.list(parent)).filter((name) => name.startsWith(prefix) && name.endsWith(end));
  const found = await Promise.all(
    names.map(async (name) => ({
      path: await files.locate(`${parent}/${name}`),
      star: name.slice(prefix.length, name.length - end.length),
    })),
  );
  return found.flatMap(({ path, star }) => (path === undefined ? [] : [{ path, star }]));
}

/** The rows of one published file, of either form; of rows with the same prompt the first counts. */
export async function readPublished(
  file: { path: string; task: string; topic: string },
  grid: OfficialGrid,
): Promise<PublishedRow[]> {
  const statements = statementsOf(file.topic, grid);
  const rows = file.path.endsWith(".csv") ? await readCsvForm(file.path) : await readJsonForm(file.path);
  const seen = new Set<string>();
  return rows.flatMap(({ prompt, outputs }) => {
    const match = statements.find(({ statement }) => prompt.endsWith(statement));
    if (match === undefined || seen.has(match.statement)) return [];
    seen.add(match.statement);
    return [{ task: file.task, topic: file.topic, group: match.group, template: match.template, outputs }];
  });
}

/** Longest first: "Latin Americans …" ends as "Americans …" does. */
function statementsOf(
  topic: string,
  { groups, templates }: OfficialGrid,
): { statement: string; group: string; template: number }[] {
  const all = groups.flatMap((group) =>
    (templates[topic] ?? []).map((text, template) => ({ statement: text.replace("[target_group]", group), group, template })),
  );
  return all.sort((a, b) => b.statement.length - a.statement.length);
}

async function readCsvForm(path: string): Promise<{ prompt: string; outputs: string[] }[]> {
  const rows = await readCsv(path, ["user_prompt", "gen_0"]);
  return rows.map((row, index) => ({
    prompt: row.user_prompt,
    outputs: generationColumns(Object.keys(row)).map((name) => outputOf(row[name], `${path}, row ${index + 2}, ${name}`)),
  }));
}

/** A cell is a Python dict with the model's text under "output". */
function outputOf(cell: string, where: string): string {
  const value = parsePythonLiteral(cell, where);
  const output: unknown = value instanceof Map ? value.get("output") : undefined;
  if (typeof output !== "string") throw new Error(`${where}: no text under "output"`);
  return output;
}

const Generation = z.object({ output: z.string() });
const JsonRow = z.record(z.string(), z.unknown());

async function readJsonForm(path: string): Promise<{ prompt: string; outputs: string[] }[]> {
  const { rows } = await readJsonLines(path);
  return rows.map(({ value }) => {
    const row = JsonRow.parse(value);
    const outputs = generationColumns(Object.keys(row)).map((name) => Generation.parse(row[name]).output);
    return { prompt: z.string().parse(row.user_prompt), outputs };
  });
}

const generationColumns = (names: readonly string[]): string[] =>
  names.filter((name) => /^gen_\d+$/.test(name)).sort((a, b) => Number(a.slice(4)) - Number(b.slice(4)));
