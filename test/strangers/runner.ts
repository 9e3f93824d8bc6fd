// Runs one parser of strangers' text on a hostile text, and takes its time.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type ts from 'typescript-api'
import type { Probe } from '../../src/core/probe/probe.ts'
import { ROOT } from '../unit/cli/mailrun.ts'
import { clock } from './clock.ts'
import { growthOf } from './growth.ts'
import { CannotMake, makerOf } from './made.ts'
import { carries, isDirect, pathOf, titleOf, type Parser } from './marked.ts'
import { COMMON, endsIn, FEW, shapesOf, type Shape } from './shapes.ts'

/** Methods of questions, whose arguments may be hard to guess: the modules' examples make them, too. */
const OF_PROBES = ['parse', 'facts', 'foresee']

export interface Verdict {
  /** The first text that makes it slow, with times. */
  readonly slow: string | undefined
  /** Why it could not be run at all. */
  readonly notRun: string | undefined
}

const END_OF_ANSWER = '\0end'

/** In bytes: what comes over a network comes in pieces. */
const PIECE = 512

type Call = (...values: readonly unknown[]) => unknown

/** The first of these texts that a probe's reader takes too long for. */
export async function judgeProbe({ key, parse }: Probe<unknown>): Promise<string | undefined> {
  for (const shape of sampleOf(COMMON, key, EVERY)) {
    const growth = await growthOf((bytes) => {
      const answer = { code: 0, stdout: shape.make(bytes) + END_OF_ANSWER, stderr: '' }
      const taken = clock()
      try {
        parse(answer)
      } catch {
        // Other tests look at that.
      }
      return Promise.resolve(taken())
    })
    if (growth !== undefined)
      return `${key}: ${shape.name}: ${growth.milliseconds.toFixed(1)} ms for ${growth.bytes} bytes`
  }
  return undefined
}

/** @param every - on all texts; else on some of them. */
export async function judge(parser: Parser, checker: ts.TypeChecker, every = EVERY): Promise<Verdict> {
  const { file } = parser
  const compiled = join(ROOT, 'dist', pathOf(file).replace(/\.ts$/, '.js'))
  const module = (await import(pathToFileURL(compiled).href)) as Readonly<Record<string, unknown>>
  const seen = { ran: 0, notMade: '' }
  for (const shape of isDirect(parser, checker) ? sampleOf(shapesOf(file), titleOf(parser), every) : FEW) {
    for (const end of endsIn(file)) {
      for (const wide of [false, true]) {
        const run = (bytes: number): Promise<number> =>
          timed(parser, module[parser.name], shape.make(bytes) + end, wide, checker, seen)
        const growth = await growthOf(run)
        if (growth === undefined) continue
        const { bytes, milliseconds, before } = growth
        const times = `${before.toFixed(1)} ms for ${bytes / 4} bytes, ${milliseconds.toFixed(1)} ms for ${bytes}`
        const how = `${shape.name}${end === '' ? '' : ` ${JSON.stringify(end)}`}${wide ? ', many' : ''}`
        return { slow: `${how}: ${times}`, notRun: undefined }
      }
    }
    if (seen.notMade !== '') return { slow: undefined, notRun: isOfProbe(parser) ? undefined : seen.notMade }
  }
  return { slow: undefined, notRun: seen.ran === 0 ? 'it never came to an end or an error' : undefined }
}

export const EVERY = process.env['HOSTILE'] === 'all'

/** All, or some of them, others for each parser. */
function sampleOf(shapes: readonly Shape[], title: string, every: boolean): readonly Shape[] {
  const first = title.length % ONE_IN
  return every ? shapes : shapes.filter((_, index) => index % ONE_IN === first)
}
const ONE_IN = 4

const isOfProbe = ({ way }: Parser): boolean => {
  const method = way.at(-2)
  return typeof method === 'string' && OF_PROBES.includes(method)
}

/** Milliseconds. What it throws is its own affair: other tests look at that. */
async function timed(
  { way }: Parser,
  exported: unknown,
  text: string,
  wide: boolean,
  checker: ts.TypeChecker,
  seen: { ran: number; notMade: string },
): Promise<number> {
  let milliseconds = 0
  const at = { last: false }
  try {
    let target = exported
    let owner: unknown
    for (const [index, step] of way.entries()) {
      if (typeof step === 'string') {
        owner = target
        target = (target as Readonly<Record<string, unknown>>)[step]
        continue
      }
      const isLast = index === way.length - 1
      const examples = examplesOf(target)
      const calls = isLast
        ? argumentsFor(step, text, wide, checker)
        : [examples ?? valuesFor(step, text, wide, checker)]
      at.last = isLast
      const taken = clock()
      try {
        for (const values of calls) {
          const result = (target as Call).apply(owner, values as never)
          target = drained(result instanceof Promise ? await settled(result) : result, target, isLast)
        }
      } finally {
        if (isLast) milliseconds = taken()
      }
    }
    seen.ran += 1
  } catch (error) {
    if (error instanceof CannotMake || !at.last) seen.notMade = (error as Error).message
    else seen.ran += 1
  }
  return milliseconds
}

/** Of a task module: its first example's. */
function examplesOf(target: unknown): readonly unknown[] | undefined {
  const { definition } = target as {
    readonly definition?: { readonly examples: readonly { readonly args: unknown }[] }
  }
  return definition === undefined ? undefined : [definition.examples[0]!.args]
}

/** What waits for somebody who never comes is left. */
async function settled(result: Promise<unknown>): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new CannotMake('it waits without end')), WAIT_MS)
  })
  return Promise.race([result, late]).finally(() => clearTimeout(timer))
}
const WAIT_MS = 10_000

/** What a generator yields is a part of its work. */
function drained(result: unknown, target: unknown, isLast: boolean): unknown {
  const isObject = typeof result === 'object' && result !== null
  const isGenerator = isObject && Symbol.iterator in result && 'next' in result
  if (isLast && isGenerator) for (const _ of result as Iterable<unknown>) void _
  return isLast ? target : result
}

const valuesFor = (
  types: readonly ts.Type[],
  text: string,
  wide: boolean,
  checker: ts.TypeChecker,
): readonly unknown[] => types.map((type) => makerOf(type, checker)(text, wide))

/** Bytes come in pieces, one call for each. */
function argumentsFor(
  types: readonly ts.Type[],
  text: string,
  wide: boolean,
  checker: ts.TypeChecker,
): readonly (readonly unknown[])[] {
  const isStream =
    types.length === 1 && carries(types[0]!, checker) && checker.typeToString(types[0]!).includes('Buffer')
  if (!isStream) return [valuesFor(types, text, wide, checker)]
  const bytes = Buffer.from(text, 'latin1')
  const pieces = Array.from({ length: Math.ceil(bytes.length / PIECE) }, (_, index) => [
    bytes.subarray(index * PIECE, (index + 1) * PIECE),
  ])
  return wide ? pieces : [[bytes]]
}
