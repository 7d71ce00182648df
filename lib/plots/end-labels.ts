/** A name beside the end of a line, at a value of its axis. */
export interface EndLabel {
  readonly name: string;
  readonly value: number;
}

/** The logarithmic axis that the labels stand at. */
export interface LogAxis {
  readonly domain: readonly [number, number];
  /** In pixels. */
  readonly height: number;
  /** Least distance of two labels, in pixels. */
  readonly gap: number;
}

/**
 * Labels of lines moved apart just as far as they need to be read: none nearer to the next than the gap, in the order of the lines'
 * ends, inside of the axis where there is room for all. Values in and out are those of the axis, above 0.
 */
export function endLabels(ends: readonly EndLabel[], { domain: [low, high], height, gap }: LogAxis): EndLabel[] {
  const reach = Math.log(high / low);
  const sorted = [...ends].sort((a, b) => a.value - b.value);
  const places = sorted.map(({ value }) => (height * Math.log(value / low)) / reach);
  for (let i = 1; i < places.length; i++) places[i] = Math.max(places[i], places[i - 1] + gap);
  for (let i = places.length - 1, most = height; i >= 0; i--, most -= gap) places[i] = Math.min(places[i], most);
  return sorted.map(({ name }, i) => ({ name, value: low * Math.exp((reach * places[i]) / height) }));
}
