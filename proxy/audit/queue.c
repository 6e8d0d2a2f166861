/* queue - see queue.h. Refuses nothing: limits are the caller's. */
#include "proxy/audit/queue.h"

#include "proxy/base/mem.h"

#include <stdlib.h>
#include <string.h>

void queue_init(struct queue_list *list)
{
	*list = (struct queue_list){.tail = &list->head};
}

void queue_push(struct queue_list *list, struct queue_entry *entry)
{
	entry->next = NULL;
	*list->tail = entry;
	list->tail = &entry->next;
	list->n++;
}

struct queue_entry *queue_pop(struct queue_list *list)
{
	struct queue_entry *entry = list->head;
	if (entry == NULL)
		return NULL;
	list->head = entry->next;
	if (list->head == NULL)
		list->tail = &list->head;
	list->n--;
	return entry;
}

void queue_move(struct queue_list *to, struct queue_list *from)
{
	if (from->head == NULL)
		return;
	*to->tail = from->head;
	to->tail = from->tail;
	to->n += from->n;
	queue_init(from);
}

struct queue_entry *queue_entry_new(
    const char *line, size_t len, const struct audit_done *done)
{
	struct queue_entry *entry = mem_zero(mem_add(sizeof(*entry), len));
	if (done != NULL)
		entry->done = *done;
	entry->len = len;
	if (len > 0)
		memcpy(entry->line, line, len);
	return entry;
}

void queue_answer(struct queue_list *list, enum audit_result result)
{
	for (struct queue_entry *e; (e = queue_pop(list)) != NULL;) {
		if (e->done.fn != NULL)
			e->done.fn(e->done.arg, e->done.ticket, result);
		free(e);
	}
}
