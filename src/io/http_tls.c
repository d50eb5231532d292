/* The server's TLS context, made of files and made anew when they change. On the way in: http_connection.c asks for an SSL. */
#include "io/http_tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "io/http_tls_impl.h"
#include "io/loop.h"
#include "io/regular_file.h"

#define LOOK_EVERY_MS 1000
#define CA_CERTIFICATES_MOST 1000
#define CERTIFICATE_FILES 3

static const char SESSION_CONTEXT[] = "runbookd";

/* When a file was last another one. */
struct file_state {
	dev_t dev;
	ino_t ino;
	off_t size;
	struct timespec changed;
};

struct http_tls {
	struct arena *arena;
	struct http_tls_options options;
	SSL_CTX *context;
	struct file_state files[CERTIFICATE_FILES];
	int64_t looked_at;
	void (*before_connection)(void *arg); /* NULL: nobody wants to change it */
	void *arg;
};

/* ---- files ---- */

static bool tls_trouble(const char *file, const char *why, struct err *err)
{
	const char *reason = why && why[0] ? why : ERR_reason_error_string(ERR_peek_last_error());

	err_add(err, "%s: %s", file, reason ? reason : "not usable");
	ERR_clear_error();
	return false;
}

static BIO *open_pem(const char *file, struct err *err)
{
	const char *why;
	int fd = regular_file_open(file, &why);
	BIO *bio = fd < 0 ? NULL : BIO_new_fd(fd, BIO_CLOSE);

	if (!bio)
		tls_trouble(file, why, err);
	return bio;
}

static void bio_cleanup(BIO **bio)
{
	BIO_free(*bio);
}
#define AUTOBIO __attribute__((cleanup(bio_cleanup)))

/* Nobody is there to type a passphrase. */
static int no_passphrase(char *out, int size, int writing, void *arg)
{
	(void)out, (void)size, (void)writing, (void)arg;
	return -1;
}

static bool load_chain(SSL_CTX *context, const char *file, struct err *err)
{
	AUTOBIO BIO *bio = open_pem(file, err);
	X509 *own = bio ? PEM_read_bio_X509(bio, NULL, no_passphrase, NULL) : NULL, *more;

	if (!bio)
		return false;
	bool fine = own && SSL_CTX_use_certificate(context, own) == 1;
	X509_free(own);
	if (!fine)
		return tls_trouble(file, NULL, err);
	for (int n = 0; n < CA_CERTIFICATES_MOST && (more = PEM_read_bio_X509(bio, NULL, no_passphrase, NULL)); n++)
		if (SSL_CTX_add0_chain_cert(context, more) != 1)
			X509_free(more);
	ERR_clear_error();
	return true;
}

static bool load_key(SSL_CTX *context, const char *file, struct err *err)
{
	AUTOBIO BIO *bio = open_pem(file, err);
	EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL) : NULL;

	if (!bio)
		return false;
	bool fine = key && SSL_CTX_use_PrivateKey(context, key) == 1 && SSL_CTX_check_private_key(context) == 1;
	EVP_PKEY_free(key);
	return fine || tls_trouble(file, NULL, err);
}

static bool load_authorities(SSL_CTX *context, const char *file, struct err *err)
{
	AUTOBIO BIO *bio = open_pem(file, err);
	X509 *one;
	int n = 0;

	while (bio && n < CA_CERTIFICATES_MOST && (one = PEM_read_bio_X509(bio, NULL, no_passphrase, NULL))) {
		X509_STORE_add_cert(SSL_CTX_get_cert_store(context), one);
		SSL_CTX_add_client_CA(context, one);
		X509_free(one);
		n++;
	}
	if (bio && n)
		ERR_clear_error();
	return n || (bio && tls_trouble(file, "no certificate in it", err));
}

/* ---- client certificates ---- */

static bool is_allowed(const struct http_tls *t, X509 *certificate)
{
	AUTOBUF struct buf names;
	bool allowed = false;

	buf_init(&names, HTTP_NAMES_MAX);
	http_tls_names(certificate, &names);
	for (struct str rest = buf_str(&names); rest.n;) {
		ptrdiff_t end = str_index(rest, '\n');
		struct str name = str_slice(rest, 0, end < 0 ? rest.n : (size_t)end);
		rest = str_slice(rest, end < 0 ? rest.n : (size_t)end + 1, rest.n);
		for (size_t i = 0; i < t->options.allowed_san_count; i++)
			allowed |= str_eq(name, t->options.allowed_sans[i]);
	}
	return allowed;
}

/* SSL_VERIFY_PEER's callback: what OpenSSL found, and what the options make of it. */
static int on_verify(int fine, X509_STORE_CTX *store)
{
	const SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
	const struct http_tls *t = SSL_get_app_data(ssl);
	enum http_client_auth wanted = t->options.client_auth;

	if (wanted == HTTP_CLIENT_REQUEST || wanted == HTTP_CLIENT_REQUIRE_ANY)
		return 1;
	if (!fine || X509_STORE_CTX_get_error_depth(store) > 0 || !t->options.allowed_san_count)
		return fine;
	if (is_allowed(t, X509_STORE_CTX_get_current_cert(store)))
		return 1;
	X509_STORE_CTX_set_error(store, X509_V_ERR_APPLICATION_VERIFICATION);
	return 0;
}

static void ask_for_certificates(SSL_CTX *context, enum http_client_auth wanted)
{
	static const int modes[] = {
		[HTTP_CLIENT_NO_CERT] = SSL_VERIFY_NONE,
		[HTTP_CLIENT_REQUEST] = SSL_VERIFY_PEER,
		[HTTP_CLIENT_REQUIRE_ANY] = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
		[HTTP_CLIENT_VERIFY_GIVEN] = SSL_VERIFY_PEER,
		[HTTP_CLIENT_REQUIRE] = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
	};
	SSL_CTX_set_verify(context, modes[wanted], on_verify);
}

/* ---- the context ---- */

static bool set_choices(SSL_CTX *context, const struct http_tls_options *o, struct err *err)
{
	static const int versions[] = {TLS1_VERSION, TLS1_1_VERSION, TLS1_2_VERSION, TLS1_3_VERSION};

	SSL_CTX_set_min_proto_version(context, versions[o->min_version]);
	SSL_CTX_set_max_proto_version(context, versions[o->max_version]);
	SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET);
	if (!o->prefer_client_suites)
		SSL_CTX_set_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE);
	SSL_CTX_set_num_tickets(context, 0);
	SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_session_id_context(context, (const unsigned char *)SESSION_CONTEXT, sizeof SESSION_CONTEXT - 1);
	SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
	if (o->suites && SSL_CTX_set_cipher_list(context, o->suites) != 1)
		return tls_trouble("cipher_suites", NULL, err);
	if (o->curves && SSL_CTX_set1_curves_list(context, o->curves) != 1)
		return tls_trouble("curve_preferences", NULL, err);
	return true;
}

/* NULL with a line in `err`. */
static SSL_CTX *new_context(const struct http_tls_options *o, struct err *err)
{
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());

	if (!context)
		abort();
	ask_for_certificates(context, o->client_auth);
	if (set_choices(context, o, err) && load_chain(context, o->cert_file, err) && load_key(context, o->key_file, err) &&
	    (!o->client_ca_file || load_authorities(context, o->client_ca_file, err)))
		return context;
	SSL_CTX_free(context);
	return NULL;
}

static bool has_changed(struct http_tls *t)
{
	const char *const names[CERTIFICATE_FILES] = {t->options.cert_file, t->options.key_file, t->options.client_ca_file};
	bool changed = false;

	for (size_t i = 0; i < CERTIFICATE_FILES; i++) {
		struct stat st = {0};
		if (!names[i] || stat(names[i], &st) != 0)
			continue;
		struct file_state *was = &t->files[i], is = {st.st_dev, st.st_ino, st.st_size, st.st_ctim};
		changed |= was->dev != is.dev || was->ino != is.ino || was->size != is.size ||
		           was->changed.tv_sec != is.changed.tv_sec || was->changed.tv_nsec != is.changed.tv_nsec;
		*was = is;
	}
	return changed;
}

/* A certificate and its key are two files: between the two renames they do not fit, and the old ones stay. */
static void read_anew(struct http_tls *t)
{
	AUTOERR struct err err = ERR_INIT;
	SSL_CTX *fresh = new_context(&t->options, &err);

	if (!fresh) {
		LOG(LOG_WARN, "The new certificate is not usable (yet): the old one stays", LOG_S("error", err_first(&err)));
		t->files[0] = (struct file_state){0}; /* looked at again, also where nothing changes any more */
		return;
	}
	SSL_CTX_free(t->context);
	t->context = fresh;
	LOG(LOG_INFO, "Certificates were read anew", LOG_S("cert_file", t->options.cert_file));
}

bool http_tls_verifies(const struct http_tls *t)
{
	return t->options.client_auth == HTTP_CLIENT_VERIFY_GIVEN || t->options.client_auth == HTTP_CLIENT_REQUIRE;
}

SSL *http_tls_connection(struct http_tls *t)
{
	int64_t now = loop_mono_ms();

	if (t->before_connection)
		t->before_connection(t->arg);
	if (now - t->looked_at >= LOOK_EVERY_MS) {
		t->looked_at = now;
		if (has_changed(t))
			read_anew(t);
	}
	SSL *ssl = SSL_new(t->context);
	if (!ssl)
		abort();
	SSL_set_app_data(ssl, t);
	return ssl;
}

/* ---- life ---- */

static const char *copy_path(struct arena *arena, const char *s)
{
	return s ? arena_cstr(arena, str_c(s)) : NULL;
}

static void copy_options(struct http_tls *t, const struct http_tls_options *o)
{
	struct str *sans = arena_alloc(t->arena, (o->allowed_san_count + 1) * sizeof *sans);

	t->options = *o;
	t->options.cert_file = copy_path(t->arena, o->cert_file);
	t->options.key_file = copy_path(t->arena, o->key_file);
	t->options.client_ca_file = copy_path(t->arena, o->client_ca_file);
	t->options.suites = copy_path(t->arena, o->suites);
	t->options.curves = copy_path(t->arena, o->curves);
	for (size_t i = 0; i < o->allowed_san_count; i++)
		sans[i] = arena_str(t->arena, o->allowed_sans[i]);
	t->options.allowed_sans = sans;
}

bool http_tls_change(struct http_tls *t, const struct http_tls_options *options, struct err *err)
{
	struct http_tls fresh = {.arena = arena_new(), .before_connection = t->before_connection, .arg = t->arg};

	copy_options(&fresh, options);
	has_changed(&fresh); /* as the files are now: what comes later is a change */
	fresh.context = new_context(&fresh.options, err);
	if (!fresh.context) {
		arena_free(fresh.arena);
		return false;
	}
	SSL_CTX_free(t->context); /* connections hold theirs */
	arena_free(t->arena);
	*t = fresh;
	return true;
}

struct http_tls *http_tls_new(const struct http_tls_options *options, struct err *err)
{
	struct http_tls *t = mem_zero(sizeof *t);

	t->arena = arena_new();
	if (http_tls_change(t, options, err))
		return t;
	http_tls_free(t);
	return NULL;
}

void http_tls_before_connection(struct http_tls *t, void (*look)(void *arg), void *arg)
{
	t->before_connection = look;
	t->arg = arg;
}

void http_tls_free(struct http_tls *t)
{
	if (!t)
		return;
	SSL_CTX_free(t->context);
	arena_free(t->arena);
	free(t);
}

const char *http_tls_suite(const char *name)
{
	const char *ours = OPENSSL_cipher_name(name);
	return !ours || strcmp(ours, "(NONE)") == 0 ? NULL : ours;
}
