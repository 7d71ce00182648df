import type { Task } from "../../core/progress.js";
import type { Random } from "../../core/random.js";
import type { AskedVariant, ResponderFor } from "../ask.js";
import { measurePerplexity, type Perplexity, perplexity } from "../perplexity.js";
import type { ItemRecord } from "../record.js";
import type { Study } from "../record-store.js";
import { conventionFor, conventionName, CONVENTIONS, type NamedConvention, type PerplexityConvention } from "./convention.js";
import { type TextWindow, textWindows } from "./windows.js";

/** The dimension name of an audit's records: beside perplexities, not among them. */
export const PERPLEXITY_AUDIT = "perplexity-audit";

/** What to audit. */
export interface AuditPlan<V extends AskedVariant = AskedVariant> {
  readonly text: string;
  /** Its tokens without any special ones. */
  readonly tokens: readonly number[];
  readonly variant: V;
  readonly responderFor: ResponderFor<V>;
  /** The longest window that the model reads. */
  readonly maxContext: number;
  /** The model's first token, where it wants one before raw text. */
  readonly bos?: number | undefined;
  /** Default: all that have a name. */
  readonly conventions?: Readonly<Record<string, NamedConvention>> | undefined;
  /** The text's first tokens only, so that the work is bounded: about six times as many are read. Default 4,096. */
  readonly limit?: number | undefined;
  /** Of the intervals. */
  readonly random: Random;
  readonly signal?: AbortSignal | undefined;
}

/** What a convention gives on the audited tokens, and what it does with them. */
export interface AuditedConvention {
  readonly name: string;
  /** As this model follows it. */
  readonly convention: string;
  readonly about: string;
  /** Null where it can't be followed; then `obstacle` says why. */
  readonly perplexity: Perplexity | null;
  /** Of the tokens that every convention counts: what is left of a difference is the context before them. */
  readonly common: Perplexity | null;
  readonly obstacle: string | null;
  /** Share of the text's tokens that are counted. */
  readonly share: number;
  /** Tokens before a counted one: the mean, and the fewest. */
  readonly meanBefore: number | null;
  readonly leastBefore: number | null;
  /** Tokens that the model read for it. */
  readonly read: number;
}

/** The conventions side by side, on one text and one variant. */
export interface PerplexityAudit {
  readonly text: string;
  /** Tokens that all conventions were given. */
  readonly tokens: number;
  /** Tokens that all of them count, of those that could be followed. */
  readonly common: number;
  readonly rows: readonly AuditedConvention[];
}

const DEFAULT_LIMIT = 4096;

interface Followed {
  readonly name: string;
  readonly about: string;
  readonly convention: PerplexityConvention;
  readonly windows: readonly TextWindow[];
  readonly obstacle: string | null;
}

/**
 * The same tokens under each convention. What differs is never subtracted: the table says for each how many tokens it counts
 * and how much stands before them, and gives the perplexity of the tokens that all count, where only the context differs.
 */
export async function* auditPerplexity<V extends AskedVariant>(study: Study, plan: AuditPlan<V>): Task<PerplexityAudit> {
  const { text, variant, responderFor, bos, signal, random, conventions = CONVENTIONS, limit = DEFAULT_LIMIT } = plan;
  const tokens = plan.tokens.slice(0, limit);
  const followed = Object.entries(conventions).map(([name, named]) => follow(name, named, { ...plan, tokens }));
  const common = commonPlaces(followed.filter(({ obstacle }) => obstacle === null));
  const rows: AuditedConvention[] = [];
  for (const one of followed) {
    const name = `${text}, first ${tokens.length} tokens`;
    const { convention } = one;
    const measurement = { text: name, tokens, variants: [variant], responderFor, convention, bos, signal };
    const measured = measurePerplexity(study, { ...measurement, dimension: PERPLEXITY_AUDIT });
    const records = one.obstacle === null ? ((yield* measured).records.get(variant.id) ?? []) : [];
    rows.push(rowOf(one, { records, common, tokens: tokens.length, random: random.fork(one.name) }));
  }
  return { text, tokens: tokens.length, common: common.size, rows };
}

function follow(
  name: string,
  { convention: published, about }: NamedConvention,
  { tokens, maxContext, bos }: Pick<AuditPlan, "tokens" | "maxContext" | "bos">,
): Followed {
  const convention = conventionFor(published, bos);
  const facts = { name, about, convention };
  if (convention.context > maxContext) {
    const obstacle = `needs windows of ${convention.context} tokens; the model reads ${maxContext}`;
    return { ...facts, windows: [], obstacle };
  }
  const windows = textWindows(tokens, convention, bos);
  const obstacle = windows.length === 0 ? `the text's ${tokens.length} tokens fill no window of ${convention.context}` : null;
  return { ...facts, windows, obstacle };
}

const countedIn = ({ tokens, from }: TextWindow): number => tokens.length - from;

const placesOf = ({ windows }: Followed): number[] =>
  windows.flatMap((window) => Array.from({ length: countedIn(window) }, (_, i) => window.at + i));

function commonPlaces(followed: readonly Followed[]): ReadonlySet<number> {
  const [first = [], ...others] = followed.map(placesOf);
  return others.reduce((left, places) => {
    const those = new Set(places);
    return new Set([...left].filter((place) => those.has(place)));
  }, new Set(first));
}

function rowOf(
  { name, about, convention, windows, obstacle }: Followed,
  at: {
    readonly records: readonly ItemRecord[];
    readonly common: ReadonlySet<number>;
    readonly tokens: number;
    readonly random: Random;
  },
): AuditedConvention {
  const counted = windows.reduce((sum, window) => sum + countedIn(window), 0);
  const before = windows.flatMap((window) => Array.from({ length: countedIn(window) }, (_, i) => window.from + i));
  const least = before.reduce((fewest, each) => Math.min(fewest, each), Infinity);
  return {
    name,
    convention: conventionName(convention),
    about,
    obstacle,
    perplexity: perplexity(at.records, at.random),
    common: perplexity(restricted(at.records, windows, at.common), at.random.fork("common")),
    share: at.tokens === 0 ? 0 : counted / at.tokens,
    meanBefore: counted === 0 ? null : before.reduce((sum, each) => sum + each, 0) / counted,
    leastBefore: counted === 0 ? null : least,
    read: windows.reduce((sum, { tokens }) => sum + tokens.length, 0),
  };
}

/** Records with the log-probabilities of these places only. @param windows in the order of the records */
function restricted(records: readonly ItemRecord[], windows: readonly TextWindow[], places: ReadonlySet<number>): ItemRecord[] {
  return records.flatMap((record, index) => {
    const kept = record.logProbabilities?.filter((_, i) => places.has(windows[index].at + i)) ?? [];
    return kept.length === 0 ? [] : [{ ...record, logProbabilities: kept }];
  });
}
