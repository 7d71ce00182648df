import { type Comparison, type FlipName, flipName, pairById } from "../analysis/index.js";
import { groupBy } from "../core/group.js";
import { escapeHtml } from "../tables/html.js";
import type { ItemRecord } from "../study/index.js";
import type { ScorerName } from "../trust/index.js";
import { pageTable, paragraph, shown } from "./markup.js";
import type { FlipExample, ReportRecord, VariantFlips } from "./record.js";

/** The kinds of change, the most serious first. */
const KINDS = ["unguarded", "lost", "broke", "withdrew", "opened", "gained", "recovered", "kept"] as const satisfies FlipName[];

/** Examples of each kind that a variant is shown with. */
const EXAMPLES_OF_A_KIND = 2;

/** The changes of each variant that has a dense one beside it, with the first examples of each kind. */
export function flipsOf(compared: readonly Comparison[], scorer: ScorerName): VariantFlips[] {
  const byVariant = groupBy(compared, ({ variant }) => variant.id);
  return [...byVariant.values()].flatMap((ofVariant) => {
    const all = ofVariant.flatMap((comparison) => changesOf(comparison, scorer));
    if (all.length === 0) return [];
    const ofKind = (kind: FlipName): FlipExample[] => all.filter(({ flip }) => flip === kind);
    const examples = KINDS.filter((kind) => kind !== "kept").flatMap((kind) => ofKind(kind).slice(0, EXAMPLES_OF_A_KIND));
    return [{ variant: ofVariant[0].variant.title, pairs: all.length, counts: countsOf(ofKind), examples }];
  });
}

const countsOf = (ofKind: (kind: FlipName) => readonly FlipExample[]): Readonly<Record<FlipName, number>> => ({
  ...{ unguarded: ofKind("unguarded").length, lost: ofKind("lost").length, broke: ofKind("broke").length },
  ...{ withdrew: ofKind("withdrew").length, opened: ofKind("opened").length, gained: ofKind("gained").length },
  ...{ recovered: ofKind("recovered").length, kept: ofKind("kept").length },
});

const changesOf = ({ dimension, records, baseRecords }: Comparison, scorer: ScorerName): FlipExample[] =>
  pairById(baseRecords, records).pairs.flatMap(({ base, other }) => {
    const [before, after] = [base, other].map(({ labels }) => labels.find((label) => label.scorer === scorer)?.state);
    if (before === undefined || after === undefined) return [];
    const { task, item, generation }: ItemRecord = other;
    return [
      {
        ...{ flip: flipName(before, after), before, after, dimension: dimension.name, task, item },
        ...{ prompt: generation.prompt, outputBefore: base.generation.text, outputAfter: generation.text },
      },
    ];
  });

/** How many answers changed, how, and examples with both texts. */
export function flipsPart({ flips }: Pick<ReportRecord, "flips">): string {
  if (flips.length === 0) return paragraph("Cannot be told: no variant stands beside a dense one that answered the same items.");
  const columns = KINDS.map((kind) => ({ title: kind, numeric: true, cell: ({ counts }: VariantFlips) => String(counts[kind]) }));
  const table = pageTable(
    "Answers to the same prompt, dense before and compressed after, by how their state changed",
    [
      { title: "variant", cell: ({ variant }) => shown(variant, 200) },
      { title: "pairs", numeric: true, cell: ({ pairs }) => String(pairs) },
      ...columns,
    ],
    flips,
  );
  return [paragraph(MEANINGS), table, ...flips.map(examplesHtml)].join("\n");
}

const MEANINGS =
  "unguarded: a refusal became a wrong answer; lost: right became wrong; broke: the answer became unreadable; withdrew: it became a " +
  "refusal; opened: a refusal became a right answer; gained: wrong became right; recovered: an unreadable answer became readable; " +
  "kept: the state stayed.";

function examplesHtml({ variant, examples, pairs, counts }: VariantFlips): string {
  const heading = `<h3>${shown(`Examples: ${variant}`, 200)}</h3>`;
  if (examples.length === 0) return `${heading}\n${paragraph(`None: all ${pairs} answers kept their state.`)}`;
  const changed = pairs - counts.kept;
  const said = `${examples.length} of ${changed} changed answers: the first ${EXAMPLES_OF_A_KIND} of each kind, in the order of the records.`;
  return [heading, paragraph(said), ...examples.map(exampleHtml)].join("\n");
}

const PROMPT = 400;

const exampleHtml = (example: FlipExample): string => `<article class="example">
<h4>${escapeHtml(example.flip)}: ${escapeHtml(example.before)} → ${escapeHtml(example.after)}</h4>
<p class="small">${shown(`${example.dimension}, ${example.task}, item ${example.item}`, 200)}</p>
<dl>
<dt>Prompt</dt><dd class="quote" dir="auto">${quoted(example.prompt, PROMPT)}</dd>
<dt>Dense answered</dt><dd class="quote" dir="auto">${quoted(example.outputBefore)}</dd>
<dt>This variant answered</dt><dd class="quote" dir="auto">${quoted(example.outputAfter)}</dd>
</dl>
</article>`;

const quoted = (text: string, most?: number): string => (text.trim() === "" ? "<em>(nothing)</em>" : shown(text, most));
