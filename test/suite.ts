// A uvu suite by name; `test/run.ts` fails every file whose suites ran no test.
import { suite as uvuSuite } from 'uvu'

export const suite = (name: string): ReturnType<typeof uvuSuite> => uvuSuite(name)
