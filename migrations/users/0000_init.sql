CREATE TABLE `catalog_watches` (
	`site_id` text PRIMARY KEY NOT NULL,
	`cursor` text NOT NULL,
	`size` integer NOT NULL,
	`place` text NOT NULL,
	`lease_until` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `runs` (
	`profile_id` text NOT NULL,
	`campaign_id` text NOT NULL,
	`occurrence` text NOT NULL,
	`version` integer NOT NULL,
	`state` text NOT NULL,
	`due_at` integer NOT NULL,
	`entered_at` integer NOT NULL,
	`change` text,
	`outcome` text,
	PRIMARY KEY(`profile_id`, `campaign_id`, `occurrence`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `runs_due` ON `runs` (`due_at`) WHERE state = 'waiting';--> statement-breakpoint
CREATE INDEX `runs_campaign` ON `runs` (`campaign_id`,`entered_at`);--> statement-breakpoint
CREATE TABLE `catalog_versions` (
	`site_id` text PRIMARY KEY NOT NULL,
	`version` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `events` (
	`profile_id` text NOT NULL,
	`at` integer NOT NULL,
	`message_id` text NOT NULL,
	`name` text NOT NULL,
	`sent_as` text,
	`item_id` text,
	`properties` text NOT NULL,
	`is_bot` integer NOT NULL,
	PRIMARY KEY(`profile_id`, `at`, `message_id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `events_landmarks` ON `events` (`profile_id`,`at`) WHERE name IN ('product_purchased', 'survey_answered', 'recommendation_dismissed');--> statement-breakpoint
CREATE TABLE `messages` (
	`profile_id` text NOT NULL,
	`id` text NOT NULL,
	`campaign_id` text NOT NULL,
	`campaign_version` integer NOT NULL,
	`step` text NOT NULL,
	`channel` text NOT NULL,
	`provider` text NOT NULL,
	`state` text NOT NULL,
	`reason` text,
	`is_ad` integer NOT NULL,
	`content` text,
	`item_id` text,
	`created_at` integer NOT NULL,
	`sent_at` integer,
	`opened_at` integer,
	`clicked_at` integer,
	`machine_opens` integer DEFAULT 0 NOT NULL,
	`machine_clicks` integer DEFAULT 0 NOT NULL,
	`converted_at` integer,
	`revenue` integer,
	PRIMARY KEY(`profile_id`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `messages_campaign` ON `messages` (`campaign_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `messages_unconfirmed` ON `messages` (`created_at`) WHERE state = 'accepted';--> statement-breakpoint
CREATE INDEX `messages_clicked` ON `messages` (`clicked_at`) WHERE clicked_at IS NOT NULL;--> statement-breakpoint
CREATE TABLE `erased_lately` (
	`hash` text PRIMARY KEY NOT NULL,
	`erased_at` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `consent_duties` (
	`profile_id` text NOT NULL,
	`kind` text NOT NULL,
	`channel` text NOT NULL,
	`said_at` integer NOT NULL,
	`granted` integer NOT NULL,
	`due_at` integer NOT NULL,
	`done_at` integer,
	PRIMARY KEY(`profile_id`, `kind`, `channel`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `consents` (
	`profile_id` text NOT NULL,
	`at` integer NOT NULL,
	`id` text NOT NULL,
	`channel` text NOT NULL,
	`purpose` text NOT NULL,
	`granted` integer NOT NULL,
	`night` integer NOT NULL,
	`source` text NOT NULL,
	`text_version` text,
	`proof` text,
	PRIMARY KEY(`profile_id`, `at`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `directory` (
	`site_id` text NOT NULL,
	`key` text NOT NULL,
	`profile_id` text NOT NULL,
	PRIMARY KEY(`site_id`, `key`, `profile_id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `endpoints` (
	`profile_id` text NOT NULL,
	`id` text NOT NULL,
	`channel` text NOT NULL,
	`address` text NOT NULL,
	`device_id` text,
	`created_at` integer NOT NULL,
	`last_seen_at` integer NOT NULL,
	PRIMARY KEY(`profile_id`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `links` (
	`profile_id` text NOT NULL,
	`other_id` text NOT NULL,
	`role` text NOT NULL,
	`linked_at` integer NOT NULL,
	`unlinked_at` integer,
	PRIMARY KEY(`profile_id`, `other_id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `profiles` (
	`profile_id` text PRIMARY KEY NOT NULL,
	`site_id` text NOT NULL,
	`user_id` text,
	`anonymous_id` text,
	`email` text,
	`phone` text,
	`traits` text DEFAULT '{}' NOT NULL,
	`locale` text,
	`time_zone` text,
	`first_seen_at` integer NOT NULL,
	`last_seen_at` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `memberships` (
	`segment_id` text NOT NULL,
	`profile_id` text NOT NULL,
	`entered_at` integer NOT NULL,
	PRIMARY KEY(`segment_id`, `profile_id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `segment_changes` (
	`site_id` text NOT NULL,
	`profile_id` text NOT NULL,
	`noted_at` integer NOT NULL,
	PRIMARY KEY(`site_id`, `profile_id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `segment_progress` (
	`site_id` text PRIMARY KEY NOT NULL,
	`refreshed_at` integer NOT NULL
) WITHOUT ROWID;
