/*
 * verb_topic - `handrail topic train PACK`: learn the topics of a pack from
 * their sentences, say how well that went, write the models beside the pack.
 */
#include "proxy/base/file.h"
#include "proxy/base/mem.h"
#include "proxy/cli/author.h"
#include "proxy/cli/verbs.h"
#include "proxy/topic/train.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_PACK_BYTES ((size_t)16 << 20)
#define DEFAULT_FALSE_ALARMS 20u /* of 1000 */
#define MOST_FALSE_ALARMS 500u
#define SHOWN 10u /* sentences of each kind it was wrong about */

static const char usage[] =
    "usage: handrail topic train PACK.yaml [OPTION ...]\n"
    "  PACK.yaml           the pack whose topics say learned: FILE\n"
    "  --topic NAME        this topic alone [all of them]\n"
    "  --false-alarms P    percent of the unlike: sentences it may find [2]\n"
    "  --format text|json  how to report [text]\n"
    "Learns each topic from its sentences under like: and unlike:, ten of each "
    "at\nleast, and writes FILE beside the pack. Says how many it would have "
    "found had\nit not seen them.\n";

struct topic_verb {
	const char *pack, *topic, *alarms, *format;
	unsigned false_alarms; /* of 1000 */
	bool json;
	struct findings findings;
	struct buf bytes, out;
	struct json_out doc;
	struct guard_topics *topics;
};

/* ---- text ---- */

struct range {
	double from, to; /* percent */
};

/* Where the share of all there are lies, 95 of 100 times (Wilson). */
static struct range likely(uint32_t k, uint32_t n)
{
	double z = 1.96, p = (double)k / n, zz = z * z / n;
	double mid = p + zz / 2;
	double wide = z * sqrt(p * (1 - p) / n + zz / n / 4);
	return (struct range){fmax(0, 100 * (mid - wide) / (1 + zz)),
	    fmin(100, 100 * (mid + wide) / (1 + zz))};
}

static void show_share(const char *what, uint32_t k, uint32_t n)
{
	struct range r = likely(k, n);
	printf("  %-8s%u of %u found: %.1f %%, likely %.0f to %.0f %%\n", what,
	    k, n, 100.0 * k / n, r.from, r.to);
}

static bool is_wrong(const struct guard_topic *t, const struct train_result *r,
    size_t i, bool like)
{
	return t->items[i].like == like &&
	    (r->held_out[i] > r->model.threshold) != like;
}

static void show_wrong(const struct guard_topic *t,
    const struct train_result *r, bool like, const char *title)
{
	size_t n = 0;
	for (size_t i = 0; i < t->n; i++) {
		const struct guard_topic_sentence *s = &t->items[i];
		if (!is_wrong(t, r, i, like))
			continue;
		if (!n++)
			printf("  %s\n", title);
		if (n <= SHOWN)
			printf("    %s:%u:%u %.*s\n", t->written, s->line,
			    s->col, (int)s->len, s->text);
	}
	if (n > SHOWN)
		printf("    and %zu more\n", n - SHOWN);
}

static void show(const struct guard_topic *t, const struct train_result *r)
{
	const struct guard_topic_model *m = &r->model;
	uint32_t found = m->like_found + m->unlike_found;
	printf("%s:%u: topic \"%s\", judged by models that had not seen the "
	       "sentence:\n",
	    t->written, t->line, t->name);
	show_share("like", m->like_found, m->like);
	show_share("unlike", m->unlike_found, m->unlike);
	if (found)
		printf("  %u of the %u that were found are on the topic: %.1f "
		       "%% of this mixture,\n  less where the topic is rare\n",
		    m->like_found, found, 100.0 * m->like_found / found);
	if (r->lowered)
		printf("  More is found by mistake than --false-alarms allows: "
		       "the sentence in line %u\n  would itself be missed "
		       "otherwise. Without it, or with more like it, there is "
		       "less.\n",
		    t->items[r->worst_like].line);
	show_wrong(t, r, true, "on the topic, and missed:");
	show_wrong(t, r, false, "found by mistake:");
	puts("  The threshold was chosen on these sentences: expect a little "
	     "less of others.\n  It knows pieces of words, and no meaning: try "
	     "it in shadow first.");
	printf("  wrote %s\n", t->file);
}

static void show_not_apart(struct topic_verb *v, const struct guard_topic *t,
    const struct train_result *r)
{
	const struct guard_topic_sentence *like = &t->items[r->worst_like];
	const struct guard_topic_sentence *unlike = &t->items[r->worst_unlike];
	char *message = mem_printf(
	    "the topic \"%s\" cannot be learned: this sentence, under like:, "
	    "looks no more like it than that in line %u, under unlike:",
	    t->name, unlike->line);
	findings_diag(&(struct diag){.level = DIAG_ERROR,
			  .code = "P102",
			  .file = t->written,
			  .line = like->line,
			  .col = like->col,
			  .width = 1,
			  .message = message,
			  .hint = "word one of them otherwise, or take it out"},
	    &v->findings);
	free(message);
}

/* ---- json ---- */

static void write_wrong(struct topic_verb *v, const struct guard_topic *t,
    const struct train_result *r, bool like)
{
	json_out_array(&v->doc);
	for (size_t i = 0; i < t->n; i++)
		if (is_wrong(t, r, i, like))
			json_out_int(&v->doc, t->items[i].line);
	json_out_end(&v->doc);
}

static void write_topic(struct topic_verb *v, const struct guard_topic *t,
    const struct train_result *r)
{
	struct json_out *j = &v->doc;
	json_out_object(j);
	json_out_key(j, "file");
	json_out_str(j, t->file);
	json_out_key(j, "like");
	json_out_int(j, r->model.like);
	json_out_key(j, "like_found");
	json_out_int(j, r->model.like_found);
	json_out_key(j, "lines_found_by_mistake");
	write_wrong(v, t, r, false);
	json_out_key(j, "lines_missed");
	write_wrong(v, t, r, true);
	json_out_key(j, "lowered");
	json_out_bool(j, r->lowered);
	json_out_key(j, "threshold");
	json_out_int(j, r->model.threshold);
	json_out_key(j, "topic");
	json_out_str(j, t->name);
	json_out_key(j, "unlike");
	json_out_int(j, r->model.unlike);
	json_out_key(j, "unlike_found");
	json_out_int(j, r->model.unlike_found);
	json_out_end(j);
}

/* ---- training ---- */

static int write_model(
    const struct guard_topic *t, const struct train_result *r)
{
	size_t len;
	char *bytes = guard_topic_write(&r->model, &len);
	if (!bytes)
		mem_exhausted();
	int err = file_write_atomic(t->file, bytes, len, 0644);
	free(bytes);
	if (err)
		fprintf(stderr, "handrail topic: %s: cannot be written: %s\n",
		    t->file, strerror(-err));
	return err ? EXIT_BROKEN : EXIT_GOOD;
}

static int train_one(struct topic_verb *v, const struct guard_topic *t)
{
	struct train_result r;
	train_topic(t, v->false_alarms, &r);
	int code = r.apart ? write_model(t, &r) : EXIT_FINDINGS;
	if (!r.apart)
		show_not_apart(v, t, &r);
	else if (code == EXIT_GOOD && v->json)
		write_topic(v, t, &r);
	else if (code == EXIT_GOOD)
		show(t, &r);
	train_clear(&r);
	return code;
}

static int train_all(struct topic_verb *v)
{
	size_t n = guard_topics_count(v->topics), trained = 0;
	int code = EXIT_GOOD;
	if (v->json)
		json_out_array(&v->doc);
	for (size_t i = 0; i < n; i++) {
		const struct guard_topic *t = guard_topics_at(v->topics, i);
		if (v->topic && strcmp(v->topic, t->name) != 0)
			continue;
		int one = train_one(v, t);
		code = one > code ? one : code;
		trained++;
	}
	if (v->json) {
		json_out_end(&v->doc);
		buf_addc(&v->out, '\n');
		fwrite(v->out.data, 1, v->out.len, stdout);
	}
	if (trained)
		return code;
	fprintf(stderr,
	    "handrail topic: %s has no learned topic \"%s\"; it has:", v->pack,
	    v->topic);
	for (size_t i = 0; i < n; i++)
		fprintf(stderr, " \"%s\"", guard_topics_at(v->topics, i)->name);
	fputc('\n', stderr);
	return EXIT_USAGE;
}

static int run(struct topic_verb *v)
{
	int err = file_read(v->pack, &v->bytes, MAX_PACK_BYTES);
	if (err) {
		fprintf(stderr, "handrail topic: %s: cannot be read: %s\n",
		    v->pack, strerror(-err));
		return EXIT_USAGE;
	}
	const struct guard_file file = {
	    v->pack, v->bytes.data ? v->bytes.data : "", v->bytes.len};
	const struct guard_source source = {.own = &file, .n_own = 1};
	findings_init(&v->findings, stderr);
	enum guard_err load = guard_topics_load(
	    &v->topics, &source, v->pack, findings_diag, &v->findings);
	int code = load == GUARD_OK    ? train_all(v)
	    : load == GUARD_ERR_POLICY ? EXIT_FINDINGS
				       : EXIT_BROKEN;
	findings_clear(&v->findings);
	return code;
}

/* ---- arguments ---- */

/* "2", "0.5%": of 1000. */
static bool parse_alarms(const char *s, unsigned *out)
{
	size_t digits = strspn(s, "0123456789.");
	char *end;
	double percent = strtod(s, &end);
	if (!digits || end != s + digits || (*end && strcmp(end, "%") != 0) ||
	    percent * 10 > MOST_FALSE_ALARMS)
		return false;
	*out = (unsigned)lround(percent * 10);
	return true;
}

static int wrong(const char *what)
{
	fprintf(stderr, "handrail topic: %s\n%s", what, usage);
	return EXIT_USAGE;
}

static int check_options(struct topic_verb *v, size_t n_rest)
{
	if (!n_rest)
		return wrong("which pack?");
	v->false_alarms = DEFAULT_FALSE_ALARMS;
	if (v->alarms && !parse_alarms(v->alarms, &v->false_alarms))
		return wrong("--false-alarms takes a percentage from 0 to 50");
	v->json = v->format && strcmp(v->format, "json") == 0;
	if (v->format && !v->json && strcmp(v->format, "text") != 0)
		return wrong("--format takes text or json");
	return EXIT_GOOD;
}

int verb_topic(int argc, char **argv)
{
	struct topic_verb v = {0};
	const struct author_option options[] = {
	    {"--topic", &v.topic, NULL},
	    {"--false-alarms", &v.alarms, NULL},
	    {"--format", &v.format, NULL},
	    {NULL, NULL, NULL},
	};
	struct author_args args = {
	    .verb = "topic",
	    .usage = usage,
	    .options = options,
	    .rest = &v.pack,
	    .max_rest = 1,
	};
	bool train = argc > 1 && strcmp(argv[1], "train") == 0;
	bool help = argc > 1 &&
	    (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0);
	if (!train && !help)
		return wrong("it is handrail topic train");
	int rc = author_parse(&args, argc - train, argv + train);
	if (rc)
		return rc < 0 ? EXIT_USAGE : EXIT_GOOD;
	rc = check_options(&v, args.n_rest);
	json_out_init(&v.doc, &v.out);
	if (rc == EXIT_GOOD)
		rc = run(&v);
	guard_topics_free(v.topics);
	buf_clear(&v.bytes);
	buf_clear(&v.out);
	return rc;
}
