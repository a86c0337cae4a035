/** WebAssembly kernels, each in a memory of its own: the module's page, and its arrays behind that. */

const PAGE = 65_536;

/**
 * Arrays by name, of so many bytes each, one behind the other at multiples of 16: where they lie, where the last one ends, and what
 * they are in a buffer.
 * @param begin behind the module's page, or 0 where there is no module
 */
export function layOut<Name extends string>(sizes: Record<Name, number>, begin = PAGE) {
  const at = {} as Record<Name, number>;
  let end = begin;
  for (const name in sizes) {
    at[name] = end;
    end += (sizes[name] + 15) & ~15;
  }
  return {
    at,
    end,
    floats: (buffer: ArrayBuffer, name: Name) => new Float32Array(buffer, at[name], sizes[name] / 4),
    integers: (buffer: ArrayBuffer, name: Name) => new Int32Array(buffer, at[name], sizes[name] / 4),
    bytes: (buffer: ArrayBuffer, name: Name) => new Uint8Array(buffer, at[name], sizes[name]),
  };
}

/** A kernel with a memory that reaches to `end`. Throws where one of them cannot be had. */
export function instantiate<Exports>(
  module: WebAssembly.Module,
  end: number,
): { kernel: Exports; buffer: ArrayBuffer } {
  const memory = new WebAssembly.Memory({ initial: Math.ceil(end / PAGE) });
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return { kernel: exports as Exports, buffer: memory.buffer as ArrayBuffer };
}
