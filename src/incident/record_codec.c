/* Shapes to bytes and back: see record_codec.h. */
#include "incident/record_codec.h"

#include <endian.h>
#include <stdint.h>
#include <string.h>

#include "incident/invariants.h"

#define VARINT_MAX 10
#define ROOM_MORE 500

/* ---- writing ---- */

static inline char *put_varint(char *p, uint64_t v)
{
	for (; v >= 0x80; v >>= 7)
		*p++ = (char)(v | 0x80);
	*p++ = (char)v;
	return p;
}

/* Where the next `n` bytes go: a record has no ceiling while it is written, so that one look a field is enough. */
static inline char *record_room_for(struct buf *out, size_t n)
{
	if (out->capacity - out->n <= n)
		buf_expect(out, n + ROOM_MORE);
	return out->p + out->n;
}

static inline void written_to(struct buf *out, const char *p)
{
	out->n = (size_t)(p - out->p);
}

static uint64_t zigzag(int64_t v)
{
	return ((uint64_t)v << 1) ^ (uint64_t)(v >> 63);
}

static int64_t unzigzag(uint64_t v)
{
	return (int64_t)(v >> 1) ^ -(int64_t)(v & 1);
}

static void put_record_number(struct buf *out, size_t number, uint64_t v)
{
	if (v)
		written_to(out, put_varint(put_varint(record_room_for(out, 2 * VARINT_MAX), number * 2), v));
}

static char *put_record_text(char *p, struct str s)
{
	p = put_varint(p, s.n);
	if (s.n)
		memcpy(p, s.p, s.n);
	return p + s.n;
}

static void put_str(struct buf *out, size_t number, struct str s)
{
	if (s.n)
		written_to(out, put_record_text(put_varint(record_room_for(out, 2 * VARINT_MAX + s.n), number * 2 + 1), s));
}

/* What is nested has its length in front of it: one byte is left for that, and most need no more. */
static size_t open_nested(struct buf *out, size_t number)
{
	written_to(out, put_varint(record_room_for(out, VARINT_MAX + 1), number * 2 + 1) + 1);
	return out->n;
}

static void close_nested(struct buf *out, size_t start)
{
	char bytes[VARINT_MAX];
	size_t length = out->n - start, n = (size_t)(put_varint(bytes, length) - bytes);
	if (n > 1) {
		record_room_for(out, n);
		memmove(out->p + start + n - 1, out->p + start, length);
		out->n += n - 1;
	}
	memcpy(out->p + start - 1, bytes, n);
}

static void put_record_labels(struct buf *out, size_t number, const struct labels *l)
{
	if (!l->n)
		return;
	size_t start = open_nested(out, number);
	for (size_t i = 0; i < l->n; i++) {
		const struct label *one = &l->v[i];
		char *p = record_room_for(out, 2 * VARINT_MAX + one->name.n + one->value.n);
		written_to(out, put_record_text(put_record_text(p, one->name), one->value));
	}
	close_nested(out, start);
}

static size_t size_at(const void *item, size_t offset)
{
	size_t n;
	memcpy(&n, (const char *)item + offset, sizeof n);
	return n;
}

static void put_fields(struct buf *out, const struct record_shape *shape, const void *item);

static void put_record_list(struct buf *out, size_t number, const struct record_list *list, const void *item,
                            const char *elements)
{
	size_t n = size_at(item, list->count), size = list->shape ? list->shape->size : sizeof(int64_t);
	for (size_t i = 0; i < n; i++) {
		size_t start = open_nested(out, number);
		if (list->shape) {
			put_fields(out, list->shape, elements + i * size);
		} else {
			int64_t v;
			memcpy(&v, elements + i * size, sizeof v);
			written_to(out, put_varint(record_room_for(out, VARINT_MAX), zigzag(v)));
		}
		close_nested(out, start);
	}
}

static void put_record_field(struct buf *out, size_t number, const struct record_field *field, const void *item)
{
	const char *at = (const char *)item + field->offset;
	int64_t wide;
	int small;
	switch (field->type) {
	case RECORD_GONE: break;
	case RECORD_STR: put_str(out, number, *(const struct str *)(const void *)at); break;
	case RECORD_CHARS: put_str(out, number, str_c(at)); break;
	case RECORD_I64:
		memcpy(&wide, at, sizeof wide);
		put_record_number(out, number, zigzag(wide));
		break;
	case RECORD_U64:
		memcpy(&wide, at, sizeof wide);
		put_record_number(out, number, (uint64_t)wide);
		break;
	case RECORD_INT:
		memcpy(&small, at, sizeof small);
		put_record_number(out, number, zigzag(small));
		break;
	case RECORD_BOOL: put_record_number(out, number, *(const bool *)at); break;
	case RECORD_LABELS: put_record_labels(out, number, (const void *)at); break;
	case RECORD_ARRAY: put_record_list(out, number, field->list, item, at); break;
	case RECORD_LIST: put_record_list(out, number, field->list, item, *(const char *const *)(const void *)at); break;
	}
}

/* Of most incidents most fields are empty, which takes no byte. */
static inline bool is_empty_field(const struct record_field *field, const void *item)
{
	const char *at = (const char *)item + field->offset;
	uint64_t word;
	switch (field->type) {
	case RECORD_I64:
	case RECORD_U64: memcpy(&word, at, sizeof word); return !word;
	case RECORD_STR: return !((const struct str *)(const void *)at)->n;
	case RECORD_BOOL: return !*(const bool *)at;
	case RECORD_ARRAY:
	case RECORD_LIST: return !size_at(item, field->list->count);
	case RECORD_GONE: return true;
	case RECORD_CHARS:
	case RECORD_INT:
	case RECORD_LABELS: break;
	}
	return false;
}

static void put_fields(struct buf *out, const struct record_shape *shape, const void *item)
{
	for (size_t i = 0; i < shape->field_count; i++)
		if (!is_empty_field(&shape->fields[i], item))
			put_record_field(out, i + 1, &shape->fields[i], item);
}

void record_encode(struct buf *out, const struct record_shape *shape, const void *item)
{
	put_fields(out, shape, item);
	*record_room_for(out, 1) = '\0';
}

/* ---- reading ---- */

/* The last bytes of a message, and numbers beyond 56 bits, byte by byte. */
static bool get_any_varint(struct str *in, uint64_t *v)
{
	*v = 0;
	for (unsigned i = 0; i < in->n && i < VARINT_MAX; i++) {
		uint64_t byte = (unsigned char)in->p[i];
		*v |= (byte & 0x7f) << (7 * i);
		if (byte < 0x80) {
			*in = (struct str){in->p + i + 1, in->n - i - 1};
			return true;
		}
	}
	return false;
}

#define EACH_BYTE(c) (UINT64_C(0x0101010101010101) * (c))

/* Seven bits of each byte of `word`, put together: neighbours, then pairs, then the two halves. */
static inline uint64_t seven_bits_each(uint64_t word)
{
	word = (word & UINT64_C(0x007f007f007f007f)) | (word & UINT64_C(0x7f007f007f007f00)) >> 1;
	word = (word & UINT64_C(0x00003fff00003fff)) | (word & UINT64_C(0x3fff00003fff0000)) >> 2;
	return (word & 0x0fffffff) | (word & UINT64_C(0x0fffffff00000000)) >> 4;
}

/* Most have six bytes, which is what a time has: eight are looked at together. */
static bool get_long_varint(struct str *in, uint64_t *v)
{
	uint64_t word, ends;
	if (in->n < sizeof word)
		return get_any_varint(in, v);
	memcpy(&word, in->p, sizeof word);
	word = le64toh(word);
	ends = ~word & EACH_BYTE(0x80);
	if (!ends)
		return get_any_varint(in, v);
	size_t n = (size_t)__builtin_ctzll(ends) / 8 + 1;
	*v = seven_bits_each(word & (ends ^ (ends - 1)) & EACH_BYTE(0x7f));
	*in = (struct str){in->p + n, in->n - n};
	return true;
}

/* Lengths and most tags have one byte, the tags of the later half of an incident's fields two. */
static inline bool get_varint(struct str *in, uint64_t *v)
{
	const unsigned char *p = (const unsigned char *)in->p;
	if (in->n && p[0] < 0x80) {
		*v = p[0];
		*in = (struct str){in->p + 1, in->n - 1};
		return true;
	}
	if (in->n < 2 || p[1] >= 0x80)
		return get_long_varint(in, v);
	*v = (p[0] & 0x7f) | (uint64_t)p[1] << 7;
	*in = (struct str){in->p + 2, in->n - 2};
	return true;
}

static inline bool get_text(struct str *in, struct str *s)
{
	uint64_t n;
	if (!get_varint(in, &n) || n > in->n)
		return false;
	*s = (struct str){in->p, (size_t)n};
	*in = (struct str){in->p + n, in->n - (size_t)n};
	return true;
}

static bool get_labels(struct str in, struct arena *arena, struct labels *out)
{
	struct label one;
	size_t capacity = 0;
	while (in.n) {
		if (!get_text(&in, &one.name) || !get_text(&in, &one.value))
			return false;
		out->v = arena_room(arena, out->v, out->n, &capacity, sizeof one);
		out->v[out->n++] = one;
	}
	return true;
}

/* Times are added up and compared. */
static bool is_addable(int64_t n)
{
	return n >= -INCIDENT_NUMBER_MAX && n <= INCIDENT_NUMBER_MAX;
}

static bool get_element(struct str bytes, const struct record_list *list, struct arena *arena, char *at)
{
	uint64_t v;
	if (list->shape)
		return record_decode(bytes, list->shape, arena, at);
	if (!get_varint(&bytes, &v) || bytes.n)
		return false;
	int64_t number = unzigzag(v);
	memcpy(at, &number, sizeof number);
	return is_addable(number);
}

static bool get_list(struct str bytes, const struct record_field *field, struct arena *arena, void *item)
{
	const struct record_list *list = field->list;
	size_t n = size_at(item, list->count), size = list->shape ? list->shape->size : sizeof(int64_t);
	char *at = (char *)item + field->offset;
	if (n >= list->most)
		return true;
	if (field->type == RECORD_LIST) {
		size_t capacity = size_at(item, list->capacity);
		void **items = (void *)at;
		*items = arena_room(arena, *items, n, &capacity, size);
		memcpy((char *)item + list->capacity, &capacity, sizeof capacity);
		at = *items;
	}
	if (!get_element(bytes, list, arena, at + n * size))
		return false;
	n++;
	memcpy((char *)item + list->count, &n, sizeof n);
	return true;
}

static bool get_bytes(struct str bytes, const struct record_field *field, struct arena *arena, void *item)
{
	char *at = (char *)item + field->offset;
	switch (field->type) {
	case RECORD_STR: *(struct str *)(void *)at = bytes; return true;
	case RECORD_CHARS:
		if (bytes.n >= field->size)
			return false;
		memcpy(at, bytes.p, bytes.n);
		return true;
	case RECORD_LABELS: return get_labels(bytes, arena, (void *)at);
	case RECORD_LIST:
	case RECORD_ARRAY: return get_list(bytes, field, arena, item);
	case RECORD_GONE: return true;
	case RECORD_I64:
	case RECORD_U64:
	case RECORD_INT:
	case RECORD_BOOL: break;
	}
	return false;
}

static bool get_number(uint64_t v, const struct record_field *field, void *item)
{
	char *at = (char *)item + field->offset;
	int64_t wide = unzigzag(v);
	int small = (int)wide;
	switch (field->type) {
	case RECORD_I64: memcpy(at, &wide, sizeof wide); return is_addable(wide);
	case RECORD_U64: memcpy(at, &v, sizeof v); return true;
	case RECORD_INT: memcpy(at, &small, sizeof small); return true;
	case RECORD_BOOL: *(bool *)at = v != 0; return true;
	case RECORD_GONE: return true;
	case RECORD_STR:
	case RECORD_CHARS:
	case RECORD_LABELS:
	case RECORD_LIST:
	case RECORD_ARRAY: break;
	}
	return false;
}

bool record_decode(struct str in, const struct record_shape *shape, struct arena *arena, void *item)
{
	while (in.n) {
		uint64_t tag, v;
		struct str bytes;
		if (!get_varint(&in, &tag))
			return false;
		size_t number = (size_t)(tag / 2);
		const struct record_field *field = number && number <= shape->field_count ? &shape->fields[number - 1] : NULL;
		if (tag & 1 ? !get_text(&in, &bytes) : !get_varint(&in, &v))
			return false;
		if (field && !(tag & 1 ? get_bytes(bytes, field, arena, item) : get_number(v, field, item)))
			return false;
	}
	return true;
}

/* ---- comparing ---- */

/* One field of a message, or its end: number 0. */
struct wire_field {
	size_t number;
	bool has_bytes;
	struct str value; /* its bytes, or those of the varint */
};

static bool next_field(struct str *in, struct wire_field *f)
{
	uint64_t tag, v;
	*f = (struct wire_field){.number = 0};
	if (!in->n)
		return true;
	if (!get_varint(in, &tag) || !tag)
		return false;
	f->number = (size_t)(tag / 2);
	f->has_bytes = tag & 1;
	if (f->has_bytes)
		return get_text(in, &f->value);
	f->value.p = in->p;
	if (!get_varint(in, &v))
		return false;
	f->value.n = (size_t)(in->p - f->value.p);
	return true;
}

static bool may_differ(const struct record_field *field, const struct record_apart *apart)
{
	for (size_t i = 0; i < apart->count; i++)
		if (apart->fields[i] == field->offset)
			return true;
	return false;
}

static bool same_field(const struct wire_field *a, const struct wire_field *b, const struct record_field *field,
                       const struct record_apart *apart)
{
	if (a->has_bytes == b->has_bytes && str_eq(a->value, b->value))
		return true;
	if (a->has_bytes && b->has_bytes && field->list && field->list == apart->list && field->list->shape)
		return record_same_but(a->value, b->value, field->list->shape, apart->in_list);
	return may_differ(field, apart);
}

static size_t same_bytes(struct str a, struct str b)
{
	size_t i = 0, n = a.n < b.n ? a.n : b.n;
	uint64_t x, y;
	for (; i + sizeof x <= n; i += sizeof x) {
		memcpy(&x, a.p + i, sizeof x);
		memcpy(&y, b.p + i, sizeof y);
		if (x != y)
			break;
	}
	while (i < n && a.p[i] == b.p[i])
		i++;
	return i;
}

static inline const char *behind_varint(const char *p, const char *end)
{
	while (p < end && (unsigned char)*p >= 0x80)
		p++;
	return p < end ? p + 1 : NULL;
}

/* Where the next field begins; NULL: this one is cut. */
static inline const char *behind_field(const char *p, const char *end)
{
	bool has_bytes = *p & 1;
	uint64_t n;
	p = behind_varint(p, end);
	if (!p || !has_bytes)
		return p ? behind_varint(p, end) : NULL;
	struct str rest = {p, (size_t)(end - p)};
	return get_varint(&rest, &n) && n <= rest.n ? rest.p + n : NULL;
}

/* Most fields are the same bytes: of both, those are passed over at once. */
static void pass_same(struct str *a, struct str *b)
{
	size_t same = same_bytes(*a, *b), n = 0;
	const char *end = a->p + a->n;
	if (same == a->n && same == b->n)
		n = same;
	while (n < same) {
		const char *next = behind_field(a->p + n, end);
		if (!next || next > a->p + same)
			break;
		n = (size_t)(next - a->p);
	}
	*a = (struct str){a->p + n, a->n - n};
	*b = (struct str){b->p + n, b->n - n};
}

/* The numbers of the fields that differ, in their order: what is zero is left out, so that one side may lack what the other
 * has. */
bool record_same_but(struct str a, struct str b, const struct record_shape *shape, const struct record_apart *apart)
{
	struct wire_field x, y;
	for (;;) {
		pass_same(&a, &b);
		struct str from_a = a, from_b = b;
		if (!a.n && !b.n)
			return true;
		if (!next_field(&a, &x) || !next_field(&b, &y))
			return false;
		bool left_alone = x.number && (!y.number || x.number < y.number), both = x.number == y.number;
		size_t number = left_alone || both ? x.number : y.number;
		if (number > shape->field_count)
			return false;
		const struct record_field *field = &shape->fields[number - 1];
		if (both ? !same_field(&x, &y, field, apart) : !may_differ(field, apart))
			return false;
		if (!both && left_alone)
			b = from_b;
		else if (!both)
			a = from_a;
	}
}
