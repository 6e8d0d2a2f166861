/*
 * deliver - see deliver.h.
 *
 * A webhook is sent only where the status is in the destination's range: no
 * redirect is followed, the answer's body is thrown away. A file's line is
 * sent once fsync has said so; a line cut short by a full disk is taken back,
 * one cut short by a crash is ended before the next.
 */
#include "proxy/handoff/deliver.h"

#include "proxy/base/clock.h"
#include "proxy/base/file.h"
#include "proxy/base/mem.h"

#include <assert.h>
#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define POLL_MS 1000
#define MAX_RETRY_AFTER_S 86400

struct deliver {
	CURLM *multi;
};

struct transfer {
	CURL *easy;
	struct curl_slist *headers;
	struct deliver_try *try;
	char error[CURL_ERROR_SIZE];
};

static pthread_once_t curl_once = PTHREAD_ONCE_INIT;

static void curl_start(void)
{
	curl_global_init(CURL_GLOBAL_DEFAULT);
}

struct deliver *deliver_new(void)
{
	struct deliver *d = mem_zero(sizeof(*d));

	pthread_once(&curl_once, curl_start);
	d->multi = curl_multi_init();
	assert(d->multi);
	return d;
}

void deliver_free(struct deliver *d)
{
	if (!d)
		return;
	curl_multi_cleanup(d->multi);
	free(d);
}

void deliver_wake(struct deliver *d)
{
	curl_multi_wakeup(d->multi);
}

/* ---- webhooks ---- */

static size_t throw_away(char *data, size_t size, size_t n, void *arg)
{
	return size * n;
}

static struct curl_slist *header(
    struct curl_slist *list, const char *name, const char *value)
{
	char *line = mem_printf("%s: %s", name, value);
	struct curl_slist *longer = curl_slist_append(list, line);

	assert(longer);
	free(line);
	return longer;
}

static void sign(struct transfer *t)
{
	char signature[OUTBOX_SIGNATURE_SIZE];
	const struct deliver_try *try = t->try;

	outbox_sign(try->to->secret, clock_now_us() / CLOCK_SECOND_US,
	    try->body, try->len, signature);
	t->headers = header(t->headers, "X-Handrail-Signature", signature);
}

static void transfer_start(
    struct deliver *d, struct transfer *t, struct deliver_try *try)
{
	const struct outbox_destination *to = try->to;
	CURL *easy = curl_easy_init();

	assert(easy);
	*t = (struct transfer){.easy = easy, .try = try};
	t->headers = header(t->headers, "Content-Type", "application/json");
	t->headers = header(t->headers, "Idempotency-Key", try->key);
	t->headers = header(t->headers, "X-Handrail-Event", try->event);
	t->headers = curl_slist_append(t->headers, "Expect:");
	if (to->secret)
		sign(t);
	curl_easy_setopt(easy, CURLOPT_URL, to->url);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_POST, 1L);
	curl_easy_setopt(easy, CURLOPT_POSTFIELDS, try->body);
	curl_easy_setopt(
	    easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)try->len);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, t->headers);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)to->timeout_ms);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "handrail");
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, throw_away);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, t->error);
	curl_easy_setopt(easy, CURLOPT_PRIVATE, t);
	if (to->ca)
		curl_easy_setopt(easy, CURLOPT_CAINFO, to->ca);
	curl_multi_add_handle(d->multi, easy);
}

static void transfer_clear(struct deliver *d, struct transfer *t)
{
	if (!t->easy)
		return;
	curl_multi_remove_handle(d->multi, t->easy);
	curl_easy_cleanup(t->easy);
	curl_slist_free_all(t->headers);
	t->easy = NULL;
}

static void transfer_judge(struct transfer *t, CURLcode code)
{
	const struct outbox_destination *to = t->try->to;
	long status = 0;
	curl_off_t after = 0;

	curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(t->easy, CURLINFO_RETRY_AFTER, &after);
	if (after > 0)
		t->try->retry_after_s =
		    after < MAX_RETRY_AFTER_S ? after : MAX_RETRY_AFTER_S;
	if (code != CURLE_OK) {
		snprintf(t->try->error, sizeof(t->try->error), "%s%s%s",
		    curl_easy_strerror(code), t->error[0] ? ": " : "",
		    t->error);
		return;
	}
	t->try->sent =
	    status >= (long)to->success_from && status <= (long)to->success_to;
	if (!t->try->sent)
		snprintf(t->try->error, sizeof(t->try->error), "answered %ld",
		    status);
}

/* Hand over every transfer that has ended; how many there were. */
static size_t collect(struct deliver *d, const struct deliver_group *group)
{
	CURLMsg *msg;
	int left;
	size_t n = 0;

	while ((msg = curl_multi_info_read(d->multi, &left))) {
		struct transfer *t = NULL;
		CURLcode code = msg->data.result;

		curl_easy_getinfo(
		    msg->easy_handle, CURLINFO_PRIVATE, (char **)&t);
		transfer_judge(t, code);
		transfer_clear(d, t);
		group->done(group->arg, t->try);
		n++;
	}
	return n;
}

static void run_webhooks(struct deliver *d, const struct deliver_group *group,
    struct transfer *transfers, size_t n)
{
	size_t left = n;

	while (left > 0 && !atomic_load(group->stop)) {
		int running;
		CURLMcode code = curl_multi_perform(d->multi, &running);

		assert(code == CURLM_OK);
		left -= collect(d, group);
		if (left > 0)
			curl_multi_poll(d->multi, NULL, 0, POLL_MS, NULL);
	}
	for (size_t i = 0; i < n; i++)
		transfer_clear(d, &transfers[i]);
}

/* ---- files ---- */

static int append(int fd, const struct deliver_try *try)
{
	off_t end = lseek(fd, 0, SEEK_END);
	char last = '\n';
	struct buf line = {0};

	if (end < 0 || (end > 0 && pread(fd, &last, 1, end - 1) != 1))
		return -errno;
	if (last != '\n')
		buf_addc(&line, '\n');
	buf_add(&line, try->body, try->len);
	buf_addc(&line, '\n');
	int err = file_write_all(fd, line.data, line.len);
	if (!err && fsync(fd) != 0)
		err = -errno;
	if (err && ftruncate(fd, end) != 0)
		err = -errno; /* the next line ends what is left of it */
	buf_clear(&line);
	return err;
}

/* Two destinations may be the same file. */
static pthread_mutex_t file_lock = PTHREAD_MUTEX_INITIALIZER;

static void run_file(struct deliver_try *try)
{
	pthread_mutex_lock(&file_lock);
	int fd = open(try->to->path,
	    O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
	int err = fd < 0 ? -errno : append(fd, try);

	if (fd >= 0)
		close(fd);
	pthread_mutex_unlock(&file_lock);
	try->sent = err == 0;
	if (err)
		snprintf(try->error, sizeof(try->error), "%s: %s",
		    try->to->path, strerror(-err));
}

void deliver_run(struct deliver *d, const struct deliver_group *group)
{
	struct transfer transfers[DELIVER_MAX];
	size_t n = 0;

	assert(group->n <= DELIVER_MAX);
	for (size_t i = 0; i < group->n && !atomic_load(group->stop); i++) {
		struct deliver_try *try = &group->tries[i];

		switch (try->to->kind) {
		case OUTBOX_WEBHOOK:
			transfer_start(d, &transfers[n++], try);
			break;
		case OUTBOX_FILE:
			run_file(try);
			group->done(group->arg, try);
			break;
		}
	}
	run_webhooks(d, group, transfers, n);
}
