/** A point that is to have its name beside it, in pixels from the upper left corner of the panel. */
export interface NamedPoint {
  readonly name: string;
  readonly x: number;
  readonly y: number;
}

/** A name's place: the text's end at the point's side, and the height of its middle. */
export interface PlacedLabel extends NamedPoint {
  readonly align: "left" | "right";
  readonly labelX: number;
  readonly labelY: number;
  /** So far from its point that a line should join them. */
  readonly isAway: boolean;
}

/** The room that labels have, in pixels. */
export interface LabelRoom {
  /** Names may reach this far across. */
  readonly width: number;
  readonly height: number;
  readonly fontSize: number;
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const GAP = 9;
const POINT = 5;
/** How far up and down a name may move: to the sixth line. */
const STEPS = [0, -1, 1, -2, 2, -3, 3, -4, 4, -5, 5, -6, 6];

/**
 * Names beside their points, to the right or to the left, moved up or down as little as it takes that none lies on another name or
 * point; the one that overlaps least where there is no free place. Points higher up choose first.
 */
export function placeLabels(points: readonly NamedPoint[], { width, height, fontSize }: LabelRoom): PlacedLabel[] {
  const marks = points.map(({ x, y }): Box => ({ left: x - POINT, right: x + POINT, top: y - POINT, bottom: y + POINT }));
  const taken: Box[] = [];
  const line = fontSize + 2;
  const candidatesOf = (point: NamedPoint): { readonly label: PlacedLabel; readonly box: Box }[] => {
    const length = 0.58 * fontSize * point.name.length;
    return STEPS.flatMap((step) =>
      (["left", "right"] as const).map((align) => {
        const labelX = point.x + (align === "left" ? GAP : -GAP);
        const labelY = point.y + step * line;
        const left = align === "left" ? labelX : labelX - length;
        const box = { left, right: left + length, top: labelY - line / 2, bottom: labelY + line / 2 };
        return { label: { ...point, align, labelX, labelY, isAway: step !== 0 }, box };
      }),
    );
  };
  const outside = ({ left, right, top, bottom }: Box): number =>
    Math.max(0, -left) + Math.max(0, right - width) + Math.max(0, -top) + Math.max(0, bottom - height);
  return [...points]
    .sort((a, b) => a.y - b.y || a.x - b.x)
    .map((point) => {
      const costOf = ({ box }: { readonly box: Box }): number =>
        1000 * outside(box) + [...taken, ...marks].reduce((sum, other) => sum + overlap(box, other), 0);
      const best = candidatesOf(point).reduce((a, b) => (costOf(b) < costOf(a) ? b : a));
      taken.push(best.box);
      return best.label;
    });
}

const overlap = (a: Box, b: Box): number =>
  Math.max(0, Math.min(a.right, b.right) - Math.max(a.left, b.left)) *
  Math.max(0, Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top));
