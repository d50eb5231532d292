/* The line of passwords that wait: who is next, and who gives way where it is full. */
#include "io/password_line.h"

#include <string.h>

#include "base/buf.h"
#include "base/hash.h"

void password_line_init(struct password_line *l)
{
	memset(l, 0, sizeof *l);
	TAILQ_INIT(&l->places);
}

unsigned password_line_holder(struct str secret, struct str block, struct str name, bool known)
{
	AUTOBUF struct buf text;
	char hex[HASH_HEX_MAX];
	unsigned number = 0;

	buf_init(&text, block.n + name.n + 64);
	buf_printf(&text, "%d %zu ", known, block.n);
	buf_add(&text, block);
	if (known)
		buf_add(&text, name);
	hash_hmac_sha256(secret, buf_str(&text), hex);
	for (int i = 0; i < 3; i++)
		number = number * 16 + (unsigned)(hex[i] <= '9' ? hex[i] - '0' : hex[i] - 'a' + 10);
	return number % PASSWORD_HOLDERS;
}

/* ---- who gives way ---- */

/* Whether `a` gives way rather than `b`, which came before it. */
static bool gives_way_before(const struct password_line *l, const struct password_place *a,
                             const struct password_place *b)
{
	if (l->holds[a->holder] != l->holds[b->holder])
		return l->holds[a->holder] > l->holds[b->holder];
	if (a->known != b->known)
		return b->known;
	return l->served[a->holder] >= l->served[b->holder];
}

static struct password_place *place_to_lose(const struct password_line *l)
{
	struct password_place *p, *loses = TAILQ_FIRST(&l->places);

	TAILQ_FOREACH(p, &l->places, next)
	loses = gives_way_before(l, p, loses) ? p : loses;
	return loses;
}

struct password_place *password_line_join(struct password_line *l, struct password_place *p)
{
	struct password_place *loses = NULL;

	TAILQ_INSERT_TAIL(&l->places, p, next);
	p->waits = true;
	l->count++;
	l->holds[p->holder]++;
	if (l->count > PASSWORD_LINE_MOST) {
		loses = place_to_lose(l);
		password_line_leave(l, loses);
	}
	return loses;
}

void password_line_leave(struct password_line *l, struct password_place *p)
{
	if (!p->waits)
		return;
	TAILQ_REMOVE(&l->places, p, next);
	p->waits = false;
	l->count--;
	l->holds[p->holder]--;
}

/* ---- who is next ---- */

static bool goes_before(const struct password_line *l, const struct password_place *a, const struct password_place *b)
{
	if (l->served[a->holder] != l->served[b->holder])
		return l->served[a->holder] < l->served[b->holder];
	return a->known && !b->known;
}

static void count_served(struct password_line *l, unsigned holder)
{
	l->served[holder]++;
	if (++l->served_in_all < PASSWORD_SERVED_MOST)
		return;
	l->served_in_all = 0;
	for (int i = 0; i < PASSWORD_HOLDERS; i++)
		l->served[i] /= 2;
}

struct password_place *password_line_next(struct password_line *l)
{
	struct password_place *p, *first = TAILQ_FIRST(&l->places);

	if (!first)
		return NULL;
	TAILQ_FOREACH(p, &l->places, next)
	first = goes_before(l, p, first) ? p : first;
	password_line_leave(l, first);
	count_served(l, first->holder);
	return first;
}
