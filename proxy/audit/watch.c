/* watch - see watch.h. Names are in order, so two lists are compared in one
 * go. */
#include "proxy/audit/watch.h"

#include "proxy/audit/writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* All that are there but the one that is being written. */
static int watch_names(struct audit *a, char ***names, size_t *n)
{
	struct audit_state state;
	size_t kept = 0;
	audit_state(a, &state);
	int err = segment_names(a->root, names, n);
	for (size_t i = 0; i < *n; i++)
		if (strcmp((*names)[i], state.place.segment) < 0)
			(*names)[kept++] = (*names)[i];
		else
			free((*names)[i]);
	*n = kept;
	return err;
}

size_t audit_watch_look(
    struct audit_watch *w, struct audit *a, char first[SEGMENT_NAME_SIZE])
{
	char **names = NULL;
	size_t n = 0, at = 0, gone = 0;
	first[0] = '\0';
	if (watch_names(a, &names, &n) < 0) { /* nobody can tell */
		segment_names_free(names, n);
		return 0;
	}
	for (size_t i = 0; i < w->n; i++) {
		while (at < n && strcmp(names[at], w->names[i]) < 0)
			at++;
		if (at < n && strcmp(names[at], w->names[i]) == 0)
			continue;
		if (gone++ == 0)
			snprintf(first, SEGMENT_NAME_SIZE, "%s", w->names[i]);
	}
	segment_names_free(w->names, w->n);
	*w = (struct audit_watch){names, n};
	return gone;
}

void audit_watch_clear(struct audit_watch *w)
{
	segment_names_free(w->names, w->n);
	*w = (struct audit_watch){NULL, 0};
}
