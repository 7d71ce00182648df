/** A model on a hub: its repository, and which of its states and files. */
export interface HubId {
  /** "OWNER/NAME". */
  readonly repository: string;
  /** A branch, a tag or a commit. */
  readonly revision?: string;
  /** One GGUF file by its path in the repository; without it, the safetensors of the repository. */
  readonly file?: string;
}

const NAME = /[A-Za-z0-9][\w.-]{0,95}/.source;
const HUB_ID = new RegExp(
  `^(?<repository>${NAME}/${NAME})(?:@(?<revision>[\\w./-]{1,200}))?(?::(?<file>[\\w./-]{1,200}\\.gguf))?$`,
);
const FILE_NAME = /\.(gguf|safetensors|json|model|bin)$/i;

/** Reads `OWNER/NAME`, `OWNER/NAME@REVISION`, either with `:FILE.gguf` behind it; undefined for what cannot be one. */
export function parseHubId(text: string): HubId | undefined {
  const { repository, revision, file } = HUB_ID.exec(text)?.groups ?? {};
  if (repository === undefined || FILE_NAME.test(repository)) return undefined; // models/tiny.gguf is a path
  if ([repository, revision ?? "", file ?? ""].some((part) => part.includes("..") || /^\/|\/$|\/\//.test(part))) return undefined;
  return { repository, ...(revision === undefined ? {} : { revision }), ...(file === undefined ? {} : { file }) };
}
