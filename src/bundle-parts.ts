// Joins the parts of dist/bundle that are always loaded together. esbuild makes more than a hundred parts for a run,
// one for each set of modules that the same late imports need; loading them took 15 % of its time.
import { basename } from 'node:path'
import type { Metafile } from 'esbuild'
import { rollup, type RenderedChunk, type SourceDescription, type SourceMap } from 'rollup'
import { lineMap } from './bundle-maps.ts'

/** Which parts go together, by what they are loaded for: what stands in an earlier one is in no later one. */
const TOGETHER = {
  // What is loaded before Node keeps what it compiles.
  start: ['src/cli/main.ts'],
  // The command itself, with all that its help needs.
  command: ['src/cli/act.ts'],
  // A run of a playbook, as people read of it.
  run: [
    'src/index.ts',
    'tasks/index.ts',
    'src/cli/commands/run.ts',
    'src/cli/terminal/reporter.ts',
    'src/commands/run/carry-out.ts',
    'src/ssh/connector.ts',
    'src/report/run/text.ts',
  ],
}

/**
 * @param parts - texts by file name, which import each other by `./NAME`; with their source maps, `NAME.map`
 * @param entries - names that must stay, with what they export
 */
export async function joinParts(
  parts: ReadonlyMap<string, string>,
  entries: ReadonlySet<string>,
  metafile: Metafile,
): Promise<readonly (readonly [string, string])[]> {
  const groups = groupsOf(metafile, entries)
  const joined = await rollup({
    input: [...entries],
    plugins: [
      {
        name: 'parts',
        resolveId: (id) => (parts.has(basename(id)) ? basename(id) : { id, external: true }),
        load: (id) => loaded(id, parts),
      },
    ],
    // esbuild has left out what nobody needs.
    treeshake: false,
  })
  const { output } = await joined.generate({
    format: 'es',
    manualChunks: (id) => groups.get(id),
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    banner: commonJsOf,
    hoistTransitiveImports: false,
    sourcemap: true,
    sourcemapExcludeSources: true,
    // As seen from the bundle, where no file has these names: `src/cli/act.ts` is one of the repository.
    sourcemapPathTransform: (path) => path.replace(/^(?:\.\.\/)+/, ''),
  })
  await joined.close()
  const maps = new Map<string, SourceMap>(
    output.flatMap((each) => ('map' in each && each.map ? [[`${each.fileName}.map`, each.map]] : [])),
  )
  return output.map((each) => {
    const map = maps.get(each.fileName)
    if (map !== undefined) return [each.fileName, lineMap(map)]
    return [each.fileName, 'code' in each ? each.code : String(each.source)]
  })
}

const COMMON_JS = /\b(?:require|__filename|__dirname)\b/

/** What CommonJS packages rest on, and an ES module has not: once for each file that has some of it. */
const commonJsOf = ({ modules }: RenderedChunk): string =>
  Object.values(modules).some(({ code }) => code !== null && COMMON_JS.test(code))
    ? [
        "import { createRequire as createRequireOfBundle } from 'node:module';",
        'const require = createRequireOfBundle(import.meta.url),',
        '__filename = import.meta.filename,',
        '__dirname = import.meta.dirname;',
      ].join(' ')
    : ''

/** A part with its source map. */
function loaded(name: string, parts: ReadonlyMap<string, string>): SourceDescription | null {
  const code = parts.get(name)
  return code === undefined ? null : { code, map: parts.get(`${name}.map`) ?? null }
}

/** By part, the group that it is in; an entry is a file of its own. */
function groupsOf({ outputs }: Metafile, entries: ReadonlySet<string>): ReadonlyMap<string, string> {
  const byPath = new Map(Object.entries(outputs))
  const groups = new Map<string, string>()
  const add = (path: string, group: string): void => {
    const name = basename(path)
    const seen = groups.has(name)
    if (!seen) groups.set(name, group)
    if (!seen) for (const { path: next, kind } of byPath.get(path)?.imports ?? []) if (isAtOnce(kind)) add(next, group)
  }
  for (const [group, sources] of Object.entries(TOGETHER))
    for (const source of sources) {
      const [path] = [...byPath].find(([, { entryPoint }]) => entryPoint === source) ?? []
      if (path === undefined) throw new Error(`${source} is loaded by nobody late: take it out of the parts`)
      add(path, group)
    }
  for (const entry of entries) groups.delete(entry)
  return groups
}

const isAtOnce = (kind: string): boolean => kind === 'import-statement'
