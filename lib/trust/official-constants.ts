import { z } from "zod";

import { InputError } from "../core/errors.js";
import type { LayeredFiles } from "../formats/layered-files.js";
import type { PythonValue } from "../formats/python-literal.js";
import { sourceOf } from "./official-sources.js";

const PHRASES = "phrases.json";
const Phrases = z.object({ dt: z.record(z.string(), z.record(z.string(), z.unknown())) });

/**
 * A constant of DecodingTrust's source code (a prompt, a list of demonstrations), never executed: from phrases.json, which has
 * them verbatim, or else from the checkout's source file, read as a literal.
 * @param name as phrases.json calls it: perspective "ood", name "task_message"
 * @throws InputError where the folder has no such constant, or it is not of the form of `schema`
 */
export async function officialConstant<T>(
  files: LayeredFiles,
  { perspective, name, schema }: { readonly perspective: string; readonly name: string; readonly schema: z.ZodType<T> },
): Promise<T> {
  const found = (await fromPhrases(files, perspective, name)) ?? (await fromSource(files, perspective, name));
  if (found === undefined) {
    throw new InputError({
      where: `${files.where}, the constant ${perspective}.${name}`,
      found: "none",
      expected: [`${PHRASES} with it`, sourceOf(perspective, name)?.file].filter(Boolean).join(", or "),
      remedy: "add a checkout of DecodingTrust: its data set on the hub has no source files",
    });
  }
  const result = schema.safeParse(found.value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new InputError({
    where: [`${found.where}, ${perspective}.${name}`, ...issue.path.map(String)].join("."),
    found: "something else",
    expected: issue.message,
  });
}

interface Found {
  readonly where: string;
  readonly value: unknown;
}

async function fromPhrases(files: LayeredFiles, perspective: string, name: string): Promise<Found | undefined> {
  if ((await files.locate(PHRASES)) === undefined) return undefined;
  const where = `${files.where}, ${PHRASES}`;
  const ofPerspective = parsePhrases((await files.read(PHRASES)).toString("utf8"), where).get(perspective) ?? {};
  return Object.hasOwn(ofPerspective, name) ? { where, value: ofPerspective[name] } : undefined;
}

function parsePhrases(text: string, where: string): ReadonlyMap<string, Readonly<Record<string, unknown>>> {
  try {
    return new Map(Object.entries(Phrases.parse(JSON.parse(text)).dt));
  } catch {
    throw new InputError({ where, found: "something else", expected: 'an object {"dt": {PERSPECTIVE: {NAME: …}}}' });
  }
}

async function fromSource(files: LayeredFiles, perspective: string, name: string): Promise<Found | undefined> {
  const place = sourceOf(perspective, name);
  if (place === undefined || (await files.locate(place.file)) === undefined) return undefined;
  const where = `${files.where}, ${place.file}`;
  const value = place.read({ text: (await files.read(place.file)).toString("utf8"), where });
  return value === undefined ? undefined : { where, value: plain(value) };
}

/** As JSON would have it. */
function plain(value: PythonValue): unknown {
  if (isDict(value)) return Object.fromEntries([...value].map(([key, one]) => [key, plain(one)]));
  return isList(value) ? value.map(plain) : value;
}

const isDict = (value: PythonValue): value is ReadonlyMap<string, PythonValue> => value instanceof Map;
const isList = (value: PythonValue): value is readonly PythonValue[] => Array.isArray(value);
