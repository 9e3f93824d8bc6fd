// What the compiler says of programs of a test: of files of a user's project, or of texts as files of this repository.
import { join } from 'node:path'
import ts from 'typescript-api'
import { ROOT } from './unit/cli/mailrun.ts'

export interface Message {
  readonly path: string
  readonly line: number
  readonly text: string
}

/**
 * Of files that use the package as users have it.
 *
 * @param types - packages whose global types they use
 */
export function messagesOfFiles(files: readonly string[], types: readonly string[] = []): readonly Message[] {
  const program = ts.createProgram(files, {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2023.d.ts'],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    typeRoots: [join(ROOT, 'node_modules/@types')],
    types: [...types],
  })
  return ts.getPreEmitDiagnostics(program).map(({ file, start = 0, messageText }) => ({
    path: file?.fileName ?? '',
    line: file === undefined ? 0 : file.getLineAndCharacterOfPosition(start).line + 1,
    text: ts.flattenDiagnosticMessageText(messageText, '\n'),
  }))
}

/**
 * Of texts, for each its messages. All are compiled together, as the repository's own files are.
 *
 * @param name - the beginning of the files' names, below the repository's root: what they import is relative to it
 */
export function messagesOfTexts(texts: readonly string[], name: string): readonly (readonly string[])[] {
  const files = new Map(texts.map((text, index) => [join(ROOT, `${name}-${index}.ts`), text]))
  const config = ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile).config as { compilerOptions: object }
  const options: ts.CompilerOptions = {
    ...ts.convertCompilerOptionsFromJson(config.compilerOptions, ROOT).options,
    noEmit: true,
    incremental: false,
    noUnusedLocals: false,
  }
  delete options.tsBuildInfoFile
  const host = ts.createCompilerHost(options)
  const { fileExists, readFile, getSourceFile } = host
  host.fileExists = (path) => files.has(path) || fileExists(path)
  host.readFile = (path) => files.get(path) ?? readFile(path)
  host.getSourceFile = (path, target, ...more) => {
    const text = files.get(path)
    return text === undefined ? getSourceFile(path, target, ...more) : ts.createSourceFile(path, text, target)
  }
  const program = ts.createProgram([...files.keys()], options, host)
  return [...files.keys()].map((path) =>
    program
      .getSemanticDiagnostics(program.getSourceFile(path))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')),
  )
}
