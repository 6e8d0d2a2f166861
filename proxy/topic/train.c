/* train - see train.h. */
#include "proxy/topic/train.h"

#include "proxy/base/mem.h"

#include <assert.h>
#include <linear.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* How hard to fit, and when to stop. Tried on public sentences of 18 kinds:
 * from 10 to 100 it is all the same, below that a model misses its own
 * sentences. */
#define COST 30.0
#define PRECISION 0.001

struct sentence {
	const struct guard_topic_sentence *from;
	size_t index;               /* in the topic */
	uint64_t hash;              /* of its pieces: an order of no meaning */
	unsigned round;             /* in which it is not learned from */
	struct feature_node *nodes; /* as liblinear wants them */
};

struct training {
	struct sentence *all; /* like first, then by hash */
	size_t n, n_like;
};

/* ---- sentences as vectors ---- */

static int by_bucket(const void *a, const void *b)
{
	const uint16_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

/* How often each piece is there, scaled as guard_topic_score does. */
static struct feature_node *nodes_of(const struct guard_topic_sentence *s)
{
	uint16_t *sorted = mem_array(s->n_pieces, sizeof(*sorted));
	struct feature_node *nodes = mem_array(s->n_pieces + 1, sizeof(*nodes));
	double root = sqrt((double)s->n_pieces + GUARD_TOPIC_REST);
	size_t n = 0;
	memcpy(sorted, s->pieces, s->n_pieces * sizeof(*sorted));
	qsort(sorted, s->n_pieces, sizeof(*sorted), by_bucket);
	for (size_t i = 0; i < s->n_pieces; i++) {
		if (!n || nodes[n - 1].index != sorted[i] + 1)
			nodes[n++].index = sorted[i] + 1;
		nodes[n - 1].value += 1 / root;
	}
	nodes[n].index = -1;
	free(sorted);
	return nodes;
}

static uint64_t hash_of(const struct guard_topic_sentence *s)
{
	uint64_t h = 14695981039346656037u;
	for (size_t i = 0; i < s->n_pieces; i++)
		h = (h ^ s->pieces[i]) * 1099511628211u;
	return h ^ h >> 29;
}

/* Two sentences of the same pieces teach the same, whichever comes first. */
static int by_hash(const void *a, const void *b)
{
	const struct sentence *x = a, *y = b;
	if (x->from->like != y->from->like)
		return x->from->like ? -1 : 1;
	return (x->hash > y->hash) - (x->hash < y->hash);
}

static void training_init(struct training *t, const struct guard_topic *topic)
{
	*t = (struct training){
	    .all = mem_array(topic->n, sizeof(*t->all)), .n = topic->n};
	for (size_t i = 0; i < t->n; i++) {
		const struct guard_topic_sentence *s = &topic->items[i];
		t->all[i] = (struct sentence){.from = s,
		    .index = i,
		    .hash = hash_of(s),
		    .nodes = nodes_of(s)};
		t->n_like += s->like;
	}
	qsort(t->all, t->n, sizeof(*t->all), by_hash);
	for (size_t i = 0; i < t->n; i++)
		t->all[i].round =
		    (unsigned)((i < t->n_like ? i : i - t->n_like) %
			TRAIN_ROUNDS);
}

static void training_clear(struct training *t)
{
	for (size_t i = 0; i < t->n; i++)
		free(t->all[i].nodes);
	free(t->all);
}

/* ---- one model ---- */

struct learned_from {
	struct feature_node **x;
	double *y; /* 1 like, -1 unlike */
	size_t n, n_like;
};

static void say_nothing(const char *s)
{
	(void)s;
}

static int16_t whole(double weight)
{
	double w = round(weight * 1000);
	if (w > GUARD_TOPIC_WEIGHT)
		return GUARD_TOPIC_WEIGHT;
	if (w < -GUARD_TOPIC_WEIGHT)
		return -GUARD_TOPIC_WEIGHT;
	return (int16_t)w;
}

/* How much more a piece is at home on one side than on the other: the log of
 * the ratio, whichever side. Learning leans on such pieces first, which few
 * sentences can use well (naive Bayes features, Wang and Manning 2012). It is
 * part of the weights afterwards. */
static double *ratios_of(const struct learned_from *from)
{
	double *ratios = mem_array(GUARD_TOPIC_BUCKETS, sizeof(*ratios));
	uint32_t *like = mem_array(GUARD_TOPIC_BUCKETS, sizeof(*like));
	uint32_t *unlike = mem_array(GUARD_TOPIC_BUCKETS, sizeof(*unlike));
	double n_like = 0, n_unlike = 0;
	for (size_t i = 0; i < from->n; i++)
		for (const struct feature_node *f = from->x[i]; f->index > 0;
		     f++)
			(from->y[i] > 0 ? like : unlike)[f->index - 1]++;
	for (size_t i = 0; i < GUARD_TOPIC_BUCKETS; i++) {
		bool seen = like[i] + unlike[i] > 0;
		n_like += like[i] + seen; /* one more of each, so that none */
		n_unlike += unlike[i] + seen; /* is zero */
	}
	for (size_t i = 0; i < GUARD_TOPIC_BUCKETS; i++)
		ratios[i] = fabs(
		    log((like[i] + 1) / n_like / ((unlike[i] + 1) / n_unlike)));
	free(like);
	free(unlike);
	return ratios;
}

static struct feature_node *scaled(
    const struct feature_node *nodes, const double *ratios)
{
	size_t n = 0;
	while (nodes[n].index > 0)
		n++;
	struct feature_node *copy = mem_array(n + 1, sizeof(*copy));
	for (size_t i = 0; i < n; i++)
		copy[i] = (struct feature_node){nodes[i].index,
		    nodes[i].value * ratios[nodes[i].index - 1]};
	copy[n].index = -1;
	return copy;
}

static void solve(const struct learned_from *from, const double *ratios,
    struct guard_topic_model *out)
{
	/* Both kinds weigh the same, however many there are of each. No bias:
	 * a sentence of words nobody has seen is at zero, off the topic. */
	int labels[] = {1, -1};
	double half = (double)from->n / 2;
	double weights[] = {half / (double)from->n_like,
	    half / (double)(from->n - from->n_like)};
	const struct problem problem = {.l = (int)from->n,
	    .n = GUARD_TOPIC_BUCKETS,
	    .y = from->y,
	    .x = from->x,
	    .bias = -1};
	const struct parameter parameter = {.solver_type = L2R_LR,
	    .eps = PRECISION,
	    .C = COST,
	    .nr_weight = 2,
	    .weight_label = labels,
	    .weight = weights};
	assert(!check_parameter(&problem, &parameter));
	set_print_string_function(say_nothing);
	struct model *m = train(&problem, &parameter);
	assert(m && m->nr_class == 2 && m->nr_feature == GUARD_TOPIC_BUCKETS);
	int sign = m->label[0] == 1 ? 1 : -1;
	for (size_t i = 0; i < GUARD_TOPIC_BUCKETS; i++)
		out->weights[i] = whole(sign * m->w[i] * ratios[i]);
	free_and_destroy_model(&m);
}

/* Of all sentences but those of a round; TRAIN_ROUNDS: of all. */
static void fit(
    const struct training *t, unsigned without, struct guard_topic_model *out)
{
	struct learned_from from = {mem_array(t->n, sizeof(*from.x)),
	    mem_array(t->n, sizeof(*from.y)), 0, 0};
	for (size_t i = 0; i < t->n; i++) {
		const struct sentence *s = &t->all[i];
		if (s->round == without)
			continue;
		from.x[from.n] = s->nodes;
		from.y[from.n++] = s->from->like ? 1 : -1;
		from.n_like += s->from->like;
	}
	double *ratios = ratios_of(&from);
	for (size_t i = 0; i < from.n; i++)
		from.x[i] = scaled(from.x[i], ratios);
	solve(&from, ratios, out);
	for (size_t i = 0; i < from.n; i++)
		free(from.x[i]);
	free(ratios);
	free(from.x);
	free(from.y);
}

static int64_t score(
    const struct guard_topic_model *m, const struct sentence *s)
{
	return guard_topic_score(m, s->from->pieces, s->from->n_pieces);
}

/* ---- the threshold ---- */

static int by_score(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;
	return (*x < *y) - (*x > *y); /* the highest first */
}

/* The lowest at which so many of the unlike sentences are found at most. */
static int64_t choose_threshold(
    const struct training *t, const int64_t *held_out, unsigned false_alarms)
{
	size_t n = t->n - t->n_like, allowed = n * false_alarms / 1000;
	int64_t *scores = mem_array(n, sizeof(*scores));
	for (size_t i = 0; i < n; i++)
		scores[i] = held_out[t->all[t->n_like + i].index];
	qsort(scores, n, sizeof(*scores), by_score);
	int64_t threshold = allowed < n ? scores[allowed] : 0;
	free(scores);
	return threshold > 0 ? threshold : 0;
}

/* Its own examples are the policy's tests: it has to be right about them. */
static void keep_apart(const struct training *t, struct train_result *out)
{
	int64_t low = INT64_MAX, high = INT64_MIN;
	for (size_t i = 0; i < t->n; i++) {
		const struct sentence *s = &t->all[i];
		int64_t is = score(&out->model, s);
		if (s->from->like && is < low) {
			low = is;
			out->worst_like = s->index;
		} else if (!s->from->like && is > high) {
			high = is;
			out->worst_unlike = s->index;
		}
	}
	out->apart = low > high && low > 0;
	if (!out->apart)
		return;
	out->lowered = out->model.threshold >= low;
	if (out->lowered)
		out->model.threshold = (int32_t)(low - 1);
	if (out->model.threshold < high)
		out->model.threshold = (int32_t)high;
}

static void count(const struct training *t, struct train_result *out)
{
	struct guard_topic_model *m = &out->model;
	m->like = (uint32_t)t->n_like;
	m->unlike = (uint32_t)(t->n - t->n_like);
	for (size_t i = 0; i < t->n; i++) {
		const struct sentence *s = &t->all[i];
		bool found = out->held_out[s->index] > m->threshold;
		m->like_found += found && s->from->like;
		m->unlike_found += found && !s->from->like;
	}
}

void train_topic(const struct guard_topic *topic, unsigned false_alarms,
    struct train_result *out)
{
	struct training t;
	*out = (struct train_result){
	    .model = {.topic = topic->name, .sentences = topic->sentences},
	    .held_out = mem_array(topic->n, sizeof(*out->held_out))};
	training_init(&t, topic);
	for (unsigned round = 0; round < TRAIN_ROUNDS; round++) {
		fit(&t, round, &out->model);
		for (size_t i = 0; i < t.n; i++)
			if (t.all[i].round == round)
				out->held_out[t.all[i].index] =
				    score(&out->model, &t.all[i]);
	}
	out->model.threshold =
	    (int32_t)choose_threshold(&t, out->held_out, false_alarms);
	fit(&t, TRAIN_ROUNDS, &out->model);
	keep_apart(&t, out);
	count(&t, out);
	training_clear(&t);
}

void train_clear(struct train_result *r)
{
	free(r->held_out);
	r->held_out = NULL;
}
