/*
 * Hashes and identifiers (OpenSSL's libcrypto): the incident key, the webhook signature, commit and claim ids.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

#define HASH_HEX_MAX 65
/* Lower-case hex of SHA-256, 64 digits and NUL. */
char *hash_sha256(struct str bytes, char out[HASH_HEX_MAX]);
#define HASH_BYTES 32
/* The same as bytes. */
void hash_sha256_bytes(struct str bytes, unsigned char out[HASH_BYTES]);
/* Lower-case hex of HMAC-SHA256. */
char *hash_hmac_sha256(struct str key, struct str bytes, char out[HASH_HEX_MAX]);
/* The last eight bytes of MD5 as a number, which is what Prometheus' hashmod counts with. No secret is kept by it. */
uint64_t hash_md5_tail(struct str bytes);
/* Compares without telling by its duration where they differ; whether their lengths do, it tells. */
bool hash_equal(struct str a, struct str b);
/* Compares what a caller gave with a secret: neither where they differ nor how long the secret is shows in the cost. */
bool hash_equal_secret(struct str given, struct str secret);
#define HASH_ID_MAX 33
/* 128 random bits as 32 hex digits and NUL. */
char *hash_random_id(char out[HASH_ID_MAX]);

#endif
