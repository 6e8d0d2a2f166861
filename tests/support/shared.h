/*
 * shared - public test material that may lie beside the repository.
 *
 * The folder named by HANDRAIL_SHARED, else ../shared seen from the
 * repository (where ctest starts the tests). It is optional: a test skips the
 * part that needs it, and nothing of it is copied into the repository.
 */
#ifndef HANDRAIL_TESTS_SUPPORT_SHARED_H
#define HANDRAIL_TESTS_SUPPORT_SHARED_H

#include <jansson.h>
#include <stddef.h>

/* The folder, or NULL when there is none. Valid until the next call. */
const char *shared_folder(void);

struct shared_rows;

/* Open data/NAME of the folder for reading; NULL when it is not there. */
struct shared_rows *shared_open(const char *name);
/*
 * The next row, an object, borrowed until the next call; NULL at the end. A
 * line that is no JSON object ends the program with a message: the material
 * is fixed, so that is a mistake of ours.
 */
const json_t *shared_next(struct shared_rows *);
unsigned shared_line(const struct shared_rows *); /* of that row, from 1 */
void shared_close(struct shared_rows *);          /* accepts NULL */

/* Text member of a row, "" when absent or not text. len may be NULL. */
const char *shared_text(const json_t *row, const char *key, size_t *len);

/*
 * Bytes of a base64 member ("wire_b64"), malloc'ed and at least one byte long;
 * the caller frees them. NULL when the member is absent.
 */
char *shared_bytes(const json_t *row, const char *key, size_t *len);

#endif
