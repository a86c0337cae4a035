/** A WebAssembly module as workerd and wrangler's bundler hand it over: compiled, not yet instantiated. */
declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}
