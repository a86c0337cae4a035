/** A stylesheet as text; see build.ts. */
declare module "*.css?inline" {
  const text: string;
  export default text;
}
