/* The thread that compares passwords, its line, and what it has found out. */
#include "io/passwords.h"

#include <crypt.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/mem.h"
#include "io/password_line.h"

#define PASSWORD_MOST 4096

struct check {
	struct password_place place; /* under the lock; first, so that a place leads here */
	TAILQ_ENTRY(check) in_all;   /* the loop's */
	struct passwords *owner;
	char key[HASH_HEX_MAX]; /* under which the answer is kept */
	char *block;
	char *password, *hash;
	int most;
	bool never, right;
	bool told;
	void (*done)(void *arg, enum password_answer answer);
	void *arg;
};

struct passwords {
	struct loop *loop;
	char secret[HASH_ID_MAX]; /* of this process: what is kept says nothing to anybody else */
	struct map *right, *wrong;
	struct map *proven; /* addresses from which somebody was right */
	TAILQ_HEAD(all, check) all;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct password_line line;
	bool stop;
};

/* ---- the thread ---- */

static bool is_right(const struct check *c, struct crypt_data *data)
{
	const char *got = crypt_r(c->password, c->hash, data);

	return got && got[0] != '*' && hash_equal(str_c(got), str_c(c->hash)) && !c->never;
}

int password_cost(const char *hash)
{
	int64_t cost;
	bool known = strlen(hash) > 7 && hash[0] == '$' && hash[3] == '$' && hash[6] == '$';

	return known && str_to_i64((struct str){hash + 4, 2}, &cost) ? (int)cost : 0;
}

/*
 * A user whose hash costs less than another's would be told from a name that nobody has. Work of the costs from its own up
 * to the greatest makes up the difference exactly: 2^10 and, beside it, 2^10 and 2^11 are 2^12.
 */
static void spend_the_rest(const struct check *c, struct crypt_data *data)
{
	char setting[] = "$2b$00$abcdefghijklmnopqrstuu";

	for (int cost = password_cost(c->hash); cost && cost < c->most; cost++) {
		setting[4] = (char)('0' + cost / 10);
		setting[5] = (char)('0' + cost % 10);
		crypt_r(c->password, setting, data);
	}
}

static void check_answered(void *arg);

static void *check_passwords(void *arg)
{
	struct passwords *p = arg;
	struct crypt_data *data = mem_zero(sizeof *data);

	pthread_mutex_lock(&p->lock);
	while (!p->stop) {
		struct check *c = (struct check *)password_line_next(&p->line);
		if (!c) {
			pthread_cond_wait(&p->wake, &p->lock);
			continue;
		}
		pthread_mutex_unlock(&p->lock);
		c->right = is_right(c, data);
		spend_the_rest(c, data);
		pthread_mutex_lock(&p->lock);
		if (c->right)
			password_line_right(&p->line, &c->place);
		loop_post(p->loop, check_answered, c);
	}
	pthread_mutex_unlock(&p->lock);
	explicit_bzero(data, sizeof *data);
	free(data);
	return NULL;
}

/* ---- what is known ---- */

static void make_key(const struct passwords *p, const struct password_question *q, char out[HASH_HEX_MAX])
{
	AUTOBUF struct buf text;

	buf_init(&text, q->user.n + q->password.n + 128);
	buf_printf(&text, "%d %zu %s ", q->never, q->user.n, q->hash);
	buf_add(&text, q->user);
	buf_add(&text, q->password);
	hash_hmac_sha256(str_c(p->secret), buf_str(&text), out);
	if (text.p)
		explicit_bzero(text.p, text.n);
}

enum password_answer passwords_known(struct passwords *p, const struct password_question *q)
{
	char key[HASH_HEX_MAX];

	if (q->password.n > PASSWORD_MOST || str_index(q->password, '\0') >= 0)
		return PASSWORD_WRONG;
	make_key(p, q, key);
	if (map_get(p->right, str_c(key)))
		return PASSWORD_RIGHT;
	return map_get(p->wrong, str_c(key)) ? PASSWORD_WRONG : PASSWORD_UNKNOWN;
}

static void keep_in(struct map **kept, const char *key, void *value)
{
	if (map_count(*kept) >= PASSWORDS_KEPT_MOST) {
		map_free(*kept);
		*kept = map_new();
	}
	map_set(*kept, str_c(key), value);
}

/* A flood of guesses empties the wrong ones, never the right ones. */
static void keep_answer(struct passwords *p, const struct check *c)
{
	keep_in(c->right ? &p->right : &p->wrong, c->key, p);
	if (c->right)
		keep_in(&p->proven, c->block, p);
}

/* ---- the line ---- */

static void check_free(struct check *c)
{
	explicit_bzero(c->password, strlen(c->password));
	free(c->password);
	free(c->hash);
	free(c->block);
	free(c);
}

static void tell_check(struct check *c, enum password_answer answer)
{
	if (!c->told)
		c->done(c->arg, answer);
	c->told = true;
}

static void drop_check(struct check *c)
{
	TAILQ_REMOVE(&c->owner->all, c, in_all);
	check_free(c);
}

/* Whether it was still in the line, which the thread then never sees it in. */
static bool check_leave(struct check *c)
{
	struct passwords *p = c->owner;

	pthread_mutex_lock(&p->lock);
	bool waited = c->place.waits;
	password_line_leave(&p->line, &c->place);
	pthread_mutex_unlock(&p->lock);
	return waited;
}

/* Who asks the same as `answered` need not wait for his turn: an Alertmanager sends many webhooks at once. */
static void tell_same(struct check *answered, enum password_answer answer)
{
	struct check *c, *after;

	for (c = TAILQ_FIRST(&answered->owner->all); c; c = after) {
		after = TAILQ_NEXT(c, in_all);
		if (c == answered || strcmp(c->key, answered->key) || !check_leave(c))
			continue;
		tell_check(c, answer);
		drop_check(c);
	}
}

static void check_answered(void *arg)
{
	struct check *c = arg;
	enum password_answer answer = c->right ? PASSWORD_RIGHT : PASSWORD_WRONG;

	keep_answer(c->owner, c);
	tell_check(c, answer);
	tell_same(c, answer);
	drop_check(c);
}

static void check_gave_way(void *arg)
{
	struct check *c = arg;

	tell_check(c, PASSWORD_CROWDED);
	drop_check(c);
}

static struct check *check_new(struct passwords *p, const struct password_question *q)
{
	struct check *c = mem_zero(sizeof *c);

	c->owner = p;
	c->password = mem_str(q->password);
	c->hash = mem_strdup(q->hash);
	c->never = q->never;
	c->most = q->most;
	c->block = mem_str(q->block);
	c->place.block = password_line_holder(str_c(p->secret), q->block, STR(""));
	c->place.name = password_line_holder(str_c(p->secret), q->block, q->user);
	c->place.proven = map_get(p->proven, q->block) != NULL;
	make_key(p, q, c->key);
	return c;
}

bool passwords_ask(struct passwords *p, const struct password_question *q,
                   void (*done)(void *arg, enum password_answer answer), void *arg)
{
	if (p->stop)
		return false;
	struct check *c = check_new(p, q);
	c->done = done;
	c->arg = arg;
	TAILQ_INSERT_TAIL(&p->all, c, in_all);
	pthread_mutex_lock(&p->lock);
	struct check *loses = (struct check *)password_line_join(&p->line, &c->place);
	pthread_cond_signal(&p->wake);
	pthread_mutex_unlock(&p->lock);
	if (loses)
		loop_post(p->loop, check_gave_way, loses);
	return true;
}

/* ---- life ---- */

struct passwords *passwords_new(struct loop *l)
{
	struct passwords *p = mem_zero(sizeof *p);

	p->loop = l;
	hash_random_id(p->secret);
	p->right = map_new();
	p->wrong = map_new();
	p->proven = map_new();
	TAILQ_INIT(&p->all);
	password_line_init(&p->line);
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->wake, NULL);
	if (pthread_create(&p->thread, NULL, check_passwords, p) != 0)
		abort();
	return p;
}

void passwords_stop(struct passwords *p)
{
	struct check *c;

	if (!p || p->stop)
		return;
	pthread_mutex_lock(&p->lock);
	p->stop = true;
	pthread_cond_signal(&p->wake);
	pthread_mutex_unlock(&p->lock);
	pthread_join(p->thread, NULL);
	TAILQ_FOREACH(c, &p->all, in_all)
	tell_check(c, PASSWORD_UNKNOWN);
}

void passwords_free(struct passwords *p)
{
	if (!p)
		return;
	passwords_stop(p);
	while (!TAILQ_EMPTY(&p->all))
		drop_check(TAILQ_FIRST(&p->all));
	map_free(p->right);
	map_free(p->wrong);
	map_free(p->proven);
	pthread_mutex_destroy(&p->lock);
	pthread_cond_destroy(&p->wake);
	free(p);
}
