import type { StudyManifest } from "../study/index.js";
import type { Row } from "../tables/index.js";
import { cellText, figure, interval, numberColumn, pageTable, paragraph, shown, textColumn } from "./markup.js";
import type { AnswersDigest, ReportRecord } from "./record.js";

/** Models with their hashes, recipes, suites with theirs, and the answers' own. */
export function comparedPart({ manifest, variants, answers }: ReportRecord): string {
  return [modelsTable(manifest), recipesTable(manifest), sizesTable(variants), suitesTable(manifest), answersTable(answers)].join(
    "\n",
  );
}

type Named<T> = T & { readonly name: string };

const named = <T extends object>(entries: Readonly<Record<string, T>>): Named<T>[] =>
  Object.entries(entries).map(([name, entry]) => ({ ...entry, name }));

const code = (text: string, most?: number): string => `<code>${shown(text, most)}</code>`;

function modelsTable({ models }: StudyManifest): string {
  const rows = named(models);
  if (rows.length === 0) return paragraph("The study names no models.");
  return pageTable(
    "Models",
    [
      { title: "model", cell: ({ name }) => shown(name, 200) },
      { title: "title", cell: ({ title }) => shown(title, 200) },
      { title: "precision", cell: ({ precision }) => shown(precision, 40) },
      { title: "chat template", cell: ({ template }) => shown(template, 80) },
      { title: "SHA-256 of the weights' file", cell: ({ digest }) => code(digest, 80) },
    ],
    rows,
  );
}

const recipesTable = ({ variants }: StudyManifest): string =>
  pageTable(
    "Variants and their recipes",
    [
      { title: "variant", cell: ({ title }) => shown(title, 200) },
      { title: "method", cell: ({ recipe }) => shown(recipe.method, 80) },
      { title: "settings", cell: ({ recipe }) => settingsHtml(recipe.settings) },
      { title: "model's SHA-256", cell: ({ modelDigest }) => code(modelDigest, 80) },
    ],
    named(variants),
  );

function settingsHtml(settings: Readonly<Record<string, unknown>>): string {
  const entries = Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1));
  if (entries.length === 0) return "none";
  return code(entries.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(" "));
}

function sizesTable(rows: readonly Row[]): string {
  const known = (name: string): boolean => rows.some((row) => typeof row[name] === "number");
  return pageTable(
    "Variants in figures; intervals of 95 %",
    [
      textColumn("variant", "variant"),
      numberColumn("rate", "rate", 3),
      numberColumn("bits a weight", "bitsPerWeight", 2),
      numberColumn("sparsity", "sparsity", 3),
      numberColumn("size, MB", "sizeMB", 1),
      numberColumn("relative weight error", "relativeError", 4),
      ...(known("perplexity")
        ? [
            numberColumn("perplexity", "perplexity", 2),
            { title: "interval", numeric: true, cell: (row: Row) => interval(row.perplexityLow, row.perplexityHigh, two) },
            numberColumn("ratio to dense", "perplexityRatio", 3),
            { title: "interval of the ratio", numeric: true, cell: (row: Row) => interval(row.ratioLow, row.ratioHigh, three) },
            textColumn("convention", "convention"),
          ]
        : []),
    ],
    rows,
  );
}

const two = (value: Parameters<typeof cellText>[0]): string => figure(value, 2);
const three = (value: Parameters<typeof cellText>[0]): string => figure(value, 3);

function suitesTable({ suites }: StudyManifest): string {
  const rows = named(suites);
  if (rows.length === 0) return paragraph("No suite was asked.");
  return pageTable(
    "Suites",
    [
      { title: "suite", cell: ({ name }) => shown(name, 200) },
      { title: "items", numeric: true, cell: ({ items }) => figure(items, 0) },
      { title: "SHA-256", cell: ({ digest }) => code(digest, 80) },
    ],
    rows,
  );
}

const answersTable = (rows: readonly AnswersDigest[]): string =>
  pageTable(
    "Records of the study",
    [
      { title: "variant", cell: ({ variant }) => shown(variant, 200) },
      { title: "measure", cell: ({ dimension }) => shown(dimension, 80) },
      { title: "records", numeric: true, cell: ({ records }) => figure(records, 0) },
      { title: "SHA-256 of keys and answers", cell: ({ digest }) => code(digest, 80) },
    ],
    rows,
  );
