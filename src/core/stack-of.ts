// The stack of an error that is a bug, for a report of it. In the bundle it has the lines of the sources, by the source
// maps beside it, which are read for nothing else.
import { readFileSync } from 'node:fs'
import { SourceMap, type SourceMapPayload } from 'node:module'

/** The folder of the bundle; where nothing is bundled there are no maps. */
const OWN = new URL('.', import.meta.url).href
const PLACE = /^([\w-]+\.js):(\d+):(\d+)/

const maps = new Map<string, SourceMap | undefined>()

/** Its message first; what is no Error is text. */
export function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const [before = '', ...places] = (error.stack ?? error.message).split(OWN)
  return before + places.map((text) => sourcePlace(text)).join('')
}

/** `src/cli/act.ts:12` for `command.js:3400:5` in the bundle; as it was where no map knows it. */
function sourcePlace(text: string): string {
  const [place = '', file = '', line, column] = PLACE.exec(text) ?? []
  const entry = mapOf(file)?.findEntry(Number(line) - 1, Number(column) - 1)
  if (entry === undefined || !('originalSource' in entry)) return OWN + text
  return `${entry.originalSource}:${entry.originalLine + 1}${text.slice(place.length)}`
}

function mapOf(file: string): SourceMap | undefined {
  if (!maps.has(file)) maps.set(file, file === '' ? undefined : readMap(file))
  return maps.get(file)
}

function readMap(file: string): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(readFileSync(new URL(`${file}.map`, OWN), 'utf8')) as SourceMapPayload)
  } catch {
    return undefined
  }
}
