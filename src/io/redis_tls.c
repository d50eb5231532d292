/* TLS towards Redis, where hiredis can: an SSL that checks the host's name, handed to hiredis_ssl. */
#include "io/redis_impl.h"

#ifdef HAVE_HIREDIS_SSL

#include <arpa/inet.h>
#include <hiredis/async.h>
#include <hiredis/hiredis.h>
#include <hiredis/hiredis_ssl.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>

bool redis_has_tls(void)
{
	return true;
}

static void context_cleanup(SSL_CTX **context)
{
	SSL_CTX_free(*context);
}

static void ssl_cleanup(SSL **ssl)
{
	SSL_free(*ssl);
}

/* A file's trouble in OpenSSL's words. */
static bool refuse_tls(struct str what, char why[REDIS_WHY_MAX])
{
	const char *reason = ERR_reason_error_string(ERR_peek_last_error());
	snprintf(why, REDIS_WHY_MAX, "TLS: %.*s: %s", STR_ARG(what), reason ? reason : "not usable");
	ERR_clear_error();
	return false;
}

static bool load_ca(SSL_CTX *context, const struct redis_tls *tls, char why[REDIS_WHY_MAX])
{
	if (tls->ca_file.n ? SSL_CTX_load_verify_locations(context, tls->ca_file.p, NULL)
	                   : SSL_CTX_set_default_verify_paths(context))
		return true;
	return refuse_tls(tls->ca_file, why);
}

static bool load_own(SSL_CTX *context, const struct redis_tls *tls, char why[REDIS_WHY_MAX])
{
	if (!tls->cert_file.n)
		return true;
	if (SSL_CTX_use_certificate_chain_file(context, tls->cert_file.p) != 1)
		return refuse_tls(tls->cert_file, why);
	if (SSL_CTX_use_PrivateKey_file(context, tls->key_file.p, SSL_FILETYPE_PEM) != 1)
		return refuse_tls(tls->key_file, why);
	return true;
}

static bool is_ip_address(const char *name)
{
	struct in6_addr any;
	return inet_pton(AF_INET, name, &any) == 1 || inet_pton(AF_INET6, name, &any) == 1;
}

/* Neither hiredis nor OpenSSL compares names unless told which. */
static bool expect_name(SSL *ssl, const struct redis_tls *tls, struct str host, char why[REDIS_WHY_MAX])
{
	struct str name = tls->server_name.n ? tls->server_name : host;
	AUTOFREE char *text = mem_str(name);
	bool ip = is_ip_address(text), set = true;
	SSL_set_verify(ssl, tls->insecure_skip_verify ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, NULL);
	if (name.n && !ip)
		set = SSL_set_tlsext_host_name(ssl, text);
	if (set && !tls->insecure_skip_verify)
		set = name.n && (ip ? X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), text) : SSL_set1_host(ssl, text));
	if (!set)
		snprintf(why, REDIS_WHY_MAX, "TLS: no server_name to compare the certificate with");
	return set;
}

static SSL *new_ssl(const struct redis_tls *tls, struct str host, char why[REDIS_WHY_MAX])
{
	__attribute__((cleanup(context_cleanup))) SSL_CTX *context = SSL_CTX_new(TLS_client_method());
	if (!context || !SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION)) {
		refuse_tls(STR("setting it up"), why);
		return NULL;
	}
	if (!load_ca(context, tls, why) || !load_own(context, tls, why))
		return NULL;
	__attribute__((cleanup(ssl_cleanup))) SSL *ssl = SSL_new(context);
	if (!ssl)
		abort(); /* out of memory */
	if (!expect_name(ssl, tls, host, why))
		return NULL;
	SSL *made = ssl;
	ssl = NULL;
	return made;
}

bool redis_tls_start(struct redisAsyncContext *context, const struct redis_tls *tls, struct str host,
                     struct ssl_st **ssl, char why[REDIS_WHY_MAX])
{
	*ssl = NULL;
	if (!tls->on)
		return true;
	ERR_clear_error();
	SSL *made = new_ssl(tls, host, why);
	if (!made)
		return false;
	/* Begins the handshake, without waiting; hiredis goes on with it when the socket has something to say. */
	if (redisInitiateSSL(&context->c, made) == REDIS_OK) {
		*ssl = made;
		return true;
	}
	snprintf(why, REDIS_WHY_MAX, "TLS: %s", context->c.errstr);
	SSL_free(made);
	return false;
}

const char *redis_tls_why(const struct ssl_st *ssl)
{
	long verdict = SSL_get_verify_result(ssl);
	if (verdict != X509_V_OK && SSL_get_verify_mode(ssl) != SSL_VERIFY_NONE)
		return X509_verify_cert_error_string(verdict);
	const char *reason = ERR_reason_error_string(ERR_peek_last_error());
	ERR_clear_error();
	if (reason)
		return reason;
	return SSL_is_init_finished(ssl) ? "" : "the handshake did not come to an end (does it speak TLS?)";
}

#else

#include <stdio.h>

bool redis_has_tls(void)
{
	return false;
}

bool redis_tls_start(struct redisAsyncContext *context, const struct redis_tls *tls, struct str host,
                     struct ssl_st **ssl, char why[REDIS_WHY_MAX])
{
	(void)context, (void)host;
	*ssl = NULL;
	if (tls->on)
		snprintf(why, REDIS_WHY_MAX, "this build has no TLS for Redis (it needs hiredis 1.x with hiredis_ssl)");
	return !tls->on;
}

const char *redis_tls_why(const struct ssl_st *ssl)
{
	(void)ssl;
	return "";
}

#endif
