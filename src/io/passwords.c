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

#define PASSWORD_MOST 4096
#define BLOCK_MOST 16

struct check {
	TAILQ_ENTRY(check) in_all;  /* the loop's */
	TAILQ_ENTRY(check) in_line; /* the thread's, under the lock */
	struct passwords *owner;
	char key[HASH_HEX_MAX]; /* under which the answer is kept */
	char *password, *hash;
	bool never, right;
	bool told;
	char block[BLOCK_MOST];
	size_t block_n;
	void (*done)(void *arg, enum password_answer answer);
	void *arg;
};

struct passwords {
	struct loop *loop;
	char secret[HASH_ID_MAX]; /* of this process: what is kept says nothing to anybody else */
	struct map *right, *wrong;
	TAILQ_HEAD(all, check) all;
	int waiting;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	TAILQ_HEAD(line, check) line;
	bool stop;
};

/* ---- the thread ---- */

static bool is_right(const struct check *c, struct crypt_data *data)
{
	const char *got = crypt_r(c->password, c->hash, data);

	return got && got[0] != '*' && hash_equal(str_c(got), str_c(c->hash)) && !c->never;
}

static void check_answered(void *arg);

static void *check_passwords(void *arg)
{
	struct passwords *p = arg;
	struct crypt_data *data = mem_zero(sizeof *data);

	pthread_mutex_lock(&p->lock);
	while (!p->stop) {
		struct check *c = TAILQ_FIRST(&p->line);
		if (!c) {
			pthread_cond_wait(&p->wake, &p->lock);
			continue;
		}
		TAILQ_REMOVE(&p->line, c, in_line);
		pthread_mutex_unlock(&p->lock);
		c->right = is_right(c, data);
		loop_post(p->loop, check_answered, c);
		pthread_mutex_lock(&p->lock);
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

/* A flood of guesses empties the wrong ones, never the right ones. */
static void keep_answer(struct passwords *p, const struct check *c)
{
	struct map **kept = c->right ? &p->right : &p->wrong;

	if (map_count(*kept) >= PASSWORDS_KEPT_MOST) {
		map_free(*kept);
		*kept = map_new();
	}
	map_set(*kept, str_c(c->key), p);
}

/* ---- the line ---- */

static void check_free(struct check *c)
{
	explicit_bzero(c->password, strlen(c->password));
	free(c->password);
	free(c->hash);
	free(c);
}

static void tell_check(struct check *c, enum password_answer answer)
{
	c->told = true;
	c->owner->waiting--;
	c->done(c->arg, answer);
}

static void drop_check(struct check *c)
{
	TAILQ_REMOVE(&c->owner->all, c, in_all);
	check_free(c);
}

static void check_answered(void *arg)
{
	struct check *c = arg;

	keep_answer(c->owner, c);
	if (!c->told)
		tell_check(c, c->right ? PASSWORD_RIGHT : PASSWORD_WRONG);
	drop_check(c);
}

static int places_of(const struct passwords *p, struct str block)
{
	const struct check *c;
	int n = 0;

	TAILQ_FOREACH(c, &p->all, in_all)
	n += str_eq((struct str){c->block, c->block_n}, block);
	return n;
}

bool passwords_ask(struct passwords *p, const struct password_question *q,
                   void (*done)(void *arg, enum password_answer answer), void *arg)
{
	struct str block = str_slice(q->block, 0, BLOCK_MOST);

	if (p->stop || p->waiting >= PASSWORDS_WAITING_MOST || places_of(p, block) >= PASSWORDS_OF_ONE_MOST)
		return false;
	struct check *c = mem_zero(sizeof *c);
	*c = (struct check){.owner = p,
	                    .password = mem_str(q->password),
	                    .hash = mem_strdup(q->hash),
	                    .never = q->never,
	                    .block_n = block.n,
	                    .done = done,
	                    .arg = arg};
	if (block.n)
		memcpy(c->block, block.p, block.n);
	make_key(p, q, c->key);
	TAILQ_INSERT_TAIL(&p->all, c, in_all);
	p->waiting++;
	pthread_mutex_lock(&p->lock);
	TAILQ_INSERT_TAIL(&p->line, c, in_line);
	pthread_cond_signal(&p->wake);
	pthread_mutex_unlock(&p->lock);
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
	TAILQ_INIT(&p->all);
	TAILQ_INIT(&p->line);
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
	pthread_mutex_destroy(&p->lock);
	pthread_cond_destroy(&p->wake);
	free(p);
}
