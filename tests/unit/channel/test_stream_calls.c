/* stream_calls: tool calls of a stream, held until they are whole and over. */
#include "tests/unit/channel/frames.h"

static void test_tools(void **state)
{
#define ARGS(a)                                                                \
	DELTA(0,                                                               \
	    "\"tool_calls\":[{\"index\":1,\"function\":{\"arguments\":\"" a    \
	    "\"}}]")
	check(DELTA(0,
		  "\"tool_calls\":[{\"index\":1,\"id\":\"t\",\"type\":"
		  "\"function\",\"function\":{\"name\":\"send\","
		  "\"arguments\":\"\"}}]") ARGS("{\\\"te")
		  ARGS("xt\\\":\\\"a\\\\n") ARGS("b\\\"}") FINISH(0) DONE,
	    "text 0/delta/tool_calls/1/function/nameV0=send *W0=send|"
	    "text 0/delta/tool_calls/1/function/argumentsH0={\"te|"
	    "text 0/delta/tool_calls/1/function/argumentsH4=xt\":\"a\\n|"
	    "text 0/delta/tool_calls/1/function/argumentsH12=b\"}|"
	    "pass|done *W0@1=text *W0@1=a\nb ~W0@1={\"text\":\"a\\nb\"} "
	    "~W0@1={\"text\":\"a\nb\"} end0 end1|pass|");
	/* Not JSON in the end: judged as the letters it is. */
	check(ARGS("{oops"),
	    "text 0/delta/tool_calls/1/function/argumentsH0={oops|"
	    "text *W0@0={oops end0|");
}

/* A call whose JSON is whole is over when the AI talks on. */
static void test_talks_after_tools(void **state)
{
#define CALLED "text 0/delta/tool_calls/1/function/argumentsH0={\"a\":1}|"
	check(ARGS("{\\\"a\\\":1}") SAY(0, "Hi.") ARGS("") SAY(0, "Ho.") DONE,
	    CALLED "text 0/contentS0=Hi. *W0@0=a *W0@0=1 ~W0@0={\"a\":1} end0|"
		   "pass|text 0/contentS3=Ho.|done end1|pass|");
	/* What goes on all the same cannot be read. */
	check(ARGS("{\\\"a\\\":1}") SAY(0, "Hi.") ARGS(" "),
	    CALLED "text 0/contentS0=Hi. *W0@0=a *W0@0=1 ~W0@0={\"a\":1} end0|"
		   "unreadable|pass end1|");
	/* Nothing is said, or it is not whole, or may grow. */
	check(ARGS("{\\\"a\\\":1}") SAY(0, "") ARGS("{}"),
	    CALLED "pass|text 0/delta/tool_calls/1/function/argumentsH7={}|"
		   "text *W0@0=a *W0@0=1 ~W0@0={\"a\":1}{} end0|");
	check(ARGS("{\\\"a\\\":") SAY(0, "Hi.") ARGS("1}"),
	    "text 0/delta/tool_calls/1/function/argumentsH0={\"a\":|"
	    "text 0/contentS0=Hi.|"
	    "text 0/delta/tool_calls/1/function/argumentsH5=1}|"
	    "text *W0@0=a *W0@0=1 ~W0@0={\"a\":1} end0 end1|");
	check(ARGS("12") SAY(0, "Hi."),
	    "text 0/delta/tool_calls/1/function/argumentsH0=12|"
	    "text 0/contentS0=Hi.|text *W0@0=12 ~W0@0=12 end0 end1|");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_tools),
	    cmocka_unit_test(test_talks_after_tools),
	};
	channel = openai_channel("");
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	channel_free(channel);
	return failed;
}
