CREATE TABLE `campaigns` (
	`site_id` text NOT NULL,
	`id` text NOT NULL,
	`name` text NOT NULL,
	`state` text NOT NULL,
	`version` integer NOT NULL,
	`definition` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`launched_at` integer,
	PRIMARY KEY(`site_id`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `catalog_changes` (
	`site_id` text NOT NULL,
	`version` integer NOT NULL,
	`item_id` text NOT NULL,
	`kind` text NOT NULL,
	`at` integer NOT NULL,
	`previous_price` integer,
	`price` integer,
	`currency` text NOT NULL,
	`percent` real,
	`quantity` integer,
	PRIMARY KEY(`site_id`, `version`, `item_id`, `kind`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `catalogs` (
	`site_id` text PRIMARY KEY NOT NULL,
	`version` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `items` (
	`site_id` text NOT NULL,
	`id` text NOT NULL,
	`title` text NOT NULL,
	`titles` text,
	`description` text,
	`url` text NOT NULL,
	`image_url` text,
	`price` integer,
	`list_price` integer,
	`sale_price` integer,
	`sale_starts_at` integer,
	`sale_ends_at` integer,
	`currency` text NOT NULL,
	`brand` text,
	`category` text,
	`tags` text,
	`group_id` text,
	`attributes` text,
	`in_stock` integer NOT NULL,
	`quantity` integer,
	`low_stock_threshold` integer,
	`hidden` integer NOT NULL,
	`feed_id` text,
	`content_hash` text NOT NULL,
	`embedded_hash` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`deleted_at` integer,
	PRIMARY KEY(`site_id`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `items_created` ON `items` (`site_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `items_sale` ON `items` (`sale_starts_at`) WHERE sale_starts_at IS NOT NULL;--> statement-breakpoint
CREATE TABLE `refusal_counts` (
	`site_id` text NOT NULL,
	`hour` integer NOT NULL,
	`reason` text NOT NULL,
	`count` integer NOT NULL,
	PRIMARY KEY(`site_id`, `hour`, `reason`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `refused_events` (
	`site_id` text NOT NULL,
	`id` text NOT NULL,
	`at` integer NOT NULL,
	`reason` text NOT NULL,
	`caller` text NOT NULL,
	`issues` text NOT NULL,
	`shape` text NOT NULL,
	PRIMARY KEY(`site_id`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `experiment_arms` (
	`site_id` text NOT NULL,
	`experiment_id` text NOT NULL,
	`context` text NOT NULL,
	`variant` text NOT NULL,
	`trials` integer NOT NULL,
	`successes` integer NOT NULL,
	`share` real NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`site_id`, `experiment_id`, `context`, `variant`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `experiment_scans` (
	`site_id` text NOT NULL,
	`experiment_id` text NOT NULL,
	`shard` integer NOT NULL,
	`began_at` integer NOT NULL,
	`slice` integer NOT NULL,
	`partial` text,
	`finished` text,
	`finished_at` integer,
	PRIMARY KEY(`site_id`, `experiment_id`, `shard`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `experiments` (
	`site_id` text NOT NULL,
	`id` text NOT NULL,
	`name` text NOT NULL,
	`placement` text NOT NULL,
	`state` text NOT NULL,
	`definition` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`started_at` integer,
	`ended_at` integer,
	PRIMARY KEY(`site_id`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `feed_imports` (
	`site_id` text NOT NULL,
	`feed_id` text NOT NULL,
	`id` text NOT NULL,
	`state` text NOT NULL,
	`slice` integer NOT NULL,
	`progress` text NOT NULL,
	`started_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`ended_at` integer,
	PRIMARY KEY(`site_id`, `feed_id`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `feed_imports_open` ON `feed_imports` (`updated_at`) WHERE ended_at IS NULL;--> statement-breakpoint
CREATE TABLE `feeds` (
	`site_id` text NOT NULL,
	`id` text NOT NULL,
	`name` text NOT NULL,
	`definition` text NOT NULL,
	`etag` text,
	`last_modified` text,
	`next_at` integer,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`site_id`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `feeds_due` ON `feeds` (`next_at`) WHERE next_at IS NOT NULL;--> statement-breakpoint
CREATE TABLE `onsite_messages` (
	`site_id` text NOT NULL,
	`id` text NOT NULL,
	`name` text NOT NULL,
	`state` text NOT NULL,
	`version` integer NOT NULL,
	`definition` text NOT NULL,
	`updated_at` integer NOT NULL,
	`launched_at` integer,
	PRIMARY KEY(`site_id`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `dead_letters` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`job` text NOT NULL,
	`failed_at` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `settings` (
	`name` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `vectors` (
	`namespace` text NOT NULL,
	`id` text NOT NULL,
	`scale` real NOT NULL,
	`vector` blob NOT NULL,
	PRIMARY KEY(`namespace`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `erasures` (
	`site_id` text NOT NULL,
	`id` text NOT NULL,
	`erased_at` integer NOT NULL,
	`profiles` integer NOT NULL,
	`rows` text NOT NULL,
	`signature` text NOT NULL,
	PRIMARY KEY(`site_id`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `attributes` (
	`site_id` text NOT NULL,
	`name` text NOT NULL,
	`type` text NOT NULL,
	`is_personal` integer NOT NULL,
	`is_declared` integer NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`site_id`, `name`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `model_rows` (
	`site_id` text NOT NULL,
	`version` text NOT NULL,
	`item_id` text NOT NULL,
	`row` blob NOT NULL,
	`list` blob,
	`taste` blob,
	PRIMARY KEY(`site_id`, `version`, `item_id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `models` (
	`site_id` text NOT NULL,
	`version` text NOT NULL,
	`state` text NOT NULL,
	`metrics` text NOT NULL,
	`popular` text NOT NULL,
	`created_at` integer NOT NULL,
	`promoted_at` integer,
	`revision` integer DEFAULT 0 NOT NULL,
	`refreshed_at` integer,
	PRIMARY KEY(`site_id`, `version`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `placements` (
	`site_id` text NOT NULL,
	`id` text NOT NULL,
	`name` text NOT NULL,
	`rules` text NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`site_id`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `day_reports` (
	`site_id` text NOT NULL,
	`day` text NOT NULL,
	`figures` text NOT NULL,
	`counted_at` integer NOT NULL,
	PRIMARY KEY(`site_id`, `day`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `placement_reports` (
	`site_id` text NOT NULL,
	`day` text NOT NULL,
	`figures` text NOT NULL,
	`counted_at` integer NOT NULL,
	PRIMARY KEY(`site_id`, `day`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `segments` (
	`site_id` text NOT NULL,
	`id` text NOT NULL,
	`name` text NOT NULL,
	`rule` text NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`site_id`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `shop_connections` (
	`provider` text NOT NULL,
	`account` text NOT NULL,
	`site_id` text NOT NULL,
	`secret` text NOT NULL,
	`hint` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`provider`, `account`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `shop_deliveries` (
	`site_id` text NOT NULL,
	`provider` text NOT NULL,
	`delivery_id` text NOT NULL,
	`topic` text NOT NULL,
	`outcome` text NOT NULL,
	`detail` text,
	`at` integer NOT NULL,
	PRIMARY KEY(`site_id`, `provider`, `delivery_id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `shop_deliveries_at` ON `shop_deliveries` (`site_id`,`at`);--> statement-breakpoint
CREATE TABLE `shop_products` (
	`site_id` text NOT NULL,
	`item_id` text NOT NULL,
	`said_at` integer NOT NULL,
	PRIMARY KEY(`site_id`, `item_id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `keys` (
	`id` text PRIMARY KEY NOT NULL,
	`site_id` text NOT NULL,
	`kind` text NOT NULL,
	`label` text NOT NULL,
	`lookup` text NOT NULL,
	`hint` text NOT NULL,
	`created_at` integer NOT NULL,
	`revoked_at` integer
) WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `keys_lookup_unique` ON `keys` (`lookup`);--> statement-breakpoint
CREATE INDEX `keys_site` ON `keys` (`site_id`);--> statement-breakpoint
CREATE TABLE `sites` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`origins` text NOT NULL,
	`time_zone` text NOT NULL,
	`locale` text NOT NULL,
	`currency` text NOT NULL,
	`sender` text,
	`daily_cap` integer NOT NULL,
	`privacy` text NOT NULL,
	`limits` text NOT NULL,
	`image_template` text,
	`event_aliases` text NOT NULL,
	`verify_users` integer NOT NULL,
	`identity_generation` integer NOT NULL,
	`created_at` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `staff` (
	`id` text PRIMARY KEY NOT NULL,
	`email` text NOT NULL,
	`password_hash` text NOT NULL,
	`session_epoch` integer NOT NULL,
	`created_at` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `staff_email_unique` ON `staff` (`email`);--> statement-breakpoint
CREATE TABLE `surveys` (
	`site_id` text NOT NULL,
	`id` text NOT NULL,
	`name` text NOT NULL,
	`version` integer NOT NULL,
	`definition` text NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`site_id`, `id`)
) WITHOUT ROWID;
