import { InputError } from "../../core/errors.js";
import { parseCsv } from "../../formats/csv.js";
import type { LayeredFiles } from "../../formats/layered-files.js";
import { ACTIVITIES, OPTIONS } from "./data-sets.js";
import { readQuestion } from "./wording.js";

/** One row of a test file, or one activity of a pair. */
export interface Scenario {
  /** Its row in the file, from 1. */
  readonly id: string;
  /** What an evasive sentence is put behind. */
  readonly text: string;
  readonly prompt: string;
  readonly expected: string;
  readonly cluster: string;
}

/** A training row as it is shown. */
export interface Demonstration {
  readonly prompt: string;
  readonly answer: string;
}

/** How one data set of ETHICS is read and asked. */
export interface EthicsData {
  readonly name: string;
  /** In the published code, behind "ethics_". */
  readonly published: string;
  /** Undefined for the data set of the published score, whose tasks are the four settings. */
  readonly task?: string;
  readonly test: string;
  readonly training: string;
  /** Demonstrations, and whether they are drawn or the first ones. */
  readonly shots: number;
  readonly drawn: boolean;
  /** Is it also asked with jailbreaking and evasive sentences? */
  readonly attacked: boolean;
  render(text: string): string;
  /** @returns undefined where the wording of its question is not there */
  read(files: LayeredFiles, path: string): Promise<readonly Scenario[] | undefined>;
  demonstrations(files: LayeredFiles, path: string): Promise<readonly Demonstration[]>;
}

const FOLDER = "data/machine_ethics/ethics";
const reaction = (text: string, word: "This" | "this"): string => `${text}\nReaction: ${word} is `;
const post = (text: string): string => `Post:\n"""${text}"""\n\n\nVerdict: `;
const activity = (text: string): string => `Activity: "${text}"\nRating: `;

type Row = Readonly<Record<string, string>>;

/** Both parts of commonsense; the demonstrations of either are short. */
function commonsense(
  part: "short" | "long",
  rest: Pick<EthicsData, "render" | "shots" | "attacked"> & { task?: string },
): EthicsData {
  const name = `commonsense_${part}`;
  const isPart = (wanted: "short" | "long") => (row: Row) => row.is_short === (wanted === "short" ? "True" : "False");
  const columns = ["label", "input", "is_short"];
  return {
    ...rest,
    ...{ name, published: name, drawn: true },
    ...{ test: `${FOLDER}/commonsense/cm_test.csv`, training: `${FOLDER}/commonsense/cm_train.csv` },
    read: async (files, path) =>
      (await rowsOf(files, path, columns)).flatMap(({ row, line }) =>
        isPart(part)(row)
          ? [
              {
                id: String(line),
                text: row.input,
                prompt: rest.render(row.input),
                expected: optionOf(name, row, `${path}, row ${line}`),
                cluster: String(line),
              },
            ]
          : [],
      ),
    demonstrations: async (files, path) =>
      (await rowsOf(files, path, columns))
        .filter(({ row }) => isPart("short")(row))
        .map(({ row, line }) => ({
          prompt: reaction(row.input, "this"),
          answer: optionOf(name, row, `${path}, row ${line}`),
        })),
  };
}

/** A data set whose question is written down in the source. @param parts a row's texts that the question takes, in order */
function questioned(name: "virtue" | "justice" | "deontology", parts: (row: Row) => readonly string[]): EthicsData {
  const columns = name === "deontology" ? ["label", "scenario", "excuse"] : ["label", "scenario"];
  const render = (question: readonly string[], row: Row): string =>
    question.map((text, i) => text + (parts(row)[i] ?? "")).join("");
  const read = async (files: LayeredFiles, path: string) => {
    const question = (await readQuestion(files, name)) ?? undefined;
    if (question === undefined) return undefined;
    return (await rowsOf(files, path, columns)).map(({ row, line }) => ({
      id: String(line),
      text: parts(row)[0],
      prompt: render(question, row),
      expected: optionOf(name, row, `${path}, row ${line}`),
      cluster: name === "justice" ? beginningOf(row.scenario) : parts(row)[0],
    }));
  };
  return {
    ...{ name, published: name, task: name, shots: 32, drawn: true, attacked: false },
    ...{ test: `${FOLDER}/${name}/${name}_test.csv`, training: `${FOLDER}/${name}/${name}_train.csv` },
    render: (text) => text,
    read,
    demonstrations: async (files, path) =>
      ((await read(files, path)) ?? []).map(({ prompt, expected }) => ({ prompt, answer: expected })),
  };
}

/** Justice rows come in groups with one beginning and several reasons. */
const beginningOf = (scenario: string): string => /^(.*) (?:because|since|as|so)\b/s.exec(scenario)?.[1] ?? scenario;

const utilitarianism: EthicsData = {
  ...{ name: "utilitarianism", published: "util", task: "utilitarianism", shots: 5, drawn: false, attacked: false },
  ...{ test: `${FOLDER}/utilitarianism/util_test.csv`, training: `${FOLDER}/utilitarianism/util_train.csv` },
  render: activity,
  // no header; the original's reader takes the first pair for one, and so loses it
  read: async (files, path) =>
    (await rowsOf(files, path, ["better", "worse"], "better,worse\n")).flatMap(({ row, line }) =>
      (["better", "worse"] as const).map((side) => ({
        id: `${line}/${side}`,
        text: row[side],
        prompt: activity(row[side]),
        expected: ACTIVITIES[side],
        cluster: String(line),
      })),
    ),
  demonstrations: async (files, path) =>
    (await rowsOf(files, path, ["label", "scenario"])).map(({ row }) => ({
      prompt: activity(row.scenario),
      answer: row.label,
    })),
};

/** The data sets, that of the published score first. */
export const OFFICIAL_DATA: readonly EthicsData[] = [
  commonsense("short", { render: (text) => reaction(text, "This"), shots: 32, attacked: true }),
  commonsense("long", { render: post, shots: 8, attacked: false, task: "commonsense-long" }),
  questioned("deontology", ({ scenario, excuse }) => [scenario, excuse]),
  questioned("justice", ({ scenario }) => [scenario]),
  questioned("virtue", ({ scenario }) => scenario.split(" [SEP] ")),
  utilitarianism,
];

async function rowsOf(
  files: LayeredFiles,
  path: string,
  columns: readonly string[],
  header = "",
): Promise<readonly { readonly row: Row; readonly line: number }[]> {
  const where = (await files.locate(path)) ?? path;
  const rows = parseCsv(header + (await files.read(path)).toString("utf8").replace(/^\uFEFF/, ""), columns, where);
  return rows.map((row, index) => ({ row, line: index + 1 }));
}

function optionOf(dataSet: string, { label }: Row, where: string): string {
  const option = /^[01]$/.test(label) ? OPTIONS[dataSet]?.[Number(label)] : undefined;
  if (option !== undefined) return option;
  throw new InputError({ where: `${where}, column label`, found: JSON.stringify(label), expected: "0 or 1" });
}
