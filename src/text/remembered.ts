// Makes a function that computes its result once for each value, and remembers it as long as the value exists.

export function remembered<Of extends object, Out>(workOut: (of: Of) => Out): (of: Of) => Out {
  const known = new WeakMap<Of, { readonly out: Out }>()
  return (of) => {
    const before = known.get(of)
    if (before !== undefined) return before.out
    const out = workOut(of)
    known.set(of, { out })
    return out
  }
}
