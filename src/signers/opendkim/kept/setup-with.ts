// Computes OpenDKIM's configuration after other files are put in place.
import { settingsOf } from '../files/conf.ts'
import { isKnown } from '../../../core/unknown.ts'
import { CONFIGURATION, type OpendkimSetup } from '../setup/signing-family.ts'
import type { Untrusted } from '../../../shell/untrusted.ts'
import { DATA_SETS, dataSetFile, type FileText } from '../configuration/index.ts'

/** @param contents - by path; `undefined`: there is no such file. */
export function setupWith(
  { sources }: OpendkimSetup,
  contents: ReadonlyMap<string, Untrusted | undefined>,
  configuration: Untrusted,
): OpendkimSetup {
  const { words, files } = isKnown(sources) ? sources : { words: [], files: [] }
  const known = new Map<string, FileText>(files)
  const settings = settingsOf(configuration)
  const named = new Set(DATA_SETS.map((name) => dataSetFile(settings.get(name.toLowerCase()) ?? '')))
  for (const [path, text] of [...contents, [CONFIGURATION, configuration] as const]) {
    // A file that no setting names is asked by nobody.
    const isRead = path === CONFIGURATION || named.has(path)
    if (text !== undefined && isRead) known.set(path, { kind: 'text', text })
  }
  // What else a template names says nothing of who is signed how.
  for (const path of named) if (path !== undefined && !known.has(path)) known.set(path, { kind: 'text', text: '' })
  return { installed: true, runs: true, ours: true, sources: { words, files: known }, gone: [] }
}
