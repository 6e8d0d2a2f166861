/*
 * storage - see storage.h. Nothing is created here: a store or a key that is
 * not there is an error, because the proxy makes them.
 */
#include "proxy/cli/storage.h"

#include "proxy/base/clock.h"
#include "proxy/base/file.h"
#include "proxy/base/keys.h"
#include "proxy/base/mem.h"
#include "proxy/cli/findings.h"
#include "proxy/config/config.h"
#include "proxy/store/claim.h"
#include "proxy/store/store_told.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int storage_value(
    int argc, char **argv, int at, const char *name, const char **out)
{
	size_t len = strlen(name);

	if (strncmp(argv[at], name, len) != 0)
		return 0;
	if (argv[at][len] == '=' && name[1] == '-') {
		*out = argv[at] + len + 1;
		return 1;
	}
	if (argv[at][len] != '\0')
		return 0;
	if (at + 1 >= argc) {
		fprintf(stderr, "%s needs a value\n", name);
		return -1;
	}
	*out = argv[at + 1];
	return 2;
}

int storage_option(struct storage *s, int argc, char **argv, int at)
{
	const struct {
		const char *name, **to;
	} table[] = {{"-c", &s->config}, {"--store", &s->path},
	    {"--keys", &s->keys}, {"--by", &s->by}};
	const char *format = NULL;

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		int took =
		    storage_value(argc, argv, at, table[i].name, table[i].to);
		if (took != 0)
			return took;
	}
	int took = storage_value(argc, argv, at, "--format", &format);
	if (took <= 0)
		return took;
	s->json = strcmp(format, "json") == 0;
	if (s->json || strcmp(format, "text") == 0)
		return took;
	fprintf(stderr, "--format is text or json, not %s\n", format);
	return -1;
}

static int open_keys(struct storage *s, const char *directory)
{
	struct keys_options options = {.directory = directory,
	    .must_exist = true,
	    .master = getenv(KEYS_MASTER_ENVIRONMENT)};
	struct keys keys;
	char why[512];

	if (keys_open(&keys, &options, why, sizeof(why)) != 0) {
		fprintf(stderr, "handrail: %s\n", why);
		return EXIT_BROKEN;
	}
	s->vault = vault_new(keys.master);
	keys_wipe(&keys);
	return EXIT_GOOD;
}

static int open_at(struct storage *s, const char *path, const char *directory)
{
	struct store_options options = {
	    .sqlite = path, .must_exist = true, .borrows = true};
	char why[512];
	int code = open_keys(s, directory);

	if (code != EXIT_GOOD)
		return code;
	options.vault = s->vault;
	s->at = path;
	int err = store_open(&s->store, &options, why, sizeof(why));
	if (err == STORE_OK)
		return EXIT_GOOD;
	fprintf(stderr, "handrail: %s\n", why);
	storage_close(s);
	return err == STORE_NOT_FOUND ? EXIT_USAGE : EXIT_BROKEN;
}

/* Who has logged in: of the real user id, which no environment can change; of
 * root's, whom sudo names. For free(). */
static char *login_name(void)
{
	const char *sudo = getuid() == 0 ? getenv("SUDO_USER") : NULL;
	const struct passwd *user = getpwuid(getuid());

	if (sudo && sudo[0])
		return mem_strdup(sudo);
	if (user && user->pw_name[0])
		return mem_strdup(user->pw_name);
	return mem_printf("uid %lu", (unsigned long)getuid());
}

static bool load_config(struct storage *s)
{
	const char *path = s->config ? s->config : "handrail.yaml";
	struct findings f;

	findings_init(&f, stderr);
	int err = config_load_top(&s->loaded, path, findings_diag, &f);
	findings_clear(&f);
	return err == 0;
}

int storage_open(struct storage *s)
{
	if (!s->by)
		s->by = s->login = login_name();
	if (!s->by[0]) {
		fprintf(stderr, "--by is empty: say who does this\n");
		return EXIT_USAGE;
	}
	if (!s->config && s->path && s->keys)
		return open_at(s, s->path, s->keys);
	if (!load_config(s))
		return EXIT_USAGE;
	return open_at(s, s->path ? s->path : s->loaded->sqlite,
	    s->keys ? s->keys : s->loaded->keys_directory);
}

void storage_close(struct storage *s)
{
	store_close(s->store);
	vault_free(s->vault);
	config_unref(s->loaded);
	free(s->login);
	s->store = NULL;
	s->at = NULL;
	s->vault = NULL;
	s->loaded = NULL;
	s->login = NULL;
}

bool storage_is_served(const struct storage *s)
{
	return claim_is_taken(s->at);
}

void storage_say_waits(const struct storage *s, const char *then)
{
	char *why = store_waits_for(s->store);

	if (!why)
		fprintf(stderr,
		    "  its log and /readyz say what it waits for; %s\n", then);
	else
		fprintf(stderr,
		    "  %s, and this takes effect once it is on record\n"
		    "  mend that (audit.directory%s%s), and it goes on by "
		    "itself; %s\n",
		    why, s->loaded ? ": " : "",
		    s->loaded ? s->loaded->audit_directory : "", then);
	free(why);
}

/* Has the proxy that serves, if one does, taken note? */
static bool has_taken_note(const struct storage *s)
{
	/* One that starts reads all that is written before it serves. */
	return !storage_is_served(s) ||
	    store_await_told(s->store, STORAGE_IN_FORCE_S * 1000) == STORE_OK ||
	    !storage_is_served(s);
}

static int not_in_force(const struct storage *s, const char *what)
{
	fprintf(stderr,
	    "handrail: %s is written, but the running proxy has not taken "
	    "note of it within %d s: it is not in force there yet\n",
	    what, STORAGE_IN_FORCE_S);
	storage_say_waits(s, "this needs not be done again");
	return EXIT_BROKEN;
}

int storage_in_force(const struct storage *s, const char *what)
{
	return has_taken_note(s) ? EXIT_GOOD : not_in_force(s, what);
}

int storage_silences(const struct storage *s, const char *what)
{
	if (has_taken_note(s))
		return EXIT_GOOD;
	if (!store_is_silent(s->store))
		return not_in_force(s, what);
	char *why = store_waits_for(s->store);
	fprintf(stderr,
	    "handrail: %s is in force, the AI is silent; its record waits%s%s\n"
	    "  mend that%s%s, and the record follows by itself\n",
	    what, why ? ": " : "", why ? why : "",
	    s->loaded ? ": audit.directory " : "",
	    s->loaded ? s->loaded->audit_directory : "");
	free(why);
	return EXIT_GOOD;
}

void storage_print_json(struct buf *out)
{
	fwrite(out->data, 1, out->len, stdout);
	putchar('\n');
	buf_clear(out);
}

void storage_put_time(struct json_out *json, const char *key, int64_t us)
{
	char text[32];

	clock_rfc3339(text, us);
	json_out_key(json, key);
	json_out_str(json, us ? text : NULL);
}

int storage_failed(const char *what, int err)
{
	fprintf(stderr, "handrail: %s: %s\n", what, store_err_text(err));
	return err == STORE_NOT_FOUND || err == STORE_CONFLICT ? EXIT_USAGE
							       : EXIT_BROKEN;
}

/* Bytes of the character at the beginning of text that must not reach a
 * terminal; 0: harmless. */
static size_t is_steering(const char *text, size_t len)
{
	const unsigned char *s = (const unsigned char *)text;

	if ((s[0] < 0x20 && s[0] != '\t') || s[0] == 0x7f)
		return 1;
	if (len >= 2 && s[0] == 0xc2 && s[1] >= 0x80 && s[1] <= 0x9f)
		return 2; /* C1 */
	if (len < 3)
		return 0;
	if (s[0] == 0xe2 && s[1] == 0x80 &&
	    (s[2] == 0x8e || s[2] == 0x8f || (s[2] >= 0xaa && s[2] <= 0xae)))
		return 3; /* U+200E, U+200F, U+202A..U+202E */
	if (s[0] == 0xe2 && s[1] == 0x81 && s[2] >= 0xa6 && s[2] <= 0xa9)
		return 3; /* U+2066..U+2069 */
	return 0;
}

void storage_print_bytes(const char *text, size_t len, int indent)
{
	for (size_t at = 0; at < len;) {
		size_t n = is_steering(text + at, len - at);

		if (text[at] == '\n')
			printf("\n%*s", indent, "");
		else if (n > 0)
			putchar('?');
		else
			putchar(text[at]);
		at += n ? n : 1;
	}
}

void storage_print(const char *text, int indent)
{
	storage_print_bytes(text, strlen(text), indent);
}
