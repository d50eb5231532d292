/* libcrypto's digests behind plain functions; each thread keeps its contexts. */
#include "base/hash.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static char *put_hex(const unsigned char *bytes, size_t n, char *out)
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < n; i++) {
		out[2 * i] = digits[bytes[i] >> 4];
		out[2 * i + 1] = digits[bytes[i] & 15];
	}
	out[2 * n] = '\0';
	return out;
}

/* libcrypto fails here only without memory or entropy: nothing that follows could be trusted. */
static void require_crypto(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "libcrypto failed: %s\n", what);
	abort();
}

static const unsigned char *octets(struct str s)
{
	return (const unsigned char *)(s.n ? s.p : "");
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t context_key, mac_key;
static EVP_MD *sha256;
static EVP_MAC *hmac;

static void free_digest_context(void *context)
{
	EVP_MD_CTX_free(context);
}

static void free_mac(void *context)
{
	EVP_MAC_CTX_free(context);
}

static void fetch_once(void)
{
	sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	require_crypto(sha256 && pthread_key_create(&context_key, free_digest_context) == 0, "SHA-256");
	require_crypto(hmac && pthread_key_create(&mac_key, free_mac) == 0, "HMAC-SHA256");
}

/* SHA256() looks its algorithm up by name each time, which costs five times what hashing a label set does. */
static EVP_MD_CTX *context_of_thread(void)
{
	pthread_once(&once, fetch_once);
	EVP_MD_CTX *context = pthread_getspecific(context_key);
	if (!context) {
		context = EVP_MD_CTX_new();
		require_crypto(context && EVP_DigestInit_ex2(context, sha256, NULL) == 1 &&
		                   pthread_setspecific(context_key, context) == 0,
		               "SHA-256");
	}
	return context;
}

void hash_sha256_bytes(struct str bytes, unsigned char out[HASH_BYTES])
{
	EVP_MD_CTX *context = context_of_thread();
	bool hashed = EVP_DigestInit_ex2(context, NULL, NULL) == 1 &&
	              EVP_DigestUpdate(context, octets(bytes), bytes.n) == 1 && EVP_DigestFinal_ex(context, out, NULL) == 1;
	require_crypto(hashed, "SHA-256");
}

char *hash_sha256(struct str bytes, char out[HASH_HEX_MAX])
{
	unsigned char sum[HASH_BYTES];
	hash_sha256_bytes(bytes, sum);
	return put_hex(sum, sizeof sum, out);
}

/* HMAC() looks two algorithms up by name each time; this context keeps its digest from one key to the next. */
static EVP_MAC_CTX *mac_of_thread(void)
{
	char name[] = "SHA256";
	const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0),
	                             OSSL_PARAM_construct_end()};

	pthread_once(&once, fetch_once);
	EVP_MAC_CTX *context = pthread_getspecific(mac_key);
	if (!context) {
		context = EVP_MAC_CTX_new(hmac);
		require_crypto(context && EVP_MAC_CTX_set_params(context, params) == 1 &&
		                   pthread_setspecific(mac_key, context) == 0,
		               "HMAC-SHA256");
	}
	return context;
}

char *hash_hmac_sha256(struct str key, struct str bytes, char out[HASH_HEX_MAX])
{
	EVP_MAC_CTX *context = mac_of_thread();
	unsigned char sum[HASH_BYTES];
	size_t n = 0;
	bool signed_it = EVP_MAC_init(context, octets(key), key.n, NULL) == 1 &&
	                 EVP_MAC_update(context, octets(bytes), bytes.n) == 1 &&
	                 EVP_MAC_final(context, sum, &n, sizeof sum) == 1;
	require_crypto(signed_it && n == sizeof sum, "HMAC-SHA256");
	return put_hex(sum, sizeof sum, out);
}

uint64_t hash_md5_tail(struct str bytes)
{
	unsigned char sum[EVP_MAX_MD_SIZE];
	unsigned int n = 0;
	uint64_t tail = 0;

	require_crypto(EVP_Digest(octets(bytes), bytes.n, sum, &n, EVP_md5(), NULL) == 1 && n >= sizeof tail, "MD5");
	for (size_t i = n - sizeof tail; i < n; i++)
		tail = tail << 8 | sum[i];
	return tail;
}

bool hash_equal(struct str a, struct str b)
{
	return a.n == b.n && CRYPTO_memcmp(octets(a), octets(b), a.n) == 0;
}

/* Digests are of one length, so the comparison never ends early. */
bool hash_equal_secret(struct str given, struct str secret)
{
	unsigned char a[HASH_BYTES], b[HASH_BYTES];
	hash_sha256_bytes(given, a);
	hash_sha256_bytes(secret, b);
	return CRYPTO_memcmp(a, b, sizeof a) == 0;
}

/* Asking for a few bytes costs as much as for many: each thread has some in stock. */
char *hash_random_id(char out[HASH_ID_MAX])
{
	static _Thread_local unsigned char stock[64 * (HASH_ID_MAX - 1) / 2];
	static _Thread_local size_t left;
	const size_t n = (HASH_ID_MAX - 1) / 2;

	if (left < n) {
		require_crypto(RAND_bytes(stock, sizeof stock) == 1, "random bytes");
		left = sizeof stock;
	}
	left -= n;
	return put_hex(stock + left, n, out);
}
