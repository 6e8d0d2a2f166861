/* fields - see fields.h. */
#include "proxy/relay/fields.h"

#include "proxy/base/log.h"
#include "proxy/base/mem.h"

#include <stdlib.h>

/* Their grammar leaves no room for a message (RFC 9110, 9111, 6797). */
static const char *const fixed[] = {"Age", "Cache-Control", "Connection",
    "Content-Length", "Content-Type", "Date", "Expires", "Keep-Alive", "Pragma",
    "Strict-Transport-Security", "Transfer-Encoding", "Vary"};

static bool is_fixed(struct span name)
{
	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
		if (span_is_nocase(name, fixed[i]))
			return true;
	return false;
}

static bool is_withheld(struct span value, const struct fields_judge *judge)
{
	struct guard_session session = *judge->session;
	struct guard_message message = {GUARD_AI, value.p, value.len};
	struct guard_verdict verdict;
	session.aside = true;
	guard_check(
	    judge->scanner, judge->policy, &session, &message, &verdict);
	return verdict.undecided || verdict.action >= GUARD_REDACT;
}

char **fields_to_drop(const struct http1_head *head, const char *const *always,
    const struct fields_judge *judge)
{
	size_t n = 0;
	while (always && always[n])
		n++;
	char **drop = mem_array(n + head->n_fields + 1, sizeof(*drop));
	for (size_t i = 0; i < n; i++)
		drop[i] = mem_strdup(always[i]);
	for (size_t i = 0; i < head->n_fields; i++) {
		struct span name = http1_name(head, i);
		struct span value = http1_value(head, i);
		if (is_fixed(name) || value.len == 0 ||
		    !is_withheld(value, judge))
			continue;
		drop[n++] = mem_strndup(name.p, name.len);
		log_line(LOG_WARN, "fields",
		    "a field of the bot's answer breaks a rule and is left "
		    "out: %s",
		    drop[n - 1]);
	}
	return drop;
}

void fields_free(char **drop)
{
	for (size_t i = 0; drop && drop[i]; i++)
		free(drop[i]);
	free(drop);
}
