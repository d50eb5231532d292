#include "base/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>

static char *hex(const unsigned char *bytes, size_t n, char *out)
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
static void must(bool ok, const char *what)
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

void digest_sha256_bytes(struct str bytes, unsigned char out[DIGEST_BYTES])
{
	must(SHA256(octets(bytes), bytes.n, out) != NULL, "SHA-256");
}

char *digest_sha256(struct str bytes, char out[DIGEST_HEX_MAX])
{
	unsigned char sum[DIGEST_BYTES];
	digest_sha256_bytes(bytes, sum);
	return hex(sum, sizeof sum, out);
}

char *digest_hmac_sha256(struct str key, struct str bytes, char out[DIGEST_HEX_MAX])
{
	unsigned char sum[SHA256_DIGEST_LENGTH];
	unsigned int n = sizeof sum;
	must(HMAC(EVP_sha256(), octets(key), (int)key.n, octets(bytes), bytes.n, sum, &n) != NULL, "HMAC-SHA256");
	return hex(sum, sizeof sum, out);
}

uint64_t digest_md5_tail(struct str bytes)
{
	unsigned char sum[EVP_MAX_MD_SIZE];
	unsigned int n = 0;
	uint64_t tail = 0;

	must(EVP_Digest(octets(bytes), bytes.n, sum, &n, EVP_md5(), NULL) == 1 && n >= sizeof tail, "MD5");
	for (size_t i = n - sizeof tail; i < n; i++)
		tail = tail << 8 | sum[i];
	return tail;
}

bool digest_equal(struct str a, struct str b)
{
	return a.n == b.n && CRYPTO_memcmp(octets(a), octets(b), a.n) == 0;
}

char *digest_random_id(char out[DIGEST_ID_MAX])
{
	unsigned char id[(DIGEST_ID_MAX - 1) / 2];
	must(RAND_bytes(id, sizeof id) == 1, "random bytes");
	return hex(id, sizeof id, out);
}
