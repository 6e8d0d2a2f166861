/*
 * verbs - what `handrail VERB` runs. Each gets its own name as argv[0] and
 * answers with an exit code: 0 good, 1 findings, 2 wrong usage or unreadable
 * input, 3 could not run. The table is in main.c.
 */
#ifndef HANDRAIL_PROXY_CLI_VERBS_H
#define HANDRAIL_PROXY_CLI_VERBS_H

enum { EXIT_GOOD = 0, EXIT_FINDINGS = 1, EXIT_USAGE = 2, EXIT_BROKEN = 3 };

int verb_check(int argc, char **argv);
int verb_diff(int argc, char **argv);
int verb_disguises(int argc, char **argv);
int verb_erase(int argc, char **argv);
int verb_explain(int argc, char **argv);
int verb_fmt(int argc, char **argv);
int verb_handoff(int argc, char **argv);
int verb_judge(int argc, char **argv);
int verb_pause(int argc, char **argv);
int verb_run(int argc, char **argv);
int verb_schema(int argc, char **argv);
int verb_test(int argc, char **argv);
int verb_topic(int argc, char **argv);

#endif
