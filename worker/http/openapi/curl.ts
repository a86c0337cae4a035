/** A call as a line for the terminal, from its example. */
import type { ApiOperation } from "../openapi.ts";

export interface ApiCall {
  method: string;
  path: string;
  alsoAt: string[];
  operation: ApiOperation;
}

export function curl({ method, path, operation }: ApiCall, origin: string, keys: string[]): string {
  const { parameters = [], requestBody } = operation;
  const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
  const address = path.replace(/\{(\w+)\}/g, (_, name) =>
    encodeURIComponent(String(parameters.find((each) => each.name === name)?.example ?? name)),
  );
  const asked = parameters.flatMap(({ in: place, name, example }) =>
    place === "query" && example !== undefined ? [[name, String(example)]] : [],
  );
  const query = asked.length > 0 ? `?${new URLSearchParams(asked)}` : "";
  const key = keys.includes("setupToken") ? "<SETUP_TOKEN>" : keys.includes("secretKey") ? "sk_…" : undefined;
  const body = requestBody?.content["application/json"]?.example;
  const lines = [
    `curl ${method === "get" || (method === "post" && body !== undefined) ? "" : `-X ${method.toUpperCase()} `}${quote(origin + address + query)}`,
    ...(key === undefined ? [] : [`-H ${quote(`Authorization: Bearer ${key}`)}`]),
    ...(body === undefined
      ? []
      : ["-H 'Content-Type: application/json'", `-d ${quote(JSON.stringify(body, null, 2))}`]),
  ];
  return lines.join(" \\\n  ");
}
