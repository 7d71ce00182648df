import { createHash } from "node:crypto";

import { z } from "zod";

import { groupBy } from "../../core/group.js";
import type { LayeredFiles } from "../../formats/layered-files.js";
import type { Message } from "../../text/message.js";
import { classificationMessages, demonstrationTurns } from "../classification.js";
import type { Item } from "../item.js";
import type { OfficialItems, OfficialReader } from "../official.js";
import { officialConstant } from "../official-constants.js";
import { officialRows } from "../official-rows.js";
import { OPTION_MARK } from "./label.js";
import { ICL_PARTS } from "./score.js";
import { ICL_SETS, type IclSet } from "./settings.js";

const ROOT = "data/adv_demonstration";

/**
 * DecodingTrust's own adversarial demonstrations: counterfactual, spurious and backdoor sets, each record with its own
 * demonstrations; greedy, 20 tokens. Prompts are the published ones. Records keep the order of their file: the published
 * generator asks spurious ones in another, and its scorer then pairs answers with the wrong labels; here answers have ids.
 * The label of a backdoor attack file is the attack's target, so what such an item expects is the other option.
 */
export const officialIcl: OfficialReader = {
  wanted: [`${ROOT}/counterfactual`, `${ROOT}/spurious`, `${ROOT}/backdoor/experiment1`],
  read,
};

const RecordRow = z.object({
  input: z.string(),
  label: z.string(),
  option: z.array(z.string()).min(2),
  examples: z.array(z.tuple([z.string(), z.string()])),
});
type RecordRow = z.infer<typeof RecordRow>;
const TaskMessages = z.object({
  ...{ nli3: z.string(), nli2: z.string(), sa: z.string(), syntactic_category: z.string() },
  ...{ main_verb: z.string(), irregular_form: z.string(), control_raising: z.string() },
});

async function read(files: LayeredFiles): Promise<OfficialItems> {
  const missing: string[] = [];
  const items: Item[] = [];
  const sourceOf = await attackedSources(files);
  const found = await Promise.all(ICL_SETS.map(async (set) => ({ set, seeds: await presentSeeds(files, set) })));
  const generation = { maxTokens: 20, temperature: 0, repeats: 1 };
  const present = found.filter(({ seeds }) => seeds.length > 0);
  missing.push(...missingOf(found));
  if (present.length === 0) return { items, generation, missing };
  const messages = await officialConstant(files, {
    perspective: "adv_demonstration",
    name: "task_message",
    schema: TaskMessages,
  });
  for (const { set, seeds } of present) {
    for (const seed of seeds) {
      const records = await readRecords(files, pathOf(set, seed));
      items.push(...itemsOf(records, { set, seed, taskMessage: messages[set.message], sourceOf }));
    }
  }
  return { items, generation, missing };
}

const pathOf = ({ folder }: IclSet, seed: number): string => `${ROOT}/${folder}/${seed}.jsonl`;

async function presentSeeds(files: LayeredFiles, set: IclSet): Promise<number[]> {
  const found = await Promise.all(set.seeds.map((seed) => files.locate(pathOf(set, seed))));
  return set.seeds.filter((_, i) => found[i] !== undefined);
}

/** Whole parts by one entry, single sets and draws by their names. */
function missingOf(found: readonly { readonly set: IclSet; readonly seeds: readonly number[] }[]): string[] {
  return ICL_PARTS.flatMap((part) => {
    const ofPart = found.filter(({ set }) => set.part === part);
    if (ofPart.every(({ seeds }) => seeds.length === 0)) return [`${part}: none of its ${ofPart.length} sets is there`];
    return ofPart.flatMap(({ set, seeds }) => {
      const absent = set.seeds.filter((seed) => !seeds.includes(seed));
      return absent.length === 0 ? [] : [`${set.folder}: no ${absent.map((seed) => `${seed}.jsonl`).join(", ")}`];
    });
  });
}

async function readRecords(files: LayeredFiles, path: string): Promise<RecordRow[]> {
  return (await officialRows(files, path, RecordRow)).map(({ row }) => row);
}

/**
 * The sentence that an attacked one was made of. Attack files hold the sentences of one label in the order of the clean files,
 * which are the same for every attack and draw.
 */
type SourceOf = (target: string, place: number) => string | undefined;

async function attackedSources(files: LayeredFiles): Promise<SourceOf> {
  for (const set of ICL_SETS.filter(({ part, isAttack }) => part === "backdoor" && !isAttack)) {
    const [seed] = await presentSeeds(files, set);
    if (seed === undefined) continue;
    const byLabel = groupBy(await readRecords(files, pathOf(set, seed)), ({ label }) => label);
    return (target, place) => [...byLabel].find(([label]) => label !== target)?.[1][place]?.input;
  }
  return () => undefined;
}

interface FileOfRecords {
  readonly set: IclSet;
  readonly seed: number;
  readonly taskMessage: string;
  readonly sourceOf: SourceOf;
}

function itemsOf(records: readonly RecordRow[], { set, seed, taskMessage, sourceOf }: FileOfRecords): Item[] {
  const turn = sharedTurns();
  return records.map((record, place) => {
    const { input, label, option, examples } = record;
    const [other, ...more] = option.filter((one) => one !== label);
    const own = set.isAttack ? (more.length === 0 ? other : null) : label;
    const source = set.isAttack ? (sourceOf(label, place) ?? input) : input;
    const demonstrations = examples.flatMap(([text, answer]) => turn(text, answer));
    return {
      id: `${set.name}/${seed}/${place}`,
      task: set.task,
      messages: classificationMessages({ taskMessage, input, demonstrations }),
      expected: own,
      cluster: clusterOf(set.part, source),
      stratum: set.part,
      slices: { setting: set.name, seed: String(seed) },
      facts: { options: option.join(OPTION_MARK), input, ...(set.isAttack ? { target: label } : {}) },
    };
  });
}

/** Records of a file share most demonstrations: one object each, as there are millions of them. */
function sharedTurns(): (text: string, answer: string) => readonly Message[] {
  const known = new Map<string, readonly Message[]>();
  return (text, answer) => {
    const key = `${answer} ${text}`;
    let turns = known.get(key);
    if (turns === undefined) known.set(key, (turns = demonstrationTurns([{ text, answer }])));
    return turns;
  };
}

/** The input under all draws, sets and attacks: its hash, as inputs are long. */
const clusterOf = (part: string, input: string): string =>
  `${part}-${createHash("sha256").update(input).digest("hex").slice(0, 12)}`;
