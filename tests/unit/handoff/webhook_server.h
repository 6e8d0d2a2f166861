/*
 * webhook_server - an HTTPS server in a child process, in Python, that writes
 * down every request and answers as the test's script says.
 */
#ifndef HANDRAIL_TESTS_UNIT_HANDOFF_WEBHOOK_SERVER_H
#define HANDRAIL_TESTS_UNIT_HANDOFF_WEBHOOK_SERVER_H

#include "tests/unit/store/fixture.h"

#include "proxy/base/buf.h"
#include "proxy/base/file.h"

#include <jansson.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

struct webhook_server {
	pid_t pid;
	int port;
	char dir[64]; /* the fixture's */
	char url[64], ca[128], log[128];
};

/* script: comma-separated answers, the last one for all that follow:
 * "500,429:1,200", "slow" never answers. */
static inline void webhook_server_start(
    struct webhook_server *s, const char *dir, const char *script)
{
	char port_file[128], port[16] = "";
	struct buf text = {0};

	snprintf(s->dir, sizeof(s->dir), "%s", dir);
	snprintf(s->ca, sizeof(s->ca), "%s/ca.pem", s->dir);
	snprintf(s->log, sizeof(s->log), "%s/requests.jsonl", s->dir);
	snprintf(port_file, sizeof(port_file), "%s/port", s->dir);
	unlink(port_file);
	s->pid = fork();
	if (s->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execlp("python3", "python3", "tests/support/webhook_server.py",
		    s->dir, script, (char *)NULL);
		_exit(127);
	}
	fixture_wait(file_read(port_file, &text, 100) == 0 && text.len > 0);
	snprintf(port, sizeof(port), "%s", text.data);
	s->port = (int)strtol(port, NULL, 10);
	snprintf(s->url, sizeof(s->url), "https://localhost:%d/hook", s->port);
	buf_clear(&text);
}

static inline void webhook_server_stop(struct webhook_server *s)
{
	int status;

	kill(s->pid, SIGKILL);
	waitpid(s->pid, &status, 0);
}

/* Every request so far, an array of {path, headers, body, at}. */
static inline json_t *webhook_server_requests(const struct webhook_server *s)
{
	json_t *all = json_array();
	struct buf text = {0};
	const char *at;

	if (file_read(s->log, &text, 1 << 26) == 0)
		for (at = text.data; at && *at; at = strchr(at, '\n') + 1) {
			const char *end = strchr(at, '\n');
			if (!end)
				break;
			json_array_append_new(
			    all, json_loadb(at, (size_t)(end - at), 0, NULL));
		}
	buf_clear(&text);
	return all;
}

static inline size_t webhook_server_count(const struct webhook_server *s)
{
	json_t *all = webhook_server_requests(s);
	size_t n = json_array_size(all);

	json_decref(all);
	return n;
}

#endif
