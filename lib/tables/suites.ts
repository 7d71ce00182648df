import type { ColumnTable } from "arquero";

import { groupBy } from "../core/group.js";
import type { Dimension, Item, KnownSuite, Suite } from "../trust/index.js";
import type { ColumnName } from "./columns.js";
import { makeTable, type Row } from "./make.js";

const SUITES: readonly ColumnName[] = ["dimension", "suite", "items", "tasks", "clusters", "licence", "digest", "missing"];

/** `%data suites`: one row a measure and suite: what it holds, under which licence, and what is missing. */
export async function suitesTable(suites: readonly KnownSuite[]): Promise<ColumnTable> {
  return makeTable(
    SUITES,
    suites.map((suite) => ({
      ...{ dimension: suite.dimension, suite: suite.name, missing: suite.missing.join("; ") || null },
      ...(suite.items === null ? {} : holdings(suite)),
    })),
  );
}

const holdings = (suite: Suite): Row => ({
  items: suite.items.length,
  tasks: countsOf(suite.items, ({ task }) => task),
  clusters: new Set(suite.items.map(({ cluster }) => cluster)).size,
  licence: licenceOf(suite),
  digest: suite.digest.slice(0, 16),
});

/** Of DecodingTrust's files its own; a person's suite without a card says none. */
const licenceOf = ({ name, card }: Suite): string | null => card?.licence ?? (name === "official" ? "CC BY-SA 4.0" : null);

/** More values of a slice than this are counted only: they are texts, not groups. */
const MOST_VALUES = 40;

/** `%data suite`: what a suite says of itself, and how its items spread over tasks and slices; one fact a row. */
export async function suiteTable(suite: Suite): Promise<ColumnTable> {
  const { items, missing } = suite;
  const facts: readonly Fact[] = [
    ["suite", `${suite.dimension}/${suite.name}, ${suite.path}`],
    ...saidBy(suite),
    ["SHA-256", suite.digest],
    ["prompts", `${items.length} in ${new Set(items.map(({ cluster }) => cluster)).size} clusters`],
    spread("task", items, ({ task }) => task),
    ...(items.some(({ expected }) => expected !== null) ? [spread("expected", items, ({ expected }) => expected ?? "none")] : []),
    ...sliceNames(items).map((name) => spread(name, items, ({ slices }) => slices[name] ?? "none")),
    ...missing.map((what) => ["missing", what] as const),
  ];
  return makeTable(
    ["fact", "what"],
    facts.map(([fact, what]) => ({ fact, what })),
  );
}

type Fact = readonly [fact: string, what: string];

/** The card's fields in words; its balance is counted anew. */
const saidBy = ({ card }: Suite): Fact[] =>
  Object.entries(card ?? {}).flatMap(([name, value]): Fact[] => {
    if (["name", "dimension", "sha256"].includes(name)) return [];
    if (typeof value === "string") return [[name, value]];
    return Array.isArray(value) && value.every((one) => typeof one === "string") ? [[name, value.join(" ")]] : [];
  });

const sliceNames = (items: readonly Item[]): string[] => [...new Set(items.flatMap(({ slices }) => Object.keys(slices)))];

function spread(name: string, items: readonly Item[], valueOf: (item: Item) => string): Fact {
  const values = new Set(items.map(valueOf)).size;
  return [name, values > MOST_VALUES ? `${values} different` : countsOf(items, valueOf)];
}

const countsOf = (items: readonly Item[], valueOf: (item: Item) => string): string =>
  [...groupBy(items, valueOf)].map(([value, ofValue]) => `${value} ${ofValue.length}`).join(", ");

const PREVIEW: readonly ColumnName[] = ["item", "task", "cluster", "prompt", "expected"];

/** `%data preview`: items with all their messages and options, and what is expected. */
export async function previewTable(items: readonly Item[]): Promise<ColumnTable> {
  return makeTable(
    PREVIEW,
    items.map(({ id, task, cluster, messages, expected, options }) => ({
      ...{ item: id, task, cluster, expected },
      prompt: [
        ...messages.map(({ role, content }) => `${role}: ${content}`),
        ...(options === undefined ? [] : [`options: ${options.join(" | ")}`]),
      ].join("\n"),
    })),
  );
}

const MENDED: readonly ColumnName[] = ["dimension", "defect", "publishedScorers", "instead"];

/** `%data scorers`: the differences between the scorers, one defect a row. */
export async function mendedTable(dimensions: readonly Dimension[]): Promise<ColumnTable> {
  return makeTable(
    MENDED,
    dimensions.flatMap(({ name, mended }) =>
      mended.map(({ defect, scorers, instead }) => ({
        ...{ dimension: name, defect, publishedScorers: scorers.join(", "), instead },
      })),
    ),
  );
}
