/** Line icons of one weight, 16 × 16, drawn for this admin. Decoration only: every one stands beside its word. */
const PATHS = {
  overview: "M2 13.5h12M4 11V7.5M8 11V3.5M12 11V6",
  people: "M8 8a2.75 2.75 0 1 0 0-5.5A2.75 2.75 0 0 0 8 8Zm-5 5.5c.5-2.5 2.5-3.75 5-3.75s4.5 1.25 5 3.75",
  segments: "M6 10.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm4 3a4 4 0 1 0 0-8 4 4 0 0 0 0 8Z",
  catalog: "M2.5 5 8 2l5.5 3v6L8 14l-5.5-3V5Zm0 0L8 8m0 0 5.5-3M8 8v6",
  placements: "M2.5 3.5h11v9h-11v-9Zm0 3h11M6.5 6.5v6",
  survey: "M2.5 4 4 5.5 6.5 3M2.5 10.5 4 12l2.5-2.5M9 4.5h4.5M9 11h4.5",
  campaigns: "M13.5 2.5 2.5 7l4.25 2.25M13.5 2.5 9 13.5 6.75 9.25M13.5 2.5 6.75 9.25",
  onsite: "M2.5 3h11v8h-6l-3 2.5V11h-2V3Zm3 3h5m-5 2.25h3",
  outbox: "M2.5 9.5 4 3h8l1.5 6.5v3.5h-11V9.5Zm0 0h3.25L6.5 11h3l.75-1.5h3.25",
  collection: "M8 2v7m0 0L5.25 6.25M8 9l2.75-2.75M2.5 9.5v4h11v-4",
  settings: "M2.5 4.5h6m3 0h2M2.5 11.5h2m3 0h6M10 3v3M6 10v3",
  system: "M3 3h10v4H3V3Zm0 6h10v4H3V9Zm2.5-4h.01M5.5 11h.01",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
