/** Replaced when bundling by what distinguishes this build, so that a new core never meets an old part. */
declare const BUILD: string;

const loading: Record<string, Promise<boolean>> = {};

/** Loads a part of the tag once, from where the tag came. False when it could not be loaded. */
export function loadPart(name: "signals" | "visible", edge: string, nonce: string | undefined): Promise<boolean> {
  loading[name] ??= new Promise((resolve) => {
    const script = document.createElement("script");
    script.src = `${edge}nunchi-${name}.js?v=${BUILD}`;
    script.nonce = nonce ?? "";
    script.onload = () => resolve(true);
    script.onerror = () => resolve(false);
    document.head.append(script);
  });
  return loading[name];
}
