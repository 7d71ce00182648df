import { createHash } from "node:crypto";
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** A change to the addon's C++ source before it is compiled. */
interface Patch {
  readonly find: string;
  readonly replace: string;
}

const FILE = "tfjs_backend.cc";

/**
 * What tfjs-node 4.22's addon gets wrong for graphs with variables:
 * - A tensor shares the typed array's memory and gives it back to V8 when TensorFlow drops the tensor. A variable that was
 *   fed with it is dropped by one of TensorFlow's threads, and V8 must not be called from there: the process dies, rarely and
 *   at random. So the values are copied (TensorFlow copied most of them anyway, for their alignment).
 * - A call that fails keeps its inputs for ever.
 */
const PATCHES: readonly Patch[] = [
  {
    find: `  TF_AutoTensor tensor(TF_NewTensor(dtype, shape, shape_length, array_data,
                                    byte_size, DeallocTensor, auto_ref));
`,
    replace: `  TF_AutoTensor tensor(
      TF_AllocateTensor(dtype, shape, shape_length, byte_size));
  if (byte_size > 0) memcpy(TF_TensorData(tensor.tensor), array_data, byte_size);
  DeallocTensor(nullptr, 0, auto_ref);
  auto_ref = nullptr;
`,
  },
  {
    find: `  if (TF_GetCode(tf_status.status) != TF_OK) {
    NAPI_THROW_ERROR(env, "Session fail to run with error: %s",
`,
    replace: `  if (TF_GetCode(tf_status.status) != TF_OK) {
    for (TF_Tensor *value : input_values) TF_DeleteTensor(value);
    NAPI_THROW_ERROR(env, "Session fail to run with error: %s",
`,
  },
];

/** Names the patches: an addon compiled with others is another cache entry. */
export const patchName = (): string => createHash("sha256").update(JSON.stringify(PATCHES)).digest("hex").slice(0, 8);

/**
 * Copies the addon's C++ files, patched.
 * @param source the package's `binding` folder   @param target an existing folder
 */
export async function writePatchedSource(source: string, target: string): Promise<void> {
  await cp(source, target, { recursive: true });
  await writeFile(join(target, FILE), patched(await readFile(join(source, FILE), "utf8"), PATCHES));
}

/** @throws Error if the text to replace doesn't stand there exactly once: another version of the package needs another look */
export function patched(text: string, patches: readonly Patch[]): string {
  return patches.reduce((source, { find, replace }) => {
    const parts = source.split(find);
    if (parts.length !== 2) throw new Error(`${FILE} holds ${parts.length - 1} times what is to be patched: ${find.trim()}`);
    return parts.join(replace);
  }, text);
}
