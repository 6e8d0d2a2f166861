/*
 * TLS contexts: which certificate a name gets, and what is said about files
 * that are not right.
 */
#include "bench_tls.h"

#include <pthread.h>
#include <sys/stat.h>

static struct bench b;
static struct end server, client;

static int set_up(void **state)
{
	server = client = (struct end){0};
	bench_init(&b, &server, 1);
	return 0;
}

static int tear_down(void **state)
{
	end_clear(&client);
	bench_clear(&b);
	return 0;
}

static void names_choose_certificates(void **state)
{
	struct tls_pair pairs[] = {
	    {certs_path("server.pem"), certs_path("server.key")},
	    {certs_path("wild.pem"), certs_path("wild.key")},
	    {certs_path("one.pem"), certs_path("one.key")},
	};
	static const struct {
		const char *host, *subject; /* NULL: not trusted */
	} cases[] = {
	    {"localhost", "CN=server"},
	    {"one.shop.test", "CN=one"}, /* exact before wildcard */
	    {"ONE.shop.TEST", "CN=one"}, {"two.shop.test", "CN=wild"},
	    {"one.shop.test.", "CN=one"}, {"two.shop.test.", "CN=wild"},
	    {"a.two.shop.test", NULL}, /* a wildcard is one label */
	    {"shop.test", NULL},
	    {"nobody.test", NULL},      /* the default, which is not its */
	    {"127.0.0.1", "CN=server"}, /* no name: the default */
	};
	struct tls_server_options options = {.pairs = pairs, .n_pairs = 3};
	struct buf error = {0};
	struct tls_server *tls = tls_server_new(&options, &error);
	assert_non_null(tls);
	struct tls_client *with = bench_client("ca.pem");
	bench_listen(&b, tls, 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		bench_connect(&b, &client, with, cases[i].host);
		bench_until(&b, client.opened || client.closed);
		if (!cases[i].subject != !client.opened)
			fail_msg("%s: %s", cases[i].host, client.text);
		if (cases[i].subject)
			assert_string_equal(client.subject, cases[i].subject);
		end_clear(&client);
		end_clear(&server);
		server = client = (struct end){0};
		b.n_accepted = 0;
	}
	tls_client_unref(with);
	tls_server_unref(tls);
}

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	chmod(path, 0600);
}

/* Both files and the words that must be in the complaint, NULL: none. */
struct load_case {
	const char *pem, *key, *file, *reason;
};

static void expect_complaint(const struct load_case *c, const char *error)
{
	if (!strstr(error, c->file) || !strstr(error, c->reason))
		fail_msg("%s, %s: \"%s\"", c->pem, c->key, error);
}

static void bad_files_are_named(void **state)
{
	EVP_PKEY *locked = EVP_EC_gen("P-256");
	X509 *cert = certs_sign(NULL, locked, "locked", NULL, 30);
	certs_write("locked", cert, locked, "secret");
	X509_free(cert);
	EVP_PKEY_free(locked);
	write_file(certs_path("empty.pem"), "");
	write_file(certs_path("broken.pem"),
	    "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
	struct certs_ca open_to_all = certs_ca("open");
	certs_ca_clear(&open_to_all);
	chmod(certs_path("open.key"), 0644);
	static const struct load_case cases[] = {
	    {"none.pem", "server.key", "none.pem", "No such file"},
	    {"server.pem", "none.key", "none.key", "No such file"},
	    {"empty.pem", "server.key", "empty.pem", "no PEM block"},
	    {"broken.pem", "server.key", "broken.pem", ""},
	    {"server.pem", "server.pem", "server.pem", ""},
	    {"server.pem", "wild.key", "wild.key", "not the key of"},
	    {"locked.pem", "locked.key", "locked.key", "encrypted"},
	    {"open.pem", "open.key", "open.key", "chmod"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct tls_pair pair = {
		    certs_path(cases[i].pem), certs_path(cases[i].key)};
		struct tls_server_options options = {
		    .pairs = &pair, .n_pairs = 1};
		struct tls_client_options as = {
		    NULL, certs_path(cases[i].pem), certs_path(cases[i].key)};
		struct buf error = {0};
		assert_null(tls_server_new(&options, &error));
		expect_complaint(&cases[i], error.data);
		buf_reset(&error);
		assert_null(tls_client_new(&as, &error));
		expect_complaint(&cases[i], error.data);
		buf_clear(&error);
	}
}

static void a_group_may_read_the_key(void **state)
{
	chmod(certs_path("wild.key"), 0640);
	tls_server_unref(bench_server("wild"));
	chmod(certs_path("wild.key"), 0660);
	struct tls_pair pair = {certs_path("wild.pem"), certs_path("wild.key")};
	struct tls_server_options options = {.pairs = &pair, .n_pairs = 1};
	struct buf error = {0};
	assert_null(tls_server_new(&options, &error));
	assert_non_null(strstr(error.data, "open to others"));
	buf_clear(&error);
	chmod(certs_path("wild.key"), 0600);
}

static void missing_cas_are_named(void **state)
{
	struct tls_pair pair = {
	    certs_path("server.pem"), certs_path("server.key")};
	struct tls_server_options options = {
	    .pairs = &pair, .n_pairs = 1, .client_auth = TLS_CLIENT_REQUIRED};
	struct buf error = {0};
	assert_null(tls_server_new(&options, &error));
	assert_non_null(strstr(error.data, "client_ca"));
	buf_reset(&error);
	options.client_ca = certs_path("no-ca.pem");
	assert_null(tls_server_new(&options, &error));
	assert_non_null(strstr(error.data, "no-ca.pem"));
	buf_reset(&error);
	struct tls_client_options as = {.ca = certs_path("no-ca.pem")};
	assert_null(tls_client_new(&as, &error));
	assert_non_null(strstr(error.data, "no-ca.pem"));
	buf_reset(&error);
	as = (struct tls_client_options){.certificate = "alone.pem"};
	assert_null(tls_client_new(&as, &error));
	assert_string_equal(error.data, "alone.pem is given without its key");
	buf_clear(&error);
}

static void the_systems_cas_are_the_default(void **state)
{
	struct tls_client_options options = {0};
	struct buf error = {0};
	struct tls_client *tls = tls_client_new(&options, &error);
	assert_non_null(tls);
	struct tls_server *ours = bench_server("server");
	bench_listen(&b, ours, 0);
	bench_connect(&b, &client, tls, "localhost");
	bench_until(&b, client.closed);
	assert_int_equal(client.reason, CONN_UNTRUSTED);
	tls_client_unref(tls_client_ref(tls));
	tls_client_unref(tls);
	tls_server_unref(tls_server_ref(ours));
	tls_server_unref(ours);
	tls_client_unref(NULL);
	tls_server_unref(NULL);
}

#define WORKERS 3
#define ROUNDS 20

struct worker {
	struct tls_server *server;
	struct tls_client *client;
	unsigned opened, resumed;
};

/* One client after the other against this worker's own listener. */
static void *work(void *arg)
{
	struct worker *worker = arg;
	for (unsigned i = 0; i < ROUNDS; i++) {
		struct bench own;
		struct end accepted = {0}, made = {0};
		bench_init(&own, &accepted, 1);
		bench_listen(&own, worker->server, 0);
		bench_connect(&own, &made, worker->client, "localhost");
		for (int n = 0; n < 5000 && !made.got.len; n++) {
			if (accepted.opened && accepted.conn)
				conn_write(accepted.conn, "x", 1);
			bench_nap(&own);
		}
		worker->opened += made.opened;
		worker->resumed += made.resumed;
		end_clear(&made);
		bench_clear(&own);
	}
	return NULL;
}

/* A session begun with one worker is resumed with any other. */
static void workers_share_contexts(void **state)
{
	struct tls_server *tls = bench_server("server");
	struct tls_client *with = bench_client("ca.pem");
	struct worker workers[WORKERS];
	pthread_t threads[WORKERS];
	unsigned opened = 0, resumed = 0;
	for (size_t i = 0; i < WORKERS; i++) {
		workers[i] = (struct worker){
		    tls_server_ref(tls), tls_client_ref(with), 0, 0};
		pthread_create(&threads[i], NULL, work, &workers[i]);
	}
	for (size_t i = 0; i < WORKERS; i++) {
		pthread_join(threads[i], NULL);
		opened += workers[i].opened;
		resumed += workers[i].resumed;
		tls_server_unref(tls);
		tls_client_unref(with);
	}
	assert_int_equal(opened, WORKERS * ROUNDS);
	/* all but what was begun before there was any session */
	if (resumed < WORKERS * ROUNDS - 2 * WORKERS)
		fail_msg("%u of %u resumed", resumed, opened);
	tls_client_unref(with);
	tls_server_unref(tls);
}

static int make_certs(void **state)
{
	certs_make();
	return 0;
}

static int remove_certs(void **state)
{
	certs_remove();
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(names_choose_certificates),
	    TEST(bad_files_are_named),
	    TEST(a_group_may_read_the_key),
	    TEST(missing_cas_are_named),
	    TEST(the_systems_cas_are_the_default),
	    TEST(workers_share_contexts),
	};
	return cmocka_run_group_tests(tests, make_certs, remove_certs);
}
