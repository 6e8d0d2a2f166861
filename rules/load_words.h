/*
 * load_words - the words that may stand for a value of the rule language, once:
 * the loader reads them and the schema lists them. Each list ends with NULL;
 * those of an enum are in its order.
 */
#ifndef HANDRAIL_RULES_LOAD_WORDS_H
#define HANDRAIL_RULES_LOAD_WORDS_H

extern const char *const load_words_mode[];     /* enum guard_mode */
extern const char *const load_words_severity[]; /* enum guard_severity */
extern const char *const load_words_speaker[];  /* enum guard_speaker */
extern const char *const load_words_where[];    /* enum must_where */
extern const char *const load_words_reach[];    /* of an exception */
extern const char *const load_words_yes[];      /* no, yes */
extern const char *const load_words_priority[];
extern const char *const load_words_number[]; /* enum number_kind */
extern const char *const load_words_over[];   /* message, conversation */
extern const char *const load_words_rollout_by[];
extern const char *const load_words_include[];
extern const char *const load_words_entity[]; /* enum entity_kind */
extern const char *const load_words_secret[]; /* enum secret_kind */
extern const char *const load_words_check[];  /* enum checksum */
extern const char *const load_words_complexity[];
extern const char *const load_words_emotion[];
extern const char *const load_words_ai_sends[];

#endif
