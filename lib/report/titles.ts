import type { Study, StudyManifest } from "../study/index.js";

/** The study as it is, but where variants of two models have one title, each names its model: tables tell variants by title. */
export function withDistinctTitles(study: Study): Study {
  return { ...study, manifest: () => distinctTitles(study.manifest()) };
}

function distinctTitles(manifest: StudyManifest): StudyManifest {
  const titles = Object.values(manifest.variants).map(({ title }) => title);
  const isShared = (title: string): boolean => titles.filter((one) => one === title).length > 1;
  const variants = Object.entries(manifest.variants).map(([id, variant]): [string, typeof variant] => [
    id,
    isShared(variant.title) ? { ...variant, title: `${variant.title}, ${id}` } : variant,
  ]);
  return { ...manifest, variants: Object.fromEntries(variants) };
}
