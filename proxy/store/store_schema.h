/*
 * store_schema - the tables, as steps from one schema version to the next.
 * A step is never changed once released: a new version is a new step.
 */
#ifndef HANDRAIL_PROXY_STORE_STORE_SCHEMA_H
#define HANDRAIL_PROXY_STORE_STORE_SCHEMA_H

/* store_schema_sqlite[n] makes version n + 1 of version n; NULL ends. */
extern const char *const store_schema_sqlite[];

#endif
