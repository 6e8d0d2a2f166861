/* Which messages of a request are new, whatever habits its client has. */
#include "proxy/relay/news.h"

#include "proxy/base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/*
 * Messages one after the other, each a letter for who and a text: c the
 * customer's, m media of theirs, a the AI's; in what is known s what Handrail
 * itself said. Known that begins with ! has had no answer to the last.
 */
static const struct {
	const char *what, *known, *request, *news;
} rows[] = {
    {"the first request", "", "cA", "cA"},
    {"several at once", "", "cA cB", "cA cB"},
    {"what came before is no news", "", "cA ab cC", "cC"},
    {"a greeting of the AI's", "", "ah cA", "cA"},
    {"nothing at all", "cA ab", "", ""},
    {"the newest alone", "cA ab", "cC", "cC"},
    {"the newest alone, several", "cA ab", "cC cD", "cC cD"},
    {"the whole chat", "cA ab", "cA ab cC", "cC"},
    {"the whole chat, several", "cA ab", "cA ab cC cD", "cC cD"},
    {"the whole chat without the AI's", "cA ab", "cA cC", "cC"},
    {"a window", "cA ab cC ad cE af", "cC ad cE af cG", "cG"},
    {"a window without the AI's", "cA ab cC ad", "cA cC cE", "cE"},
    {"a window that begins in the middle", "cA ab cC ad", "ab cC ad cE", "cE"},
    {"an answer of ours in between", "cA sx", "cA ax cB", "cB"},
    {"the AI's turn told in other words", "cA ab", "cA az cC", "cC"},
    {"written while the AI was speaking", "cA ab", "cA cB ab cC", "cB cC"},
    {"the same again in a chat", "cY ab", "cY ab cY", "cY"},
    {"the same three times", "cY ab cY ad", "cY ab cY ad cY", "cY"},
    {"the same alone", "cY ab", "cY", "cY"},
    {"the same alone, after others", "cA ab cY ad", "cY", "cY"},
    {"an old text alone", "cY ab cA ad", "cY", "cY"},
    {"an old text in a window", "cY ab cA ad cB af cY ah", "cY ah cA", "cA"},
    {"asked again: no answer had come", "!cA", "cA", ""},
    {"asked again, with the chat", "!cA ab cC", "cA ab cC", ""},
    {"asked again for another answer", "cA ab cC ad", "cA ab cC", ""},
    {"the last was never answered and dropped", "!cA ab cC", "cA ab cE", "cE"},
    {"the last was changed by the customer", "cA ab cC ad", "cA ab cE", "cE"},
    {"a tool's result, no word of the customer's", "cA a", "cA a", ""},
    {"edited history", "cA ab", "cX ab cC", "cC"},
    {"a batch that repeats a text", "cY ab cA", "cN cY cB", "cN cY cB"},
    {"a batch that repeats the last", "cY ab cA", "cN cA cB", "cN cA cB"},
    {"spaces at the ends do not count", "c\x1fI ab", "cI\x1f ab cC", "cC"},
    {"a picture is new once", "cA mimage ab", "cA mimage ab cC", "cC"},
    {"two pictures, and one more", "cA mimage mimage",
	"cA mimage mimage mimage", "mimage"},
    {"a picture in a batch", "cA mimage ab", "mimage cC", "mimage cC"},
    {"a picture alone", "cA ab", "cA ab mimage", "mimage"},
    {"another picture", "cA mimage ab", "cA mimage ab mimage", "mimage"},
    {"a word is not a picture", "cimage ab", "mimage", "mimage"},
};

/* Texts of a row: "\x1f" stands for a space. */
static void text_of(const char *word, size_t len, struct buf *out)
{
	for (size_t i = 1; i < len; i++)
		buf_addc(out, word[i] == '\x1f' ? ' ' : word[i]);
	buf_adds(out, "");
}

static void make_request(const char *words, struct channel_request *r)
{
	struct channel_turn *turns = calloc(64, sizeof *turns);

	*r = (struct channel_request){.many = turns, .turns = turns};
	for (const char *w = words; *w; w += strspn(w, " ")) {
		size_t len = strcspn(w, " "), start = r->texts.len;
		text_of(w, len, &r->texts);
		turns[r->n_turns++] =
		    (struct channel_turn){w[0] == 'c' ? CHANNEL_TURN_CUSTOMER
			    : w[0] == 'm'             ? CHANNEL_TURN_MEDIA
						      : CHANNEL_TURN_AI,
			start, r->texts.len - start};
		buf_addc(&r->texts, '\0');
		w += len;
	}
}

static size_t make_known(const char *words, struct store_message *out)
{
	size_t n = 0;

	for (const char *w = words; *w; w += strspn(w, " ")) {
		struct buf text = {0};
		size_t len = strcspn(w, " ");
		text_of(w, len, &text);
		struct store_message *m = &out[n++];
		*m = (struct store_message){.speaker = STORE_CUSTOMER,
		    .kind = w[0] == 'm' ? STORE_MEDIA : STORE_WORDS,
		    .len = text.len};
		if (w[0] != 'c' && w[0] != 'm')
			m->speaker = w[0] == 'a' ? STORE_AI : STORE_SYSTEM;
		m->text = buf_steal(&text);
		w += len;
	}
	return n;
}

static void news_of(
    const struct channel_request *r, size_t from, struct buf *out)
{
	static const char letters[] = {'c', 'm', 'a'};

	buf_adds(out, "");
	for (size_t i = from; i < r->n_turns; i++)
		if (r->turns[i].kind != CHANNEL_TURN_AI)
			buf_printf(out, "%s%c%s", out->len ? " " : "",
			    letters[r->turns[i].kind],
			    channel_turn_text(r, i).p);
}

static void test_rows(void **state)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct store_message turns[64];
		struct channel_request r;
		struct buf got = {0};
		make_request(rows[i].request, &r);
		bool answered = rows[i].known[0] != '!';
		size_t n = make_known(rows[i].known + !answered, turns);
		struct conversation_view view = {.turns = turns,
		    .n_turns = n,
		    .answered = n > 0 && answered};
		news_of(&r, news_from(&r, &view), &got);
		if (strcmp(got.data, rows[i].news) != 0)
			fail_msg("%s: knew \"%s\", asked \"%s\", new \"%s\"",
			    rows[i].what, rows[i].known, rows[i].request,
			    got.data);
		buf_clear(&got);
		for (size_t k = 0; k < n; k++)
			free(turns[k].text);
		channel_request_clear(&r);
	}
}

/* Whoever resends the whole chat has each message judged exactly once, however
 * often words repeat and however many come at a time. */
static void test_whole_chats(void **state)
{
	unsigned seed = 7;

	for (int chat = 0; chat < 300; chat++) {
		struct channel_request r;
		struct conversation_view view = {0};
		struct store_message turns[64];
		struct buf all = {0};
		buf_adds(&all, "");
		for (int round = 0; round < 6; round++) {
			struct buf fresh = {0};
			struct buf got = {0};
			seed = seed * 1103515245u + 12345u;
			for (unsigned k = 0; k <= (seed >> 16) % 3; k++)
				buf_printf(&fresh, "%sc%c", k ? " " : "",
				    'A' + (int)((seed >> (18 + 2 * k)) % 3));
			buf_printf(
			    &all, "%s%s", all.len ? " " : "", fresh.data);
			make_request(all.data, &r);
			news_of(&r, news_from(&r, &view), &got);
			assert_string_equal(got.data, fresh.data);
			channel_request_clear(&r);
			for (size_t k = 0; k < view.n_turns; k++)
				free(turns[k].text);
			buf_printf(&all, " a%c", 'p' + round % 2);
			view.turns = turns;
			view.n_turns = make_known(all.data, turns);
			view.answered = true;
			buf_clear(&fresh);
			buf_clear(&got);
		}
		for (size_t k = 0; k < view.n_turns; k++)
			free(turns[k].text);
		buf_clear(&all);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rows),
	    cmocka_unit_test(test_whole_chats),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
