/*
 * Hashes and identifiers (OpenSSL's libcrypto): the incident key, the webhook signature, commit and claim ids.
 */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

#define DIGEST_HEX_MAX 65
/* Lower-case hex of SHA-256, 64 digits and NUL. */
char *digest_sha256(struct str bytes, char out[DIGEST_HEX_MAX]);
#define DIGEST_BYTES 32
/* The same as bytes. */
void digest_sha256_bytes(struct str bytes, unsigned char out[DIGEST_BYTES]);
/* Lower-case hex of HMAC-SHA256. */
char *digest_hmac_sha256(struct str key, struct str bytes, char out[DIGEST_HEX_MAX]);
/* The last eight bytes of MD5 as a number, which is what Prometheus' hashmod counts with. No secret is kept by it. */
uint64_t digest_md5_tail(struct str bytes);
/* Compares without telling by its duration where they differ. */
bool digest_equal(struct str a, struct str b);
#define DIGEST_ID_MAX 33
/* 128 random bits as 32 hex digits and NUL. */
char *digest_random_id(char out[DIGEST_ID_MAX]);

#endif
