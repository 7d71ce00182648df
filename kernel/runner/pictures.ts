import type { MimeBundle } from "../link.js";

/** How values are shown that are neither tables nor plots, told by what they are or can do; undefined for plain ones. */
export function pictureOf(value: object): (() => Promise<MimeBundle> | MimeBundle) | undefined {
  return PICTURES.map((find) => find(value)).find((make) => make !== undefined);
}

type Picture = (value: object) => (() => Promise<MimeBundle> | MimeBundle) | undefined;

/** The first that fits. */
const PICTURES: readonly Picture[] = [
  image,
  methodOf("toSVG", "image/svg+xml"),
  methodOf("toHTML", "text/html"),
  link,
  numbers,
  tensor,
];

/** Beginnings of image files. */
const IMAGES: readonly { readonly mime: string; readonly start: readonly number[] }[] = [
  { mime: "image/png", start: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] },
  { mime: "image/jpeg", start: [0xff, 0xd8, 0xff] },
  { mime: "image/gif", start: [0x47, 0x49, 0x46, 0x38] },
];
/** A larger picture would make the notebook unreadable for others. */
const MOST_BYTES = 8 * 1024 * 1024;

function image(value: object): ReturnType<Picture> {
  if (!(value instanceof Uint8Array)) return undefined;
  const kind = IMAGES.find(({ start }) => start.every((byte, i) => value[i] === byte));
  if (kind === undefined || value.length > MOST_BYTES) return undefined;
  const text = `${kind.mime}, ${value.length} bytes`;
  return () => ({ [kind.mime]: Buffer.from(value).toString("base64"), "text/plain": text });
}

/** An object that draws itself by a method of that name, which takes nothing and gives a text. */
function methodOf(name: string, mime: string): Picture {
  return (value) => {
    const method: unknown = Reflect.get(value, name);
    if (!isMethod(method)) return undefined;
    return async () => {
      const made: unknown = await method.call(value);
      if (typeof made !== "string") throw new Error(`its ${name}() gave ${typeof made} and no text`);
      return { [mime]: made };
    };
  };
}

function link(value: object): ReturnType<Picture> {
  if (!(value instanceof URL)) return undefined;
  const text = value.href.replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`);
  const safe = ["http:", "https:"].includes(value.protocol);
  return () => ({ "text/html": safe ? `<a href="${text}" target="_blank" rel="noopener">${text}</a>` : text });
}

/** Long lists of numbers are told by their statistics. */
const FEW = 20;

function numbers(value: object): ReturnType<Picture> {
  if (!ArrayBuffer.isView(value) || !isNumeric(value) || value.length <= FEW) return undefined;
  return () => ({ "text/plain": `${nameOf(value)}(${value.length})  ${statistics(value)}\n${firstOf(value)}` });
}

/** A TensorFlow.js tensor: shape, type, statistics, never a dump. */
function tensor(value: object): ReturnType<Picture> {
  if (!isTensor(value)) return undefined;
  return async () => {
    const head = `Tensor ${value.dtype} [${value.shape.join(", ")}]`;
    if (value.isDisposed) return { "text/plain": `${head}, disposed` };
    const data: unknown = await value.data();
    const known = typeof data === "object" && data !== null && ArrayBuffer.isView(data) && isNumeric(data) ? data : undefined;
    return {
      "text/plain": known === undefined || known.length === 0 ? head : `${head}  ${statistics(known)}\n${firstOf(known)}`,
    };
  };
}

interface Numbers extends ArrayLike<number> {
  readonly length: number;
}

/** "min −1.2, max 3.4, mean 0.1, standard deviation 0.9, 2 not finite". */
function statistics(values: Numbers): string {
  let [count, sum, squares, least, most] = [0, 0, 0, Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (!Number.isFinite(value)) continue;
    count++;
    const step = value - sum;
    sum += step / count; // Welford's running mean
    squares += step * (value - sum);
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  const odd = values.length - count;
  const notes = odd > 0 ? [`${odd} not finite`] : [];
  if (count === 0) return notes.join();
  const deviation = Math.sqrt(squares / count);
  const [low, high, mean, spread] = [least, most, sum, deviation].map((value) => String(Number(value.toPrecision(4))));
  return [`min ${low}`, `max ${high}`, `mean ${mean}`, `standard deviation ${spread}`, ...notes].join(", ");
}

function firstOf(values: Numbers): string {
  const shown = Array.from({ length: Math.min(8, values.length) }, (_, i) => String(Number(values[i].toPrecision(6))));
  return `[${shown.join(", ")}${values.length > shown.length ? ", …" : ""}]`;
}

const nameOf = (value: object): string => value.constructor.name;

interface TensorLike {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly isDisposed: boolean;
  data(): Promise<unknown>;
}

const isTensor = (value: object): value is TensorLike =>
  "dtype" in value &&
  "dataId" in value &&
  "shape" in value &&
  Array.isArray(value.shape) &&
  "data" in value &&
  isMethod(value.data);

const isNumeric = (value: ArrayBufferView): value is ArrayBufferView & Numbers =>
  !(value instanceof DataView) && !(value instanceof BigInt64Array) && !(value instanceof BigUint64Array);

const isMethod = (value: unknown): value is (this: unknown) => unknown => typeof value === "function";
