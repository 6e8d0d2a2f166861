/*
 * guard_page - a mapping of whole pages, the last one unreadable, with the
 * bytes pushed against it:
 *
 *   | unused | data ........ | PROT_NONE |
 */
#include "tests/support/guard_page.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

void guard_page_init(struct guard_page *g, const void *bytes, size_t len)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t room;

	assert(len < SIZE_MAX - 2 * page);
	room = (len + page - 1) / page * page;
	g->map_len = room + page;
	g->map = mmap(NULL, g->map_len, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert(g->map != MAP_FAILED);
	assert(mprotect((char *)g->map + room, page, PROT_NONE) == 0);
	g->data = (char *)g->map + room - len;
	g->len = len;
	if (len > 0)
		memcpy(g->data, bytes, len);
}

void guard_page_clear(struct guard_page *g)
{
	if (g->map != NULL)
		munmap(g->map, g->map_len);
	*g = (struct guard_page){0};
}
