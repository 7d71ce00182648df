import type { Change, LabelledRecord } from "../../analysis/index.js";
import { escapeHtml } from "../html.js";
import { type Stretch, wordDifferences } from "./word-differences.js";

/** A change as it is shown: folded HTML without scripts, and the same as text. */
export interface ChangeCard {
  readonly html: string;
  readonly text: string;
}

/** Longest prompt that the text form shows whole. */
const CUT_AT = 300;

/** Prompt, both answers with what differs marked, labels, and log-probabilities where the records keep them. */
export async function changeCard(change: Change, { open = false }: { readonly open?: boolean } = {}): Promise<ChangeCard> {
  const { before, after } = change;
  const words = await wordDifferences(before.record.generation.text, after.record.generation.text);
  const sides: readonly Side[] = [
    { ...before, title: change.base.title, stretches: words.before, mark: BEFORE_MARK },
    { ...after, title: change.variant.title, stretches: words.after, mark: AFTER_MARK },
  ];
  return { html: cardHtml(change, sides, open), text: cardText(change, sides) };
}

interface Mark {
  readonly element: "del" | "ins";
  readonly style: string;
  /** Around a stretch, in plain text, as wdiff writes it. */
  readonly signs: readonly [string, string];
}

// half-transparent: legible on light and dark; told apart by the kind of line as well
const BEFORE_MARK: Mark = {
  element: "del",
  style: "background:rgba(214,96,58,.22);text-decoration:underline dotted",
  signs: ["[-", "-]"],
};
const AFTER_MARK: Mark = {
  element: "ins",
  style: "background:rgba(38,132,168,.24);text-decoration:underline",
  signs: ["{+", "+}"],
};

interface Side extends LabelledRecord {
  readonly title: string;
  readonly stretches: readonly Stretch[];
  readonly mark: Mark;
}

const GRID = "display:grid;grid-template-columns:repeat(auto-fit,minmax(15em,1fr));gap:.4em 1.5em";
const VERBATIM = "white-space:pre-wrap;overflow-wrap:anywhere";
const FAINT = "opacity:.75;font-size:90%";

function cardHtml(change: Change, sides: readonly Side[], open: boolean): string {
  const summary = `<b>${change.name}</b> ${escapeHtml(placeWords(change))}`;
  return [
    `<details${open ? " open" : ""} style="margin:.3em 0;text-align:left"><summary>${summary}</summary>`,
    `<div style="margin:.2em 0 .8em 1.1em;max-width:70em">`,
    ...promptsOf(change).map(promptHtml),
    `<div style="${GRID}">${sides.map(sideHtml).join("")}</div></div></details>`,
  ].join("\n");
}

function promptHtml({ title, prompt }: Prompt): string {
  return `<details><summary style="${FAINT}">${escapeHtml(title)}</summary><div style="${VERBATIM}">${escapeHtml(prompt)}</div></details>`;
}

function sideHtml(side: Side): string {
  const { title, stretches, mark } = side;
  const answer = stretches.map(({ text, marked }) =>
    marked ? `<${mark.element} style="${mark.style}">${escapeHtml(text)}</${mark.element}>` : escapeHtml(text),
  );
  const written = answer.join("") || `<i style="${FAINT}">no words</i>`;
  const kept = logProbabilityWords(side.record);
  const lines = [labelWords(side), ...(kept === undefined ? [] : [kept])].map((line) => `<div>${escapeHtml(line)}</div>`);
  return [
    `<div><div style="font-weight:600">${escapeHtml(title)}</div>`,
    `<div style="${VERBATIM}">${written}</div><div style="${FAINT}">${lines.join("")}</div></div>`,
  ].join("");
}

function cardText(change: Change, sides: readonly Side[]): string {
  const prompts = promptsOf(change).map(({ title, prompt }) => `  ${title}: ${oneLine(prompt)}`);
  const answers = sides.flatMap((side) => {
    const { title, stretches, mark, record } = side;
    const [opening, closing] = mark.signs;
    const written = stretches.map(({ text, marked }) => (marked ? `${opening}${text}${closing}` : text)).join("");
    const kept = logProbabilityWords(record);
    const below = [labelWords(side), ...(kept === undefined ? [] : [kept])].map((line) => `    ${line}`);
    return [`  ${title}: ${written === "" ? "(no words)" : written}`, ...below];
  });
  return [`${change.name} ${placeWords(change)}`, ...prompts, ...answers].join("\n");
}

interface Prompt {
  readonly title: string;
  readonly prompt: string;
}

/** One prompt, or both where templates made two of it. */
function promptsOf({ base, variant, before, after }: Change): Prompt[] {
  const [one, other] = [before, after].map(({ record }) => record.generation.prompt);
  if (one === other) return [{ title: "prompt", prompt: one }];
  return [
    { title: `prompt of ${base.title}`, prompt: one },
    { title: `prompt of ${variant.title}`, prompt: other },
  ];
}

function placeWords({ variant, before, after }: Change): string {
  const { dimension, task, item, repeat, suite, settings, decodingSeed } = after.record;
  const drawn = decodingSeed === null ? [] : [`seed ${decodingSeed}, answer ${repeat + 1}`];
  const place = [`${dimension}, ${task}`, item, suite, ...(settings === "" ? [] : [settings]), ...drawn].join(" · ");
  return `${before.label.state} → ${after.label.state} · ${variant.title} · ${place}`;
}

function labelWords({ label, record }: LabelledRecord): string {
  const { scorer, official, state, value } = label;
  const judge = record.judgement === null ? [] : [`judged by ${record.judgement.judge}`];
  const earned = value === undefined ? [] : [`value ${Number(value.toPrecision(4))}`];
  const ended = record.generation.finish === "length" ? ["cut at the token limit"] : [];
  return [state, ...earned, `${scorer}: ${official === "" ? "no label" : official}`, ...judge, ...ended].join(" · ");
}

/** What records keep of a choice: a figure an option. Answers that were generated keep none. */
export function logProbabilityWords({ logProbabilities }: LabelledRecord["record"]): string | undefined {
  if (logProbabilities === null || logProbabilities.length === 0) return undefined;
  return `log-probabilities of the options: ${logProbabilityList(logProbabilities)}`;
}

/** Nats with three decimals, in the options' order. */
export const logProbabilityList = (values: readonly number[]): string =>
  values.map((value) => value.toFixed(3).replace("-", "−")).join(", ");

const oneLine = (text: string): string => {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length <= CUT_AT ? line : `${line.slice(0, CUT_AT - 1)}…`;
};
