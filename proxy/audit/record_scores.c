/* record_scores - see record_scores.h. */
#include "proxy/audit/record_scores.h"

#include "proxy/audit/record_fields.h"

#include <stdlib.h>
#include <string.h>

#define MAX_LABELS 64u
#define MAX_LABEL_BYTES 60u

struct label {
	char name[MAX_LABEL_BYTES + 1]; /* in plain letters: a key */
	uint32_t score;
};

static int by_name(const void *a, const void *b)
{
	const struct label *x = a, *y = b;
	int order = strcmp(x->name, y->name);
	return order ? order : (x->score < y->score) - (x->score > y->score);
}

static void set_name(struct label *to, const char *from)
{
	size_t n = 0;
	for (; from && n < MAX_LABEL_BYTES && from[n]; n++) {
		unsigned char c = (unsigned char)from[n];
		bool plain = c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
		to->name[n] = plain ? (char)c : '_';
	}
	to->name[n] = '\0';
}

/* {"insult":930000}, in millionths; "" where the service has no labels. */
static void put_labels(struct record_writer *w, const struct record_score *s)
{
	struct label labels[MAX_LABELS];
	size_t n = s->n < MAX_LABELS ? s->n : MAX_LABELS;
	w->shortened = w->shortened || n < s->n;
	for (size_t i = 0; i < n; i++) {
		set_name(&labels[i], s->scores[i].label);
		labels[i].score = s->scores[i].score;
	}
	qsort(labels, n, sizeof(labels[0]), by_name);
	json_out_key(&w->json, "scores");
	json_out_object(&w->json);
	for (size_t i = 0; i < n; i++) {
		if (i && strcmp(labels[i].name, labels[i - 1].name) == 0)
			continue;
		json_out_key(&w->json, labels[i].name);
		json_out_int(&w->json, labels[i].score);
	}
	json_out_end(&w->json);
}

static void put_score(struct record_writer *w, const struct record_score *s)
{
	json_out_object(&w->json);
	record_put_text(w, "classifier", s->classifier);
	record_put_text(w, "config", s->config);
	json_out_key(&w->json, "end");
	json_out_int(&w->json, (int64_t)s->end);
	record_put_text(w, "failed", s->failed);
	if (!s->failed)
		put_labels(w, s);
	json_out_key(&w->json, "start");
	json_out_int(&w->json, (int64_t)s->start);
	record_put_text(w, "version", s->version);
	json_out_end(&w->json);
}

void record_put_scores(struct record_writer *w, const struct record *r)
{
	size_t n = r->n_scores;
	if (n == 0)
		return;
	if (n > w->limits.scores) {
		n = w->limits.scores;
		w->shortened = true;
	}
	json_out_key(&w->json, "scores");
	json_out_array(&w->json);
	for (size_t i = 0; i < n; i++)
		put_score(w, &r->scores[i]);
	json_out_end(&w->json);
}
