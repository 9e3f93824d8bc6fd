// The commands that the pages show: in blocks without a language, a line each, and as code in a sentence.
import { shellWords } from '../../../src/text/shell-words.ts'
import { repositoryFiles, textOf } from '../house/repository.ts'

export interface ShownCommand {
  /** `docs/cli.md:12` */
  readonly place: string
  /** As typed, without what is said of it. */
  readonly text: string
  /** Without variables before it, and without what is redirected or piped. */
  readonly words: readonly string[]
}

/** What a line that is typed begins with; a prompt is of a block that has output, too. */
const TYPED =
  /^(\$ )?((?:[A-Z_]+=\S+ )*(?:npx|npm|node|mailrun|sudo|git|mv|printf|age-keygen|mkdir|cd|sh|bash|ssh) .*)$/
const BLOCK = /^```(.*)\n([^]*?)^```$/gm
const LANGUAGES = ['', 'sh', 'console']
const SENTENCE = /`((?:npx mailrun|mailrun|npm run|npm test|npm ci) ?[^`\n]*)`/g
/** What is said of a command stands after two blanks, or a #. */
const COMMAND = /^(?:'[^']*'|"[^"]*"|[^\s'"]| (?![ #]))+/
/** What a reader puts something else in place of, or that stands for several commands. */
const ABRIDGED = /…(?! <|$)|<(?!\s)|^mailrun PLAYBOOK|\bNAME\b|\bWORD\b|\bHOST\b| --$/

/** Of README, README.ja, CONTRIBUTING and docs. */
export const pagesOfUsers = (): readonly string[] =>
  repositoryFiles().filter((path) => /^(?:docs\/.*|README|README\.ja|CONTRIBUTING|SECURITY)\.md$/.test(path))

/** Each line of a block whose first line is a command; with a prompt, the lines that have it. */
export function commandsIn(page: string, text: string): readonly ShownCommand[] {
  return [...text.matchAll(BLOCK)].flatMap(({ index, 1: language = '', 2: block = '' }) => {
    if (!LANGUAGES.includes(language)) return []
    const first = TYPED.exec(block.split('\n')[0]!)
    if (first === null) return []
    const start = text.slice(0, index).split('\n').length
    return block.split('\n').flatMap((line, offset) => {
      const isTyped = first[1] === undefined ? line.trim() !== '' : line.startsWith(first[1])
      return isTyped ? [shown(`${page}:${start + offset + 1}`, line.replace(/^\$ /, ''))] : []
    })
  })
}

/** Those that are whole: not `mailrun exec … -- 'command'`. */
export function commandsInSentences(page: string, text: string): readonly ShownCommand[] {
  const prose = text.replace(/^(`{3,})[^]*?^\1\s*$/gm, (block) => block.replace(/[^\n]/g, ''))
  return [...prose.matchAll(SENTENCE)]
    .filter(([, command = '']) => !ABRIDGED.test(command))
    .map(({ index, 1: command = '' }) => shown(`${page}:${prose.slice(0, index).split('\n').length}`, command))
}

export const everyCommand = (): readonly ShownCommand[] =>
  pagesOfUsers().flatMap((page) => commandsIn(page, textOf(page)))

export const everyCommandInSentences = (): readonly ShownCommand[] =>
  pagesOfUsers().flatMap((page) => commandsInSentences(page, textOf(page)))

function shown(place: string, line: string): ShownCommand {
  const text = COMMAND.exec(line)?.[0] ?? ''
  const words = shellWords(text.replace(/^(?:[A-Z_]+=\S+ )*/, ''), { comments: false })
  const end = words.findIndex((word) => /^[<>|]$/.test(word))
  return { place, text, words: end === -1 ? words : words.slice(0, end) }
}
