/* draw - see draw.h. SplitMix64 behind the bytes. */
#include "tests/exact/draw.h"

void draw_init(struct draw *d, const uint8_t *bytes, size_t len, uint64_t seed)
{
	*d = (struct draw){.bytes = bytes, .len = len, .state = seed};
}

static uint64_t next(struct draw *d)
{
	if (d->at < d->len)
		return d->bytes[d->at++];
	uint64_t z = d->state += 0x9E3779B97F4A7C15u;
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return z ^ (z >> 31);
}

size_t draw(struct draw *d, size_t n)
{
	return n ? (size_t)(next(d) % n) : 0;
}

bool draw_chance(struct draw *d, unsigned percent)
{
	return draw(d, 100) < percent;
}
