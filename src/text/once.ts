// Makes a function that computes its result when it is first called, and remembers it: for what few runs need, and
// takes time to make.

export function once<Out>(workOut: () => Out): () => Out {
  let known: { readonly out: Out } | undefined
  return () => (known ??= { out: workOut() }).out
}
