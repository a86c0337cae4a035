/**
 * What visitors see of the tag, in one script: recommendations, surveys, on-site messages. They share their style's words, so
 * that one script of three is a fifth smaller than three scripts, and one request instead of up to four.
 */
import "./onsite/index.ts";
import "./survey/index.ts";
import "./recommendations/index.ts";
