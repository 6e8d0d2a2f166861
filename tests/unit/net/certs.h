/*
 * certs - certificates made for one test run, in a folder of their own.
 *
 * Header only: each test is one source file. Any failure ends the program.
 */
#ifndef HANDRAIL_TESTS_UNIT_NET_CERTS_H
#define HANDRAIL_TESTS_UNIT_NET_CERTS_H

#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char certs_folder[] = "/tmp/handrail-net-XXXXXX";

#define CERTS_CHECK(x)                                                         \
	do {                                                                   \
		if (!(x)) {                                                    \
			fprintf(stderr, "certs: %s failed\n", #x);             \
			abort();                                               \
		}                                                              \
	} while (0)

struct certs_ca {
	X509 *cert;
	EVP_PKEY *key;
};

/* folder/NAME, in one of four buffers used in turn. */
static inline const char *certs_path(const char *name)
{
	static char paths[8][96];
	static unsigned next;
	char *path = paths[next++ % 8];
	snprintf(path, 96, "%s/%s", certs_folder, name);
	return path;
}

static inline void certs_extension(
    X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	CERTS_CHECK(e && X509_add_ext(cert, e, -1));
	X509_EXTENSION_free(e);
}

/* ca NULL: signs itself and is a CA. san: "DNS:a,IP:127.0.0.1" or NULL. */
static inline X509 *certs_sign(const struct certs_ca *ca, EVP_PKEY *key,
    const char *name, const char *san, long days)
{
	static long serial = 1;
	X509 *cert = X509_new();
	CERTS_CHECK(cert && X509_set_version(cert, 2));
	ASN1_INTEGER_set(X509_get_serialNumber(cert), serial++);
	X509_gmtime_adj(X509_getm_notBefore(cert), -86400L * 30);
	X509_gmtime_adj(X509_getm_notAfter(cert), 86400L * days);
	X509_NAME *subject = X509_get_subject_name(cert);
	X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
	    (const unsigned char *)name, -1, -1, 0);
	X509 *issuer = ca ? ca->cert : cert;
	X509_set_issuer_name(cert, X509_get_subject_name(issuer));
	X509_set_pubkey(cert, key);
	certs_extension(cert, issuer, NID_basic_constraints,
	    ca ? "critical,CA:FALSE" : "critical,CA:TRUE");
	certs_extension(cert, issuer, NID_subject_key_identifier, "hash");
	if (san)
		certs_extension(cert, issuer, NID_subject_alt_name, san);
	CERTS_CHECK(X509_sign(cert, ca ? ca->key : key, EVP_sha256()));
	return cert;
}

static inline void certs_write(
    const char *stem, X509 *cert, EVP_PKEY *key, const char *passphrase)
{
	char name[64];
	snprintf(name, sizeof(name), "%s.pem", stem);
	FILE *file = fopen(certs_path(name), "w");
	CERTS_CHECK(file && PEM_write_X509(file, cert));
	fclose(file);
	snprintf(name, sizeof(name), "%s.key", stem);
	int fd = open(certs_path(name), O_WRONLY | O_CREAT | O_TRUNC, 0600);
	file = fdopen(fd, "w");
	CERTS_CHECK(file &&
	    PEM_write_PrivateKey(file, key,
		passphrase ? EVP_aes_128_cbc() : NULL, NULL, 0, NULL,
		(void *)passphrase));
	fclose(file);
}

/* STEM.pem and STEM.key signed by ca. */
static inline void certs_leaf(const struct certs_ca *ca, const char *stem,
    const char *name, const char *san, long days)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	CERTS_CHECK(key);
	X509 *cert = certs_sign(ca, key, name, san, days);
	certs_write(stem, cert, key, NULL);
	X509_free(cert);
	EVP_PKEY_free(key);
}

static inline struct certs_ca certs_ca(const char *stem)
{
	struct certs_ca ca = {.key = EVP_EC_gen("P-256")};
	ca.cert = certs_sign(NULL, ca.key, stem, NULL, 30);
	certs_write(stem, ca.cert, ca.key, NULL);
	return ca;
}

static inline void certs_ca_clear(struct certs_ca *ca)
{
	X509_free(ca->cert);
	EVP_PKEY_free(ca->key);
}

/*
 * ca, other-ca; server (localhost, 127.0.0.1), wild (*.shop.test), one
 * (one.shop.test), expired, elsewhere (elsewhere.test), client, stranger
 * (a client of other-ca).
 */
static inline void certs_make(void)
{
	CERTS_CHECK(mkdtemp(certs_folder));
	struct certs_ca ca = certs_ca("ca"), other = certs_ca("other-ca");
	certs_leaf(
	    &ca, "server", "server", "DNS:localhost,IP:127.0.0.1,IP:::1", 30);
	certs_leaf(&ca, "wild", "wild", "DNS:*.shop.test", 30);
	certs_leaf(&ca, "one", "one", "DNS:one.shop.test", 30);
	certs_leaf(&ca, "expired", "expired", "DNS:localhost", -1);
	certs_leaf(&ca, "elsewhere", "elsewhere", "DNS:elsewhere.test", 30);
	certs_leaf(&ca, "client", "agent 7", NULL, 30);
	certs_leaf(&other, "stranger", "stranger", NULL, 30);
	certs_ca_clear(&ca);
	certs_ca_clear(&other);
}

static inline void certs_remove(void)
{
	char command[128];
	snprintf(command, sizeof(command), "rm -rf '%s'", certs_folder);
	CERTS_CHECK(system(command) == 0);
}

#endif
