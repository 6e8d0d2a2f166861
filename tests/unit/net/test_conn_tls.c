/*
 * TLS connections, with OpenSSL's own calls as the other side where ours
 * would be too well behaved.
 */
#include "bench_tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

static struct bench b;
static struct end server, client;
static struct tls_server *server_tls;
static struct tls_client *client_tls;

static int set_up(void **state)
{
	server = client = (struct end){0};
	bench_init(&b, &server, 1);
	server_tls = bench_server("server");
	client_tls = bench_client("ca.pem");
	bench_listen(&b, server_tls, 0);
	return 0;
}

static int tear_down(void **state)
{
	end_clear(&client);
	bench_clear(&b);
	tls_server_unref(server_tls);
	tls_client_unref(client_tls);
	return 0;
}

/* Forget the last pair of ends; the next connection is the same server. */
static void again(void)
{
	end_clear(&client);
	end_clear(&server);
	server = client = (struct end){0};
	b.n_accepted = 0;
}

static void open_both(const char *host)
{
	bench_connect(&b, &client, client_tls, host);
	bench_until(&b, server.opened && client.opened);
}

static void both_sides_know_what_they_speak(void **state)
{
	open_both("localhost");
	assert_string_equal(server.tls, "TLSv1.3 localhost http/1.1");
	assert_string_equal(client.tls, "TLSv1.3 localhost http/1.1");
	assert_string_equal(client.subject, "CN=server");
	assert_int_equal(strlen(client.fingerprint), 64);
	assert_string_equal(server.subject, "-");
	conn_write(client.conn, "hello", 5);
	bench_until(&b, server.got.len == 5);
	conn_write(server.conn, "there", 5);
	bench_until(&b, client.got.len == 5);
	assert_string_equal(client.got.data, "there");
	assert_int_equal(conn_bytes_sent(server.conn), 5);
	assert_true(conn_is_quiet(client.conn));
}

static void an_address_is_verified_too(void **state)
{
	open_both("127.0.0.1");
	assert_string_equal(server.tls, "TLSv1.3 - http/1.1");
}

static void an_end_is_told_from_a_cut(void **state)
{
	open_both("localhost");
	conn_write(server.conn, "whole", 5);
	conn_shutdown_after_flush(server.conn);
	bench_until(&b, client.eof);
	assert_string_equal(client.got.data, "whole");
	conn_shutdown_after_flush(client.conn);
	bench_until(&b, server.closed && client.closed);
	assert_int_equal(server.reason, CONN_DONE);
	assert_int_equal(client.reason, CONN_DONE);

	again();
	open_both("localhost");
	conn_write(server.conn, "part", 4);
	bench_until(&b, client.got.len == 4);
	conn_close(server.conn, CONN_DROPPED, NULL);
	bench_until(&b, client.closed);
	assert_int_equal(client.reason, CONN_TRUNCATED);
	assert_int_equal(client.eof, 0);
}

/* Bytes and the cut in one go: the bytes are told first. */
static void data_before_a_cut_is_told(void **state)
{
	open_both("localhost");
	conn_pause_reading(client.conn);
	bench_run_ms(&b, 5);
	conn_write(server.conn, "part", 4);
	conn_notify_sent(server.conn);
	bench_until(&b, server.sent);
	conn_close(server.conn, CONN_DROPPED, NULL);
	bench_run_ms(&b, 5);
	conn_resume_reading(client.conn);
	bench_until(&b, client.closed);
	assert_string_equal(client.got.data, "part");
	assert_int_equal(client.reason, CONN_TRUNCATED);
}

static void a_wrong_ca_is_not_trusted(void **state)
{
	struct tls_client *other = bench_client("other-ca.pem");
	bench_connect(&b, &client, other, "localhost");
	bench_until(&b, client.closed && server.closed);
	assert_int_equal(client.reason, CONN_UNTRUSTED);
	assert_int_equal(client.opened, 0);
	assert_non_null(strstr(client.text, "issuer certificate"));
	/* and the server is told why */
	assert_int_equal(server.reason, CONN_UNTRUSTED);
	tls_client_unref(other);
}

static void a_wrong_name_is_not_trusted(void **state)
{
	static const char *const wrong[] = {
	    "elsewhere.test", "127.0.0.2", "localhost.evil.test"};
	for (size_t i = 0; i < 3; i++) {
		bench_connect(&b, &client, client_tls, wrong[i]);
		bench_until(&b, client.closed && server.closed);
		assert_int_equal(client.reason, CONN_UNTRUSTED);
		if (!strstr(client.text, "mismatch"))
			fail_msg("%s: %s", wrong[i], client.text);
		again();
	}
}

static void an_expired_certificate_is_not_trusted(void **state)
{
	struct tls_server *expired = bench_server("expired");
	listener_set_tls(b.listener, expired);
	tls_server_unref(expired);
	bench_connect(&b, &client, client_tls, "localhost");
	bench_until(&b, client.closed && server.closed);
	assert_int_equal(client.reason, CONN_UNTRUSTED);
	assert_non_null(strstr(client.text, "expired"));
}

static void plain_text_on_a_tls_port(void **state)
{
	static const char *const plain[] = {
	    "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "\x01\x02\x03\x04garbage...."};
	for (size_t i = 0; i < 2; i++) {
		int fd = bench_socket(&b);
		assert_true(send(fd, plain[i], strlen(plain[i]), 0) > 0);
		bench_until(&b, server.closed);
		assert_int_equal(server.reason, CONN_TLS_FAILED);
		assert_int_equal(server.opened, 0);
		if (i == 0)
			assert_non_null(strstr(server.text, "plain HTTP"));
		close(fd);
		again();
	}
}

static void tls_on_a_plain_port(void **state)
{
	listener_set_tls(b.listener, NULL);
	bench_connect(&b, &client, client_tls, "localhost");
	bench_until(&b, server.got.len > 0);
	conn_write(server.conn, "HTTP/1.1 400 Bad\r\n\r\n", 20);
	bench_until(&b, client.closed);
	assert_int_equal(client.reason, CONN_TLS_FAILED);
}

static void a_slow_handshake_times_out(void **state)
{
	int fd = bench_socket(&b);
	bench_until(&b, server.conn);
	conn_set_timeout_ms(server.conn, CONN_TIMEOUT_HANDSHAKE, 50);
	assert_int_equal(send(fd, "\x16\x03\x01\x02", 4, 0), 4);
	bench_until(&b, server.closed);
	assert_int_equal(server.reason, CONN_HANDSHAKE_TIMEOUT);
	close(fd);
}

static void leaving_in_the_handshake(void **state)
{
	int fd = bench_socket(&b);
	assert_int_equal(send(fd, "\x16\x03\x01\x02", 4, 0), 4);
	close(fd);
	bench_until(&b, server.closed);
	assert_int_equal(server.reason, CONN_TLS_FAILED);
	assert_non_null(strstr(server.text, "left"));
}

static void a_slow_reader_holds_the_writer(void **state)
{
	static char block[50000];
	const size_t total = 20u << 20;
	size_t written = 0, most = 0;
	bool go = true;
	open_both("localhost");
	conn_pause_reading(client.conn);
	loop_timer_arm_ms(&b.limit, 60000);
	while (client.got.len < total && !b.expired) {
		unsigned before = server.drained;
		while (go && written < total) {
			size_t n = total - written < sizeof(block)
			    ? total - written
			    : sizeof(block);
			memset(block, (int)(written >> 16), n);
			go = conn_write(server.conn, block, n);
			written += n;
		}
		if (conn_output_len(server.conn) > most)
			most = conn_output_len(server.conn);
		bench_turn(&b);
		if (!go || written == total)
			conn_resume_reading(client.conn);
		go = go || server.drained > before;
	}
	assert_false(b.expired);
	loop_timer_disarm(&b.limit);
	assert_int_equal(client.got.len, total);
	assert_true(server.drained > 0);
	if (most > (256u << 10) + sizeof(block))
		fail_msg("%zu bytes of output were held", most);
	for (size_t i = 0; i < total; i += 1 + i % 977)
		assert_int_equal((unsigned char)client.got.data[i],
		    (unsigned char)((i / 50000 * 50000) >> 16));
}

/* A client of OpenSSL's own, without blocking, against our server. */
static SSL *raw_connect(SSL_CTX *ctx, int *fd)
{
	*fd = bench_socket(&b);
	fcntl(*fd, F_SETFL, O_NONBLOCK);
	SSL *ssl = SSL_new(ctx);
	assert_true(SSL_set_fd(ssl, *fd));
	SSL_set_connect_state(ssl);
	return ssl;
}

static int raw_handshake(SSL *ssl)
{
	for (int i = 0; i < 2000; i++) {
		ERR_clear_error();
		int n = SSL_do_handshake(ssl);
		int error = SSL_get_error(ssl, n);
		if (n == 1)
			return 0;
		if (error != SSL_ERROR_WANT_READ &&
		    error != SSL_ERROR_WANT_WRITE)
			return -1;
		bench_nap(&b);
	}
	fail_msg("the handshake does not end");
	return -1;
}

static void old_versions_are_refused(void **state)
{
	static const struct {
		int version;
		bool good;
	} cases[] = {{TLS1_VERSION, false}, {TLS1_1_VERSION, false},
	    {TLS1_2_VERSION, true}, {TLS1_3_VERSION, true}};
	for (size_t i = 0; i < 4; i++) {
		int fd;
		SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
		SSL_CTX_set_security_level(ctx, 0);
		SSL_CTX_set_cipher_list(ctx, "ALL:@SECLEVEL=0");
		SSL_CTX_set_min_proto_version(ctx, cases[i].version);
		SSL_CTX_set_max_proto_version(ctx, cases[i].version);
		SSL *ssl = raw_connect(ctx, &fd);
		int failed = raw_handshake(ssl);
		if (!failed != cases[i].good)
			fail_msg("version %x: %d", cases[i].version, failed);
		if (failed) {
			bench_until(&b, server.closed);
			assert_int_equal(server.reason, CONN_TLS_FAILED);
		} else {
			bench_until(&b, server.opened);
		}
		SSL_free(ssl);
		SSL_CTX_free(ctx);
		close(fd);
		again();
	}
}

/* RFC 7301 3.2: who offers protocols and none of ours is told so. */
static void no_common_protocol_is_an_alert(void **state)
{
	int fd;
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	SSL_CTX_set_alpn_protos(ctx, (const unsigned char *)"\x02h2", 3);
	SSL *ssl = raw_connect(ctx, &fd);
	assert_int_equal(raw_handshake(ssl), -1);
	assert_int_equal(ERR_GET_REASON(ERR_peek_last_error()),
	    SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL);
	bench_until(&b, server.closed);
	SSL_free(ssl);
	SSL_CTX_free(ctx);
	close(fd);
}

static void renegotiation_is_refused(void **state)
{
	int fd;
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	SSL_CTX_set_max_proto_version(ctx, TLS1_2_VERSION);
	SSL *ssl = raw_connect(ctx, &fd);
	assert_int_equal(raw_handshake(ssl), 0);
	bench_until(&b, server.opened);
	if (SSL_renegotiate(ssl) == 1)
		assert_int_equal(raw_handshake(ssl), -1);
	SSL_free(ssl);
	SSL_CTX_free(ctx);
	close(fd);
}

static void sessions_are_resumed(void **state)
{
	for (int i = 0; i < 4; i++) {
		open_both("localhost");
		assert_int_equal(client.resumed, i > 0);
		assert_int_equal(server.resumed, i > 0);
		/* TLS 1.3 tickets come with the first bytes */
		conn_write(server.conn, "x", 1);
		bench_until(&b, client.got.len == 1);
		again();
	}
	/* not for another host, and not under another context */
	open_both("127.0.0.1");
	assert_false(client.resumed);
	again();
	struct tls_server *reloaded = bench_server("server");
	listener_set_tls(b.listener, reloaded);
	tls_server_unref(reloaded);
	open_both("localhost");
	assert_false(client.resumed);
}

static void sessions_of_tls_12_are_resumed(void **state)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	SSL_CTX_set_max_proto_version(ctx, TLS1_2_VERSION);
	SSL_SESSION *session = NULL;
	/* by ticket, then by the server's cache */
	for (int i = 0; i < 4; i++) {
		int fd;
		if (i == 2) {
			SSL_SESSION_free(session);
			session = NULL;
			SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
		}
		SSL *ssl = raw_connect(ctx, &fd);
		if (session)
			SSL_set_session(ssl, session);
		assert_int_equal(raw_handshake(ssl), 0);
		assert_int_equal(SSL_session_reused(ssl), i % 2);
		SSL_SESSION_free(session);
		session = SSL_get1_session(ssl);
		SSL_shutdown(ssl);
		SSL_free(ssl);
		close(fd);
		bench_until(&b, server.opened);
		again();
	}
	SSL_SESSION_free(session);
	SSL_CTX_free(ctx);
}

static void the_other_side_of_tls_12_resumes(void **state)
{
	/* Our client against a server that speaks 1.2 only is a session that
	 * is not sent anew: tls_client_remember keeps it. */
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
	SSL_CTX_set_max_proto_version(ctx, TLS1_2_VERSION);
	assert_int_equal(SSL_CTX_use_certificate_file(
			     ctx, certs_path("server.pem"), SSL_FILETYPE_PEM),
	    1);
	assert_int_equal(SSL_CTX_use_PrivateKey_file(
			     ctx, certs_path("server.key"), SSL_FILETYPE_PEM),
	    1);
	listener_set_tls(b.listener, NULL);
	for (int i = 0; i < 4; i++) {
		struct address at = {.len = sizeof(at.sa)};
		int hear = socket(AF_INET, SOCK_STREAM, 0);
		assert_int_equal(listen(hear, 1), 0);
		getsockname(hear, (struct sockaddr *)&at.sa, &at.len);
		end_bind(&client,
		    conn_connect(b.loop, &at, client_tls, "localhost"));
		bench_run_ms(&b, 5);
		int fd = accept(hear, NULL, NULL);
		fcntl(fd, F_SETFL, O_NONBLOCK);
		SSL *ssl = SSL_new(ctx);
		SSL_set_fd(ssl, fd);
		SSL_set_accept_state(ssl);
		assert_int_equal(raw_handshake(ssl), 0);
		bench_until(&b, client.opened);
		assert_string_equal(client.tls, "TLSv1.2 localhost -");
		assert_int_equal(client.resumed, i > 0);
		SSL_free(ssl);
		close(fd);
		close(hear);
		end_clear(&client);
		client = (struct end){0};
	}
	SSL_CTX_free(ctx);
}

static struct tls_server *asking_server(enum tls_client_auth auth)
{
	struct tls_pair pair = {
	    certs_path("server.pem"), certs_path("server.key")};
	struct tls_server_options options = {.pairs = &pair,
	    .n_pairs = 1,
	    .client_ca = certs_path("ca.pem"),
	    .client_auth = auth};
	struct buf error = {0};
	struct tls_server *tls = tls_server_new(&options, &error);
	assert_non_null(tls);
	return tls;
}

static struct tls_client *client_with(const char *stem)
{
	char pem[40], key[40];
	snprintf(pem, sizeof(pem), "%s.pem", stem);
	snprintf(key, sizeof(key), "%s.key", stem);
	struct tls_client_options options = {
	    certs_path("ca.pem"), certs_path(pem), certs_path(key)};
	struct buf error = {0};
	struct tls_client *tls = tls_client_new(&options, &error);
	assert_non_null(tls);
	return tls;
}

static void client_certificates(void **state)
{
	static const struct {
		enum tls_client_auth auth;
		const char *stem;
		bool good;
		const char *words;
	} cases[] = {
	    {TLS_CLIENT_REQUIRED, "client", true, NULL},
	    {TLS_CLIENT_REQUIRED, NULL, false, "no certificate"},
	    {TLS_CLIENT_REQUIRED, "stranger", false, "issuer"},
	    {TLS_CLIENT_OPTIONAL, "client", true, NULL},
	    {TLS_CLIENT_OPTIONAL, NULL, true, NULL},
	    {TLS_CLIENT_OPTIONAL, "stranger", false, "issuer"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct tls_server *asking = asking_server(cases[i].auth);
		struct tls_client *with = cases[i].stem
		    ? client_with(cases[i].stem)
		    : bench_client("ca.pem");
		listener_set_tls(b.listener, asking);
		bench_connect(&b, &client, with, "localhost");
		bench_until(&b, server.opened || server.closed);
		if (cases[i].good) {
			assert_int_equal(server.closed, 0);
			assert_string_equal(
			    server.subject, cases[i].stem ? "CN=agent 7" : "-");
			assert_int_equal(
			    strlen(server.fingerprint), cases[i].stem ? 64 : 1);
		} else {
			assert_int_equal(server.opened, 0);
			assert_int_equal(server.reason, CONN_UNTRUSTED);
			if (!strstr(server.text, cases[i].words))
				fail_msg("%zu: %s", i, server.text);
			bench_until(&b, client.closed);
			if (client.reason != CONN_UNTRUSTED)
				fail_msg("%zu: %s", i, client.text);
		}
		again();
		bench_turn(&b);
		tls_client_unref(with);
		tls_server_unref(asking);
	}
}

/* The context may go before the connections that began with it. */
static void contexts_outlive_a_reload(void **state)
{
	struct tls_server *first = bench_server("server");
	struct tls_client *with = bench_client("ca.pem");
	listener_set_tls(b.listener, first);
	tls_server_unref(first);
	bench_connect(&b, &client, with, "localhost");
	tls_client_unref(with);
	bench_until(&b, b.n_accepted);
	listener_set_tls(b.listener, server_tls); /* in the handshake */
	bench_until(&b, client.opened && server.opened);
	conn_write(client.conn, "still here", 10);
	bench_until(&b, server.got.len == 10);
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
	    TEST(both_sides_know_what_they_speak),
	    TEST(an_address_is_verified_too),
	    TEST(an_end_is_told_from_a_cut),
	    TEST(data_before_a_cut_is_told),
	    TEST(a_wrong_ca_is_not_trusted),
	    TEST(a_wrong_name_is_not_trusted),
	    TEST(an_expired_certificate_is_not_trusted),
	    TEST(plain_text_on_a_tls_port),
	    TEST(tls_on_a_plain_port),
	    TEST(a_slow_handshake_times_out),
	    TEST(leaving_in_the_handshake),
	    TEST(a_slow_reader_holds_the_writer),
	    TEST(old_versions_are_refused),
	    TEST(no_common_protocol_is_an_alert),
	    TEST(renegotiation_is_refused),
	    TEST(sessions_are_resumed),
	    TEST(sessions_of_tls_12_are_resumed),
	    TEST(the_other_side_of_tls_12_resumes),
	    TEST(client_certificates),
	    TEST(contexts_outlive_a_reload),
	};
	return cmocka_run_group_tests(tests, make_certs, remove_certs);
}
