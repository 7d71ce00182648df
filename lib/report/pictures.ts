import { InputError } from "../core/errors.js";
import { escapeHtml } from "../tables/html.js";
import type { Study } from "../study/index.js";
import type { ScoresOptions } from "../tables/index.js";
import { drawPlot, renderSvg } from "../plots/index.js";
import { paragraph, readable, shown } from "./markup.js";
import type { Picture, ReportRecord } from "./record.js";

/** The plots of a report, where the study has what they need. */
const PLOTS = ["scores", "drift", "flips", "frontier", "perplexity"] as const;

/** The study's plots as SVG; one that has nothing to show is left out. */
export async function picturesOf(study: Study, options: ScoresOptions): Promise<Picture[]> {
  const pictures: Picture[] = [];
  for (const name of PLOTS) {
    const drawn = await drawPlot(name, study, options).catch((error: unknown) => {
      if (error instanceof InputError) return undefined;
      throw error;
    });
    if (drawn === undefined) continue;
    const subtitle = subtitleOf(drawn.spec.title);
    pictures.push({ name, question: drawn.plot.question, subtitle, svg: await renderSvg(drawn.spec) });
  }
  return pictures;
}

/** In a page that has an ink and a ground a picture needs none of its own. */
const withoutPaper = (svg: string): string =>
  svg.replace(/<style>.*?<\/style><rect class="paper"[^>]*>/, "").replace(/^<svg color="[^"]*"/, "<svg");

function subtitleOf(title: unknown): string {
  if (typeof title !== "object" || title === null || !("subtitle" in title)) return "";
  const { subtitle } = title;
  return Array.isArray(subtitle) ? subtitle.map(String).join(" · ") : typeof subtitle === "string" ? subtitle : "";
}

/** The plots, each with a text alternative. */
export function picturesPart({ pictures }: Pick<ReportRecord, "pictures">): string {
  if (pictures.length === 0) return paragraph("Nothing was measured that a plot could show.");
  return pictures.map(pictureHtml).join("\n");
}

const pictureHtml = ({ name, question, subtitle, svg }: Picture): string => `<figure>
<div class="picture" tabindex="0" role="group" aria-label="${shown(`Plot: ${question}`, 200)}">
${accessible(svg, { name, label: `${question} ${subtitle}` })}
</div>
<figcaption>${shown(question)} Its numbers are in the tables of this page.</figcaption>
</figure>`;

/**
 * An SVG within a page: one image with one text alternative in place of Vega's names for each mark, and ids that no other
 * picture has.
 * @param svg as Vega writes it: in attributes, ">" is escaped
 */
function accessible(svg: string, { name, label }: { readonly name: string; readonly label: string }): string {
  const plain = withoutPaper(readable(svg)).replace(/<[a-zA-Z][^>]*>/g, (tag) =>
    tag
      .replace(/ (?:role|tabindex|aria-[a-z]+|version|xmlns(?::xlink)?)="[^"]*"/g, "")
      .replace(/ id="([^"]*)"/g, ` id="${name}-$1"`)
      .replace(/url\(#/g, `url(#${name}-`)
      .replace(/ (xlink:)?href="#/g, ` $1href="#${name}-`),
  );
  return plain.replace("<svg", `<svg role="img" aria-label="${escapeHtml(readable(label))}"`);
}
