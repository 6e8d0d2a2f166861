/*
 * kit - what the tests of the audit log share: a folder, lines, answers.
 */
#ifndef HANDRAIL_TESTS_UNIT_AUDIT_KIT_H
#define HANDRAIL_TESTS_UNIT_AUDIT_KIT_H

#include "proxy/audit/audit.h"
#include "proxy/audit/scan.h"
#include "proxy/audit/segment.h"
#include "proxy/base/file.h"
#include "proxy/base/mem.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const struct record_maker kit_maker = {.node = "px-1", .key = {1}};

static inline int kit_setup(void **state)
{
	char *dir = mem_strdup("/tmp/handrail-audit-XXXXXX");
	*state = dir;
	return mkdtemp(dir) == NULL ? -1 : 0;
}

static inline int kit_teardown(void **state)
{
	char *command = mem_printf("rm -rf '%s'", (char *)*state);
	int err = system(command);
	free(command);
	free(*state);
	return err;
}

static inline struct audit *kit_open_with(const struct audit_options *o)
{
	struct audit *a = NULL;
	char why[512] = "";
	if (audit_open(&a, o, why, sizeof(why)) < 0)
		fail_msg("%s", why);
	return a;
}

static inline struct audit *kit_open(const char *dir)
{
	struct audit_options o = {.directory = dir, .maker = &kit_maker};
	return kit_open_with(&o);
}

/* A line of that type about stream (may be NULL) with detail as reason. */
static inline void kit_line(struct buf *out, enum record_type type,
    const char *stream, const char *reason)
{
	struct record r = {.type = type,
	    .time_us = 1793714539907551,
	    .family = "web",
	    .conversation = "c-1",
	    .conv_seq = 3,
	    .stream = stream,
	    .released = -1,
	    .reason = reason};
	buf_reset(out);
	record_line(&kit_maker, &r, out);
}

static inline enum audit_result kit_put(struct audit *a, enum record_type type,
    const char *stream, enum audit_need need)
{
	struct buf line = {0};
	kit_line(&line, type, stream, NULL);
	enum audit_result result =
	    audit_submit_wait(a, line.data, line.len, need);
	buf_clear(&line);
	return result;
}

/* All lines of the log, segment after segment. */
static inline void kit_read(const char *dir, struct buf *out)
{
	char **names, *root = file_join(dir, kit_maker.node);
	size_t n;
	assert_int_equal(segment_names(root, &names, &n), 0);
	buf_reset(out);
	buf_adds(out, "");
	for (size_t i = 0; i < n; i++) {
		char *path = file_join(root, names[i]);
		assert_int_equal(file_read(path, out, (size_t)1 << 30), 0);
		free(path);
	}
	segment_names_free(names, n);
	free(root);
}

/* Check that the numbers are 1, 2, 3 ... and every line whole: how many. */
static inline uint64_t kit_check(const struct buf *log)
{
	uint64_t seq = 0;
	for (const char *at = log->data; at < log->data + log->len;) {
		const char *stop = strchr(at, '\n');
		if (stop == NULL)
			fail_msg("torn: %s", at);
		size_t n = (size_t)(stop - at);
		if (!scan_is_whole(at, n))
			fail_msg("not whole: %.*s", (int)n, at);
		assert_int_equal(scan_number(at, n, "seq"), ++seq);
		at = stop + 1;
	}
	return seq;
}

static inline size_t kit_count(const struct buf *log, const char *text)
{
	size_t n = 0;
	for (const char *at = log->data; (at = strstr(at, text)) != NULL; at++)
		n++;
	return n;
}

#endif
