// docs/tutorial.md as steps: the commands that a reader types, with the output that the page shows, and the files that
// a reader writes.

export type TutorialStep =
  | { readonly kind: 'file'; readonly path: string; readonly text: string }
  | { readonly kind: 'command'; readonly command: string; readonly shown: string | undefined }

export const TUTORIAL = 'docs/tutorial.md'
/** What stands before it is done by whoever has the lab. */
const BEGINNING = /^## A project$/m
const BLOCK = /^```(.*)\n([^]*?)^```$/gm
const FILE = /`([\w./]+)`:\s*$/

export function tutorialSteps(page: string): readonly TutorialStep[] {
  const [, typed = ''] = page.split(BEGINNING)
  return [...typed.matchAll(BLOCK)].flatMap(({ index, 1: language = '', 2: block = '' }): readonly TutorialStep[] => {
    const [, path] = FILE.exec(typed.slice(0, index).trimEnd()) ?? []
    if (language !== '') return path === undefined ? [] : [{ kind: 'file', path, text: block }]
    if (block.startsWith('$ ')) return promptsIn(block)
    return block
      .split('\n')
      .flatMap((command) => (command === '' ? [] : [{ kind: 'command', command, shown: undefined }]))
  })
}

/** After a prompt, a command; its output follows. */
function promptsIn(block: string): readonly TutorialStep[] {
  return block
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [command = '', ...output] = part.split('\n')
      return { kind: 'command', command, shown: output.join('\n') }
    })
}

/** The page with these outputs, by command. */
export function withOutputs(page: string, outputs: ReadonlyMap<string, string>): string {
  return page.replace(BLOCK, (block: string, language: string, text: string) => {
    if (language !== '' || !text.startsWith('$ ')) return block
    const parts = promptsIn(text).flatMap((step) =>
      step.kind === 'command' ? [`$ ${step.command}\n${outputs.get(step.command) ?? step.shown ?? ''}`] : [],
    )
    return `\`\`\`\n${parts.join('')}\`\`\``
  })
}

/** What differs from run to run is made equal: times and the width they take, and the order in which hosts are done. */
export const comparable = (output: string): string =>
  output
    .replace(/\d+\.\d s\b/g, 'N s')
    .split('\n')
    .map((line) => line.replace(/ +/g, ' ').trim())
    .sort()
    .join('\n')
