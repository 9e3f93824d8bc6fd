// Makes the source maps of dist/bundle small: they say the line of our own sources, and nothing of packages of others.
import { decode, encode, type SourceMapSegment } from '@jridgewell/sourcemap-codec'

export interface SourceMapText {
  readonly sources: readonly string[]
  readonly mappings: string
}

/** As JSON; a stack's lines and the file names need no more. @param map - as rollup makes it, of tokens */
export function lineMap({ sources, mappings }: SourceMapText): string {
  const own = sources.filter((source) => !source.startsWith('node_modules/'))
  const indexes = sources.map((source) => own.indexOf(source))
  let last = ''
  const lines = decode(mappings).map((segments) =>
    segments.flatMap((segment): SourceMapSegment[] => {
      const [column, source, line] = segment
      const index = source === undefined ? -1 : indexes[source]!
      const key = index === -1 ? '' : `${index}:${line}`
      if (key === last) return []
      last = key
      return [index === -1 ? [column] : [column, index, line!, 0]]
    }),
  )
  return JSON.stringify({ version: 3, sources: own, names: [], mappings: encode(lines) })
}
