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

unsigned password_line_holder(struct str secret, struct str block, struct str name)
{
	AUTOBUF struct buf text;
	char hex[HASH_HEX_MAX];
	unsigned number = 0;

	buf_init(&text, block.n + name.n + 64);
	buf_printf(&text, "%zu ", block.n);
	buf_add(&text, block);
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
	if (l->blocks.holds[a->block] != l->blocks.holds[b->block])
		return l->blocks.holds[a->block] > l->blocks.holds[b->block];
	if (a->proven != b->proven)
		return b->proven;
	if (l->names.holds[a->name] != l->names.holds[b->name])
		return l->names.holds[a->name] > l->names.holds[b->name];
	return l->blocks.wrongs[a->block] >= l->blocks.wrongs[b->block];
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
	l->blocks.holds[p->block]++;
	l->names.holds[p->name]++;
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
	l->blocks.holds[p->block]--;
	l->names.holds[p->name]--;
}

/* ---- who is next ---- */

/* Whether `a` is served before `b`, which came before it. */
static bool goes_before(const struct password_line *l, const struct password_place *a, const struct password_place *b)
{
	if (l->blocks.wrongs[a->block] != l->blocks.wrongs[b->block])
		return l->blocks.wrongs[a->block] < l->blocks.wrongs[b->block];
	if (a->proven != b->proven)
		return a->proven;
	return l->names.wrongs[a->name] < l->names.wrongs[b->name];
}

static void count_wrong(struct password_line *l, const struct password_place *p)
{
	l->blocks.wrongs[p->block]++;
	l->names.wrongs[p->name]++;
	if (++l->wrongs_in_all < PASSWORD_WRONGS_MOST)
		return;
	l->wrongs_in_all = 0;
	for (int i = 0; i < PASSWORD_HOLDERS; i++) {
		l->blocks.wrongs[i] /= 2;
		l->names.wrongs[i] /= 2;
	}
}

struct password_place *password_line_next(struct password_line *l)
{
	struct password_place *p, *first = TAILQ_FIRST(&l->places);

	if (!first)
		return NULL;
	TAILQ_FOREACH(p, &l->places, next)
	first = goes_before(l, p, first) ? p : first;
	password_line_leave(l, first);
	count_wrong(l, first);
	return first;
}

void password_line_right(struct password_line *l, const struct password_place *p)
{
	l->blocks.wrongs[p->block] -= l->blocks.wrongs[p->block] > 0;
	l->names.wrongs[p->name] -= l->names.wrongs[p->name] > 0;
}
