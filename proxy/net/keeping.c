/* keeping - see keeping.h. */
#include "proxy/net/keeping.h"

bool keeping_is_on(const struct keeping *k, int64_t now_us)
{
	return now_us >= k->off_until_us;
}

bool keeping_ended(struct keeping *k, int64_t idle_us, int64_t now_us)
{
	if (idle_us >= KEEPING_EARLY_US || !keeping_is_on(k, now_us))
		return false;
	if (++k->early < KEEPING_EARLY_MAX)
		return false;
	k->early = KEEPING_EARLY_MAX - 1; /* the next chance is one */
	k->off_until_us = now_us + KEEPING_OFF_US;
	return true;
}

void keeping_paid(struct keeping *k)
{
	k->early = 0;
}
