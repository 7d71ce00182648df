/** A way to stretch a rotary embedding over a longer context. */
export type RopeScaling =
  | { readonly kind: "linear"; readonly factor: number }
  /**
   * Changes nothing within the context that the configuration states, which is all that is run: beyond it the frequencies of
   * the whole text, its cached keys too, would depend on how long it has become.
   */
  | { readonly kind: "dynamic"; readonly factor: number }
  | Llama3Scaling
  | YarnScaling
  /** Each frequency is divided by its own factor, as a GGUF's `rope_freqs.weight` says. [headWidth / 2] */
  | { readonly kind: "factors"; readonly factors: readonly number[] };

/** LLaMA 3.1's: low frequencies are divided, high ones stay, those between are mixed. */
export interface Llama3Scaling {
  readonly kind: "llama3";
  readonly factor: number;
  readonly lowFrequencyFactor: number;
  readonly highFrequencyFactor: number;
  readonly originalContext: number;
}

/** Peng et al. 2023 (YaRN), section 3. */
export interface YarnScaling {
  readonly kind: "yarn";
  readonly factor: number;
  /** Rotations within the original context above which a frequency stays, and below which it is divided. */
  readonly betaFast: number;
  readonly betaSlow: number;
  readonly originalContext: number;
  /** Multiplies cosines and sines. */
  readonly attentionFactor: number;
  /** The bounds between are whole dimensions. */
  readonly truncate: boolean;
}

/** A rotary embedding's frequencies [headWidth / 2], and what its cosines and sines are multiplied with. */
export interface Frequencies {
  readonly frequencies: readonly number[];
  readonly amplitude: number;
}

/** Frequencies as torch computes them, rounded to float32 where it rounds. */
export function rotaryFrequencies({ ropeBase, headWidth, ropeScaling }: FrequencyConfig): Frequencies {
  const half = headWidth / 2;
  const plain = Array.from({ length: half }, (_, i) => Math.fround(1 / Math.fround(ropeBase ** Math.fround(i / half))));
  switch (ropeScaling?.kind) {
    case undefined:
    case "dynamic":
      return { frequencies: plain, amplitude: 1 };
    case "linear":
      return { frequencies: plain.map((f) => Math.fround(f / ropeScaling.factor)), amplitude: 1 };
    case "factors":
      return { frequencies: plain.map((f, i) => Math.fround(f / ropeScaling.factors[i])), amplitude: 1 };
    case "llama3":
      return { frequencies: plain.map((f) => Math.fround(llama3Frequency(f, ropeScaling))), amplitude: 1 };
    case "yarn":
      return yarnFrequencies(plain, ropeBase, ropeScaling);
  }
}

/** What frequencies depend on. */
export interface FrequencyConfig {
  readonly ropeBase: number;
  readonly headWidth: number;
  readonly ropeScaling?: RopeScaling;
}

function llama3Frequency(frequency: number, scaling: Llama3Scaling): number {
  const { factor, lowFrequencyFactor: low, highFrequencyFactor: high, originalContext } = scaling;
  const wavelength = (2 * Math.PI) / frequency;
  if (wavelength > originalContext / low) return frequency / factor;
  if (wavelength < originalContext / high) return frequency;
  const smooth = (originalContext / wavelength - low) / (high - low);
  return ((1 - smooth) * frequency) / factor + smooth * frequency;
}

function yarnFrequencies(plain: readonly number[], ropeBase: number, scaling: YarnScaling): Frequencies {
  const { factor, betaFast, betaSlow, originalContext, attentionFactor, truncate } = scaling;
  const width = 2 * plain.length;
  const dimension = (rotations: number): number =>
    (width * Math.log(originalContext / (rotations * 2 * Math.PI))) / (2 * Math.log(ropeBase));
  const [fast, slow] = [dimension(betaFast), dimension(betaSlow)];
  const low = Math.max(truncate ? Math.floor(fast) : fast, 0);
  const end = Math.min(truncate ? Math.ceil(slow) : slow, width - 1);
  const high = end === low ? low + 0.001 : end;
  const frequencies = plain.map((frequency, i) => {
    const interpolated = Math.min(1, Math.max(0, (i - low) / (high - low)));
    return Math.fround((frequency / factor) * interpolated + frequency * (1 - interpolated));
  });
  return { frequencies, amplitude: attentionFactor };
}

/** YaRN's own choice of the attention factor, 0.1 · m · ln(factor) + 1. */
export const yarnAmplitude = (factor: number, m = 1): number => (factor <= 1 ? 1 : 0.1 * m * Math.log(factor) + 1);
