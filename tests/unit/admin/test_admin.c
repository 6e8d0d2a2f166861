/* admin: the three pages over a real socket, and what is refused. */
#include "proxy/admin/admin.h"

#include "proxy/admin/metrics.h"
#include "proxy/base/mem.h"

#include <arpa/inet.h>
#include <event2/event.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

struct server {
	struct event_base *base;
	struct metrics *metrics;
	struct admin *admin;
	pthread_t thread;
	atomic_bool stop;
};

static void *serve(void *arg)
{
	struct server *s = arg;
	while (!s->stop) {
		struct timeval tick = {0, 5000};
		event_base_loopexit(s->base, &tick);
		event_base_dispatch(s->base);
	}
	return NULL;
}

static atomic_bool policy_loaded;

static bool check_policy(void *arg, struct buf *why)
{
	if (!policy_loaded)
		buf_adds(why, "no policy has been loaded");
	return policy_loaded;
}

static atomic_bool noted;

static bool check_silent(void *arg, struct buf *why)
{
	return policy_loaded;
}

static bool note_something(void *arg, struct buf *note)
{
	if (noted)
		buf_adds(note, "all are with people");
	return true;
}

static int start(void **state)
{
	struct server *s = mem_zero(sizeof(*s));
	char why[256];
	s->base = event_base_new();
	s->metrics = metrics_new();
	struct admin_options o = {
	    .base = s->base, .metrics = s->metrics, .address = "localhost"};
	if (admin_open(&s->admin, &o, why, sizeof(why)) < 0)
		return -1;
	admin_on_ready(s->admin, "policy", check_policy, NULL);
	admin_on_ready(s->admin, "audit", check_silent, NULL);
	admin_on_ready(s->admin, "conversations", note_something, NULL);
	*state = s;
	return pthread_create(&s->thread, NULL, serve, s);
}

static int stop(void **state)
{
	struct server *s = *state;
	s->stop = true;
	pthread_join(s->thread, NULL);
	admin_close(s->admin);
	metrics_free(s->metrics);
	event_base_free(s->base);
	free(s);
	return 0;
}

/* Send bytes, read until the other side closes. */
static char *ask(struct server *s, const char *bytes)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
	    .sin_port = htons(admin_port(s->admin)),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct buf b = {0};
	ssize_t n;
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	assert_int_equal(
	    send(fd, bytes, strlen(bytes), MSG_NOSIGNAL), strlen(bytes));
	do {
		char *at = buf_reserve(&b, 4096);
		n = read(fd, at, 4096);
		if (n > 0)
			buf_commit(&b, (size_t)n);
	} while (n > 0);
	close(fd);
	return buf_steal(&b);
}

static void expect(
    struct server *s, const char *request, const char *status, const char *in)
{
	char *bytes = mem_printf("%s HTTP/1.1\r\nHost: x\r\n"
				 "Connection: close\r\n\r\n",
	    request);
	char *answer = ask(s, bytes);
	if (strncmp(answer + 9, status, 3) != 0 || strstr(answer, in) == NULL)
		fail_msg("%s: expected %s and \"%s\", got: %s", request, status,
		    in, answer);
	free(answer);
	free(bytes);
}

static void test_pages(void **state)
{
	struct server *s = *state;
	metrics_add(s->metrics, METRIC_MESSAGES, 1, "block", "web");
	expect(s, "GET /healthz", "200", "\r\n\r\nok\n");
	expect(s, "GET /metrics", "200",
	    "handrail_messages_total{verdict=\"block\",channel=\"web\"} 1\n");
	expect(s, "GET /metrics?x=1", "200", "version=0.0.4");
	expect(s, "GET /readyz", "503", "policy: no policy has been loaded\n");
	expect(s, "GET /readyz", "503", "\naudit: not ready\n");
	policy_loaded = true;
	expect(s, "GET /readyz", "200", "\r\n\r\nready\n");
	noted = true;
	expect(s, "GET /readyz", "200",
	    "\r\n\r\nready\nconversations: all are with people\n");
	policy_loaded = noted = false;
	expect(s, "HEAD /healthz", "200", "Content-Type: text/plain");
}

static void test_refused(void **state)
{
	struct server *s = *state;
	expect(s, "GET /", "404", "/metrics");
	expect(s, "GET /metrics/", "404", "");
	expect(s, "GET /../metrics", "404", "");
	expect(s, "DELETE /metrics", "405", "\r\nAllow: GET, HEAD\r\n");
	expect(s, "OPTIONS /none", "405", "Content-Type: text/plain");
	char *answer = ask(s,
	    "POST /metrics HTTP/1.1\r\nHost: x\r\n"
	    "Content-Length: 5\r\nConnection: close\r\n\r\n"
	    "hello");
	assert_int_equal(strncmp(answer + 9, "405", 3), 0);
	assert_non_null(strstr(answer, "only GET and HEAD"));
	free(answer);
	struct buf big = {0};
	buf_adds(&big, "GET /metrics HTTP/1.1\r\nX: ");
	while (big.len < 20000)
		buf_addc(&big, 'x');
	buf_adds(&big, "\r\nConnection: close\r\n\r\n");
	answer = ask(s, big.data);
	assert_null(strstr(answer, " 200 "));
	free(answer);
	buf_clear(&big);
	/* And it is still there. */
	expect(s, "GET /healthz", "200", "ok");
}

static void test_addresses(void **state)
{
	static const char *const bad[] = {"0.0.0.0", "::", "192.0.2.1", "*",
	    "localhost.example.com", "", "128.0.0.1", "::ffff:192.0.2.1"};
	struct event_base *base = event_base_new();
	struct metrics *metrics = metrics_new();
	struct admin *admin;
	char why[256];
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct admin_options o = {base, metrics, bad[i], 0};
		if (admin_open(&admin, &o, why, sizeof(why)) == 0)
			fail_msg("listens on %s", bad[i]);
		assert_null(admin);
		assert_non_null(strstr(why, "127.0.0.1"));
	}
	struct admin_options o = {base, metrics, "127.0.0.1", 0};
	assert_int_equal(admin_open(&admin, &o, why, sizeof(why)), 0);
	struct admin *second;
	o.port = admin_port(admin);
	assert_true(o.port > 0);
	assert_int_equal(admin_open(&second, &o, why, sizeof(why)), -1);
	assert_non_null(strstr(why, "cannot listen on 127.0.0.1:"));
	admin_close(admin);
	admin_close(NULL);
	metrics_free(metrics);
	event_base_free(base);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_pages, start, stop),
	    cmocka_unit_test_setup_teardown(test_refused, start, stop),
	    cmocka_unit_test(test_addresses),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
