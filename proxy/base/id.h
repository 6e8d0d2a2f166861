/*
 * id - random bytes and names made of them.
 */
#ifndef HANDRAIL_PROXY_BASE_ID_H
#define HANDRAIL_PROXY_BASE_ID_H

#include <stddef.h>

#define ID_BYTES 33 /* a name and its NUL */

/* 128 random bits as 32 lower-case hexadecimal digits and a NUL. */
void id_new(char out[ID_BYTES]);
/* From the kernel's generator, good for keys. Aborts if there is none. */
void id_random(void *out, size_t n);

#endif
