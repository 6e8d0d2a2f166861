/*
 * table - see table.h. The rows are the only place that knows a key's name,
 * default and bounds; the documentation is printed from them.
 */
#include "proxy/config/table.h"

#include "proxy/config/classifier.h"
#include "proxy/config/private.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define KIB 1024u
#define MIB (1024u * 1024)
#define GIB ((uint64_t)1 << 30)
#define HOUR_MS 3600000u

static const char *const table_durabilities[] = {"enforced", "every", NULL};
static const char *const table_presets[] = {"webhook", "file", NULL};
static const char *const table_classifiers[] = {
    "scores", "moderation", "chat", NULL};
static const char *const table_levels[] = {
    "debug", "info", "warn", "error", NULL};

#define IN(type, member) .offset = offsetof(struct type, member)
#define LIMIT_AS(fixed_, name, kind_, fallback_, min_, max_, help_)            \
	{                                                                      \
		.path = "limits." #name, .kind = TABLE_##kind_,                \
		.offset = offsetof(struct config, limits.name),                \
		.fallback = fallback_, .fixed = fixed_, .min = min_,           \
		.max = max_, .help = help_                                     \
	}
#define LIMIT(...) LIMIT_AS(false, __VA_ARGS__)
#define FIXED_LIMIT(...) LIMIT_AS(true, __VA_ARGS__)

/* clang-format off */
const struct table_key table_keys[] = {
	{"listen[]", TABLE_OTHER,
	    .help = "where clients connect; each item has an address"},
	{"listen[].address", TABLE_TEXT, IN(config_listen, text),
	    .required = true,
	    .help = "host:port, [v6]:port or *:port; port 0 takes a free one"},
	{"listen[].tls", TABLE_OTHER,
	    .help = "a certificate, or a list of them chosen by SNI (the "
		    "first is the default)"},
	{"listen[].tls.certificate", TABLE_FILE,
	    IN(config_tls, certificate), .required = true,
	    .help = "PEM file: the certificate and those above it"},
	{"listen[].tls.key", TABLE_FILE, IN(config_tls, key),
	    .required = true, .help = "PEM file: its private key"},
	{"listen[].tls.client_ca", TABLE_FILE, IN(config_tls, client_ca),
	    .help = "PEM file: clients must show a certificate from here"},
	{"listen[].allow_plain", TABLE_BOOL, IN(config_listen, allow_plain),
	    .fallback = "no",
	    .help = "serve without TLS on an address that is not loopback"},
	{"routes[]", TABLE_OTHER,
	    .help = "the first that matches a request takes it"},
	{"routes[].name", TABLE_TEXT, IN(config_route, name),
	    .help = "for logs and metrics; route-1, route-2, ... if absent"},
	{"routes[].match", TABLE_MAP, .help = "which requests"},
	{"routes[].match.host", TABLE_TEXT, IN(config_route, host),
	    .fallback = "*",
	    .help = "\"*\", a name, or \"*.example.com\" for all below it"},
	{"routes[].match.path", TABLE_TEXT, IN(config_route, path),
	    .fallback = "/", .help = "this path and all below it"},
	{"routes[].channel", TABLE_OTHER, .required = true,
	    .help = "a preset's name, a .yaml file, or a channel block"},
	{"routes[].upstream", TABLE_OTHER, .required = true,
	    .help = "the AI agent behind this route"},
	{"routes[].upstream.url", TABLE_TEXT, IN(config_upstream, url),
	    .required = true,
	    .help = "https://host:port/path; http:// only to loopback"},
	{"routes[].upstream.ca", TABLE_FILE, IN(config_upstream, ca),
	    .help = "PEM file that vouches for it; the system's if absent"},
	{"routes[].upstream.allow_plain", TABLE_BOOL,
	    IN(config_upstream, allow_plain), .fallback = "no",
	    .help = "http:// to an address that is not loopback"},
	{"policy", TABLE_PATH, IN(config, policy),
	    .fallback = "policies/starter", .help = "folder of the policy"},
	{"shipped", TABLE_PATH, IN(config, shipped),
	    .help = "folder of the packs and lists that come with Handrail; "
		    "found beside the program if absent"},
	{"environment", TABLE_TEXT, IN(config, environment),
	    .help = "which of the policy's environments this is; the rules' "
		    "own modes if absent"},
	{"store", TABLE_MAP, .help = "conversations, locks, handoffs"},
	{"store.sqlite", TABLE_PATH, IN(config, sqlite),
	    .fallback = "state/handrail.db", .fixed = true,
	    .help = "database file, made when absent"},
	{"audit", TABLE_MAP, .help = "the audit log"},
	{"audit.directory", TABLE_PATH, IN(config, audit_directory),
	    .fallback = "state/audit", .fixed = true, .help = "made when absent"},
	{"audit.durability", TABLE_WORD, IN(config, durability),
	    .fallback = "enforced", .fixed = true, .words = table_durabilities,
	    .help = "what is on disk before it takes effect: enforced "
		    "(edits, blocks, handoffs) or every record"},
	{"keys", TABLE_MAP, .help = "secrets of this installation"},
	{"keys.directory", TABLE_PATH, IN(config, keys_directory),
	    .fallback = "state/keys", .fixed = true,
	    .help = "made on the first start, 0700; HANDRAIL_MASTER_KEY in "
		    "the environment stands for its master.key"},
	{"classifiers", TABLE_OTHER,
	    .help = "services that score texts, by name, as the policy's rules "
		    "name them"},
	{"classifiers.<name>.kind", TABLE_WORD, IN(config_classifier, kind),
	    .required = true, .words = table_classifiers,
	    .help = "how it is asked: scores (our own JSON), moderation or "
		    "chat (as OpenAI's endpoints)"},
	{"classifiers.<name>.url", TABLE_TEXT,
	    IN(config_classifier, service.url), .required = true,
	    .help = "https://host:port/path?query, whole; http:// only to "
		    "loopback"},
	{"classifiers.<name>.ca", TABLE_FILE, IN(config_classifier, service.ca),
	    .help = "PEM file that vouches for it; the system's if absent"},
	{"classifiers.<name>.allow_plain", TABLE_BOOL,
	    IN(config_classifier, service.allow_plain), .fallback = "no",
	    .help = "http:// to an address that is not loopback"},
	{"classifiers.<name>.headers", TABLE_OTHER,
	    .help = "fields of the request: {Authorization: \"Bearer "
		    "${NAME}\"}"},
	{"classifiers.<name>.model", TABLE_TEXT, IN(config_classifier, model),
	    .help = "moderation, chat: which model"},
	{"classifiers.<name>.instruction", TABLE_TEXT,
	    IN(config_classifier, instruction),
	    .help = "chat: what the model is told before it reads a text"},
	{"classifiers.<name>.labels", TABLE_OTHER,
	    .help = "chat: one of these is the whole answer; it scores 1, the "
		    "others 0"},
	{"classifiers.<name>.timeout_ms", TABLE_MS,
	    IN(config_classifier, timeout_ms), .fallback = "1s", .min = 10,
	    .max = 60000,
	    .help = "of one text, its wait in line included; then it could not "
		    "be decided"},
	{"classifiers.<name>.max_at_once", TABLE_COUNT,
	    IN(config_classifier, max_at_once), .fallback = "16", .min = 1,
	    .max = 1000, .help = "requests of one worker at a time"},
	{"classifiers.<name>.max_waiting", TABLE_COUNT,
	    IN(config_classifier, max_waiting), .fallback = "1000", .min = 0,
	    .max = 1000000, .help = "texts of one worker in line for them"},
	{"classifiers.<name>.cached_texts", TABLE_COUNT,
	    IN(config_classifier, cached_texts), .fallback = "10000", .min = 0,
	    .max = 10000000,
	    .help = "answers a worker remembers, by a digest of the text"},
	{"classifiers.<name>.max_failures", TABLE_COUNT,
	    IN(config_classifier, max_failures), .fallback = "5", .min = 1,
	    .max = 1000000,
	    .help = "after so many in a row it is not asked for pause_ms"},
	{"classifiers.<name>.pause_ms", TABLE_MS,
	    IN(config_classifier, pause_ms), .fallback = "10s", .min = 10,
	    .max = HOUR_MS, .help = "then one text tries it again"},
	{"handoff", TABLE_MAP, .help = "who takes over"},
	{"handoff.destinations", TABLE_OTHER,
	    .help = "by name, as the policy's queues name them"},
	{"handoff.destinations.<name>.preset", TABLE_WORD,
	    IN(config_destination, preset), .required = true,
	    .words = table_presets, .help = "what kind it is"},
	{"handoff.destinations.<name>.url", TABLE_TEXT,
	    IN(config_destination, url),
	    .help = "webhook: https://..., http:// only to loopback"},
	{"handoff.destinations.<name>.secret", TABLE_TEXT,
	    IN(config_destination, secret),
	    .help = "webhook: key of the signature; use ${NAME}"},
	{"handoff.destinations.<name>.ca", TABLE_FILE,
	    IN(config_destination, ca),
	    .help = "webhook: PEM file; the system's if absent"},
	{"handoff.destinations.<name>.path", TABLE_PATH,
	    IN(config_destination, path),
	    .help = "file: JSON lines are appended here"},
	{"handoff.destinations.<name>.timeout_ms", TABLE_MS,
	    IN(config_destination, timeout_ms), .fallback = "10s",
	    .min = 100, .max = 600000, .help = "of one try"},
	{"handoff.destinations.<name>.max_tries", TABLE_COUNT,
	    IN(config_destination, max_tries), .fallback = "10", .min = 1,
	    .max = 1000, .help = "after so many it is dead and shown"},
	{"handoff.destinations.<name>.base_ms", TABLE_MS,
	    IN(config_destination, base_ms), .fallback = "1s", .min = 10,
	    .max = HOUR_MS, .help = "first wait, doubled each time"},
	{"handoff.destinations.<name>.max_wait_ms", TABLE_MS,
	    IN(config_destination, max_wait_ms), .fallback = "5m",
	    .min = 10, .max = 24 * HOUR_MS,
	    .help = "longest wait, whatever the receiver's Retry-After says"},
	{"handoff.destinations.<name>.success_from", TABLE_COUNT,
	    IN(config_destination, success_from), .fallback = "200",
	    .min = 100, .max = 599, .help = "webhook: first good status"},
	{"handoff.destinations.<name>.success_to", TABLE_COUNT,
	    IN(config_destination, success_to), .fallback = "299",
	    .min = 100, .max = 599, .help = "webhook: last good status"},
	{"handoff.default", TABLE_TEXT, IN(config, default_destination),
	    .fallback = "desk",
	    .help = "for queues that name no destination; the built-in desk "
		    "unless said otherwise"},
	{"console", TABLE_MAP, .help = "for operators: metrics and health"},
	{"console.address", TABLE_TEXT, IN(config, console_text),
	    .fallback = "127.0.0.1:8444", .fixed = true, .help = "host:port, loopback only"},
	{"console.users", TABLE_PATH, IN(config, console_users),
	    .help = "file of the console's users; read by the console"},
	{"node", TABLE_TEXT, IN(config, node), .fallback = "px-1",
	    .fixed = true,
	    .help = "this proxy's name in the audit log: letters, digits, "
		    "- and _"},
	{"workers", TABLE_OTHER, IN(config, workers), .fallback = "auto",
	    .fixed = true,
	    .help = "event loops: a number, or auto for one a core"},
	{"trusted_proxies[]", TABLE_OTHER,
	    .help = "addresses (10.0.0.0/8, ::1) whose X-Forwarded-For is "
		    "believed"},
	{"log", TABLE_MAP, .help = "the operator's log on stderr"},
	{"log.level", TABLE_WORD, IN(config, log_level), .fallback = "info",
	    .words = table_levels, .help = "the least that is written"},
	{"limits", TABLE_MAP, .help = "every limit, each with its unit"},
	LIMIT(max_connections, COUNT, "20000", 1, 10000000,
	    "client connections at a time, of all workers; more wait. Fewer "
	    "where the limit of open files has no room for them and as many "
	    "to bots"),
	LIMIT(max_requests_per_connection, COUNT, "100000", 1, 1000000000,
	    "then it is closed"),
	LIMIT(max_line_bytes, BYTES, "16KiB", 256, 16 * MIB,
	    "of a request line, status line or field"),
	LIMIT(max_head_bytes, BYTES, "64KiB", 1024, 64 * MIB,
	    "of a head or of trailers"),
	LIMIT(max_fields, COUNT, "100", 10, 128, "in a head"),
	LIMIT(max_request_body_bytes, BYTES, "16MiB", 1024, GIB,
	    "of a request; a channel's limits.max_body [4 MiB] may say less"),
	LIMIT(max_write_buffer_bytes, BYTES, "256KiB", 4 * KIB, 64 * MIB,
	    "waiting for a slow reader before the other side is paused"),
	LIMIT(handshake_timeout_ms, MS, "10s", 100, HOUR_MS, "of TLS"),
	LIMIT(header_timeout_ms, MS, "15s", 100, HOUR_MS,
	    "from the opening, later from the first byte of a request, to the "
	    "end of its head"),
	LIMIT(body_timeout_ms, MS, "60s", 100, HOUR_MS,
	    "for a request's body"),
	LIMIT(idle_timeout_ms, MS, "75s", 100, 24 * HOUR_MS,
	    "between requests of a connection"),
	LIMIT(write_timeout_ms, MS, "60s", 100, HOUR_MS,
	    "without a byte taken by the client"),
	LIMIT(connect_timeout_ms, MS, "5s", 10, HOUR_MS,
	    "to the upstream, TLS included"),
	LIMIT(answer_timeout_ms, MS, "120s", 100, HOUR_MS,
	    "from the request to the upstream's first byte; the policy's "
	    "bot_must_answer_within may be shorter"),
	LIMIT(stream_idle_timeout_ms, MS, "60s", 100, HOUR_MS,
	    "between two pieces of an answer"),
	LIMIT(hold_timeout_ms, MS, "60s", 100, HOUR_MS,
	    "words of a stream may be held; longer could not be decided. A "
	    "channel's max_hold [60s] may say less"),
	LIMIT(max_held_bytes, BYTES, "16MiB", 64 * KIB, GIB,
	    "of memory for what is held back of one stream; a frame takes "
	    "two to four times its length"),
	LIMIT(read_on_timeout_ms, MS, "30s", 100, HOUR_MS,
	    "reading on for a handoff after a block has settled"),
	LIMIT(max_upstream_idle, COUNT, "64", 0, 100000,
	    "kept connections to an upstream, for each worker; 0: each is "
	    "for one question"),
	LIMIT(upstream_idle_timeout_ms, MS, "50s", 100, 24 * HOUR_MS,
	    "a kept connection to an upstream"),
	LIMIT(drain_timeout_ms, MS, "30s", 0, 24 * HOUR_MS,
	    "to finish what is in flight on SIGTERM; then streams end with "
	    "the policy's fallback, and who waits is told to try again"),
	LIMIT(max_text_bytes, BYTES, "1MiB", 1024, GIB,
	    "of one judged message"),
	LIMIT(max_hits, COUNT, "1000", 1, 1000000, "of one message"),
	LIMIT(max_pattern_steps, COUNT, "500000", 100, 1000000000,
	    "of all patterns in one message; a million take about 5 ms"),
	LIMIT(max_classified_texts, COUNT, "64", 1, 100000,
	    "sentences of one message, all classifiers together; one more could "
	    "not be decided"),
	FIXED_LIMIT(max_audit_queue_bytes, BYTES, "16MiB", 64 * KIB, GIB,
	    "records not yet safe; more must wait"),
	FIXED_LIMIT(max_segment_bytes, BYTES, "64MiB", 64 * KIB, 2 * GIB,
	    "of one file of the audit log"),
	FIXED_LIMIT(max_store_jobs, COUNT, "8192", 16, 1000000,
	    "waiting for the store"),
	FIXED_LIMIT(max_store_bytes, BYTES, "64MiB", MIB, 16 * GIB,
	    "of texts waiting for the store"),
	LIMIT(max_conversations, COUNT, "100000", 100, 100000000,
	    "in memory. Locked ones and those in use always are, the others "
	    "make room; when there is none of these, new ones are refused, "
	    "which /readyz and the metrics say"),
	FIXED_LIMIT(max_turns, COUNT, "200", 1, 100000,
	    "of a transcript in memory"),
	FIXED_LIMIT(max_turn_bytes, BYTES, "256KiB", KIB, GIB,
	    "of a transcript in memory"),
	FIXED_LIMIT(max_idle_bytes, BYTES, "256MiB", MIB, 1024 * GIB,
	    "of all transcripts in memory that nobody uses; the store has "
	    "them"),
	FIXED_LIMIT(max_waiting, COUNT, "8", 1, 10000,
	    "messages waiting behind one of their conversation"),
	FIXED_LIMIT(lease_wait_ms, MS, "30s", 10, HOUR_MS, "they wait"),
	LIMIT(waiting_text_every_ms, MS, "5m", 0, 24 * HOUR_MS,
	    "between two waiting texts to a customer a person has"),
};
/* clang-format on */
const size_t table_n_keys = sizeof(table_keys) / sizeof(table_keys[0]);

const char *table_name(
    const struct table_key *key, const char *prefix, char out[64])
{
	size_t skip = strlen(prefix);
	const char *name = key->path;
	if (skip > 0) {
		if (strncmp(name, prefix, skip) != 0 || name[skip] != '.')
			return NULL;
		name += skip + 1;
	}
	size_t len = strcspn(name, ".[");
	if (strchr(name + len, '.') != NULL || name[0] == '<')
		return NULL;
	assert(len < 64);
	memcpy(out, name, len);
	out[len] = '\0';
	return out;
}

static void table_default(const struct table_key *key, struct buf *out)
{
	if (key->required)
		buf_adds(out, "required");
	else if (key->fallback != NULL)
		buf_adds(out, key->fallback);
	for (size_t i = 0; key->words != NULL && key->words[i] != NULL; i++)
		buf_printf(
		    out, "%s%s", i == 0 ? "; one of " : ", ", key->words[i]);
	if (key->max > 0 && key->kind == TABLE_COUNT)
		buf_printf(out, "; %llu to %llu", (unsigned long long)key->min,
		    (unsigned long long)key->max);
	if (key->fixed)
		buf_adds(out, "; restart");
}

void table_describe(struct buf *out)
{
	buf_adds(out,
	    "# Configuration\n\n"
	    "Every key of `handrail.yaml`, printed from the table the program "
	    "reads it with.\n\n"
	    "Relative paths are relative to the file. `${NAME}` reads the "
	    "environment (`$${` writes `${`).\nBytes may be written as 64KiB, "
	    "1MiB or 1GiB, times as 500ms, 10s, 5m or 1h; plain\nnumbers are "
	    "bytes and milliseconds. A key that is not listed here is an "
	    "error.\n\n"
	    "A reload (SIGHUP) puts a changed file in force, whole. Where the "
	    "default says `restart`,\nand under `listen` but for "
	    "certificates, a reload with another value is refused and\n"
	    "says which key it was: stop Handrail and start it.\n\n"
	    "| key | default | meaning |\n| --- | --- | --- |\n");
	for (size_t i = 0; i < table_n_keys; i++) {
		buf_printf(out, "| `%s` | ", table_keys[i].path);
		table_default(&table_keys[i], out);
		buf_printf(out, " | %s |\n", table_keys[i].help);
	}
}

void table_help(struct buf *out)
{
	for (size_t i = 0; i < table_n_keys; i++) {
		const struct table_key *key = &table_keys[i];
		buf_printf(out, "  %s\n      %s", key->path, key->help);
		struct buf value = {0};
		table_default(key, &value);
		if (value.len > 0)
			buf_printf(out, " [%s]", value.data);
		buf_clear(&value);
		buf_addc(out, '\n');
	}
}
