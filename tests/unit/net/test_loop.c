/*
 * The loop: posts from threads, deferred calls, timers, stopping.
 */
#include "bench.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define POSTERS 4
#define POSTS 20000

struct posting {
	struct loop *loop;
	unsigned next[POSTERS]; /* what each thread's next number must be */
	unsigned total;
};

struct post {
	struct posting *to;
	unsigned thread, number;
};

static void take_post(void *arg)
{
	struct post *post = arg;
	struct posting *to = post->to;
	assert_int_equal(post->number, to->next[post->thread]);
	to->next[post->thread]++;
	if (++to->total == POSTERS * POSTS)
		loop_stop(to->loop);
	free(post);
}

struct poster {
	struct posting *to;
	unsigned thread;
};

static void *post_many(void *arg)
{
	struct poster *poster = arg;
	for (unsigned i = 0; i < POSTS; i++) {
		struct post *post = malloc(sizeof(*post));
		*post = (struct post){poster->to, poster->thread, i};
		loop_post(poster->to->loop, take_post, post);
	}
	return NULL;
}

static void posts_from_threads_arrive_in_order(void **state)
{
	struct posting to = {.loop = loop_new()};
	pthread_t threads[POSTERS];
	struct poster posters[POSTERS];
	for (unsigned i = 0; i < POSTERS; i++) {
		posters[i] = (struct poster){&to, i};
		pthread_create(&threads[i], NULL, post_many, &posters[i]);
	}
	loop_run(to.loop);
	for (unsigned i = 0; i < POSTERS; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(to.total, POSTERS * POSTS);
	loop_free(to.loop);
}

static char order[64];
static struct loop *current;

#define NOTE(text) ((void *)(text))

static void note(void *arg)
{
	strncat(order, arg, sizeof(order) - strlen(order) - 1);
}

static void note_and_defer(void *arg)
{
	note(arg);
	loop_defer(current, note, NOTE("2"));
}

static void note_and_defer_more(void *arg)
{
	note(arg);
	loop_defer(current, note_and_defer, NOTE("1"));
}

static void stop(void *arg)
{
	loop_stop(arg);
}

static void deferred_run_at_the_end_of_the_turn(void **state)
{
	current = loop_new();
	order[0] = '\0';
	loop_defer(current, note_and_defer_more, NOTE("a"));
	loop_defer(current, note, NOTE("b"));
	loop_post(current, note, NOTE("post "));
	loop_defer(current, stop, current);
	loop_run(current);
	assert_string_equal(order, "post ab1");
	loop_free(current); /* and runs what is left */
	assert_string_equal(order, "post ab12");
}

static void freeing_runs_what_was_posted(void **state)
{
	current = loop_new();
	order[0] = '\0';
	loop_post(current, note_and_defer, NOTE("1"));
	loop_free(current);
	assert_string_equal(order, "12");
}

static void a_stop_before_the_run_counts(void **state)
{
	struct loop *loop = loop_new();
	loop_stop(loop);
	loop_run(loop);
	loop_free(loop);
}

static void timers_fire_in_order_and_once(void **state)
{
	struct loop_timer a, b, c, d, end;
	current = loop_new();
	order[0] = '\0';
	loop_timer_init(&a, current, note, NOTE("a"));
	loop_timer_init(&b, current, note, NOTE("b"));
	loop_timer_init(&c, current, note, NOTE("c"));
	loop_timer_init(&d, current, note, NOTE("d"));
	loop_timer_init(&end, current, stop, current);
	loop_timer_arm_ms(&a, 30);
	loop_timer_arm_ms(&b, 10);
	loop_timer_arm_ms(&c, 1);
	loop_timer_arm_ms(&c, 20); /* moved */
	loop_timer_arm_ms(&d, 5);
	loop_timer_disarm(&d);
	loop_timer_disarm(&d);
	assert_false(loop_timer_is_armed(&d));
	loop_timer_arm_ms(&end, 60);
	int64_t before = loop_now_us(current);
	loop_run(current);
	int64_t took = loop_now_us(current) - before;
	assert_string_equal(order, "bca");
	assert_false(loop_timer_is_armed(&a));
	if (took < 60000)
		fail_msg("60 ms were over after %lld us", (long long)took);
	loop_free(current);
}

#define MANY 2000

struct heap_check {
	struct loop_timer timer;
	int64_t due_us;
	bool wanted, fired;
};

static unsigned n_fired;

static void check_due(void *arg)
{
	struct heap_check *check = arg;
	assert_true(check->wanted);
	assert_false(check->fired);
	assert_true(loop_now_us(check->timer.loop) >= check->due_us);
	check->fired = true;
	n_fired++;
}

/* Arm, move and disarm at random: exactly the wanted ones fire, none early. */
static void many_timers_keep_their_order(void **state)
{
	static struct heap_check checks[MANY];
	struct loop *loop = loop_new();
	uint32_t seed = 7;
	unsigned wanted = 0;
	n_fired = 0;
	memset(checks, 0, sizeof(checks));
	for (size_t i = 0; i < MANY; i++)
		loop_timer_init(&checks[i].timer, loop, check_due, &checks[i]);
	for (size_t i = 0; i < 5 * MANY; i++) {
		seed = seed * 1664525u + 1013904223u;
		struct heap_check *check = &checks[(seed >> 8) % MANY];
		uint64_t ms = (seed >> 20) % 50;
		check->wanted = seed % 4 != 0;
		if (!check->wanted) {
			loop_timer_disarm(&check->timer);
			continue;
		}
		check->due_us = loop_now_us(loop) + (int64_t)ms * 1000;
		loop_timer_arm_ms(&check->timer, ms);
	}
	for (size_t i = 0; i < MANY; i++)
		wanted += checks[i].wanted;
	struct loop_timer end;
	loop_timer_init(&end, loop, stop, loop);
	loop_timer_arm_ms(&end, 150);
	loop_run(loop);
	assert_int_equal(n_fired, wanted);
	loop_free(loop);
}

static unsigned rounds;

static void rearm_at_once(void *arg)
{
	rounds++;
	loop_timer_arm_ms(arg, 0);
}

/* A timer that arms itself with 0 ms does not keep the others away. */
static void a_busy_timer_starves_nobody(void **state)
{
	struct loop_timer busy, end;
	struct loop *loop = loop_new();
	rounds = 0;
	loop_timer_init(&busy, loop, rearm_at_once, &busy);
	loop_timer_init(&end, loop, stop, loop);
	loop_timer_arm_ms(&busy, 0);
	loop_timer_arm_ms(&end, 20);
	loop_run(loop);
	assert_true(rounds > 1);
	loop_timer_disarm(&busy);
	loop_free(loop);
}

static void waiting_costs_no_cpu(void **state)
{
	struct loop *loop = loop_new();
	struct loop_timer end;
	struct timespec before, after;
	loop_timer_init(&end, loop, stop, loop);
	loop_timer_arm_ms(&end, 300);
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before);
	loop_run(loop);
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &after);
	long us = (after.tv_sec - before.tv_sec) * 1000000L +
	    (after.tv_nsec - before.tv_nsec) / 1000;
	if (us > 50000)
		fail_msg("waiting 300 ms took %ld us of CPU", us);
	loop_free(loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(posts_from_threads_arrive_in_order),
	    cmocka_unit_test(deferred_run_at_the_end_of_the_turn),
	    cmocka_unit_test(freeing_runs_what_was_posted),
	    cmocka_unit_test(a_stop_before_the_run_counts),
	    cmocka_unit_test(timers_fire_in_order_and_once),
	    cmocka_unit_test(many_timers_keep_their_order),
	    cmocka_unit_test(a_busy_timer_starves_nobody),
	    cmocka_unit_test(waiting_costs_no_cpu),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
