import type { Database } from "../deps.ts";

/** Facts of the installation, by name. */
export async function readSetting(control: Database, name: string): Promise<string | undefined> {
  const row = await control.prepare("SELECT value FROM settings WHERE name = ?1").bind(name).first<{ value: string }>();
  return row?.value;
}

export async function writeSetting(control: Database, name: string, value: string): Promise<void> {
  await control
    .prepare(
      "INSERT INTO settings (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    )
    .bind(name, value)
    .run();
}

/** The value that holds: this one, or another's that was written before. */
export async function writeSettingOnce(control: Database, name: string, value: string): Promise<string> {
  const row = await control
    .prepare(
      "INSERT INTO settings (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = value RETURNING value",
    )
    .bind(name, value)
    .first<{ value: string }>();
  return row?.value ?? value;
}
