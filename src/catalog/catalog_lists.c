/* Lists without look-ups: an entry of catalog.yml stands in the place of the index page's entry of the same name. */
#include <stdlib.h>
#include <string.h>

#include "catalog/collect.h"

static bool same_planned(const struct fact_runbook *a, const struct fact_runbook *b)
{
	return str_eq_nocase(a->title, b->title) && str_eq_nocase(a->category, b->category);
}

static bool same_link(const struct fact_link *a, const struct fact_link *b)
{
	return a->kind == b->kind && str_eq_nocase(a->name, b->name) && str_eq_nocase(a->group, b->group);
}

static bool same_section(const struct fact_section *a, const struct fact_section *b)
{
	return a->postmortem == b->postmortem && str_eq_nocase(a->type, b->type) && str_eq_nocase(a->name, b->name);
}

static bool same_template(const struct fact_template *a, const struct fact_template *b)
{
	return str_eq_nocase(a->name, b->name);
}

/* Rules of form have no name of their own: their text is what they are. */
static bool same_policy(const struct fact_policy *a, const struct fact_policy *b)
{
	return a->kind == b->kind && str_eq_nocase(a->name, b->name) && (a->name.n || str_eq_nocase(a->text, b->text));
}

/* The index page may hold two of one name: the n-th stands for the n-th. */
#define MERGE(c, list, fact, same)                                                                                     \
	do {                                                                                                               \
		const struct facts *from_ = &(c)->index, *over_ = &(c)->declared_facts;                                        \
		struct facts *to_ = &(c)->stated;                                                                              \
		bool *used_ = mem_zero(over_->list##_count + 1);                                                               \
		for (size_t i_ = 0; i_ < from_->list##_count + over_->list##_count; i_++) {                                    \
			const struct fact *entry_ = i_ < from_->list##_count ? &from_->list[i_] : NULL;                            \
			for (size_t k_ = 0; entry_ && k_ < over_->list##_count; k_++)                                              \
				if (!used_[k_] && same(&over_->list[k_], entry_)) {                                                    \
					used_[k_] = true;                                                                                  \
					entry_ = &over_->list[k_];                                                                         \
					break;                                                                                             \
				}                                                                                                      \
			if (!entry_ && used_[i_ - from_->list##_count])                                                            \
				continue;                                                                                              \
			MEM_ROOM(to_->list, to_->list##_count, to_->list##_capacity);                                              \
			to_->list[to_->list##_count++] = entry_ ? *entry_ : over_->list[i_ - from_->list##_count];                 \
		}                                                                                                              \
		free(used_);                                                                                                   \
	} while (0)

static struct str text_or_else(struct str a, struct str b)
{
	return a.n ? a : b;
}

void merge_lists(struct catalog *c)
{
	struct facts *to = &c->stated;
	const struct facts *over = &c->declared_facts, *from = &c->index;
	to->owner = text_or_else(over->owner, from->owner);
	const struct str *commit = map_get(c->commits, c->index_path);
	to->last_updated =
		text_or_else(text_or_else(over->last_updated, from->last_updated), commit ? *commit : (struct str){0});
	to->postmortem = from->postmortem;
	to->review = over->review.ms || over->review.text.n ? over->review : from->review;
	MERGE(c, planned, fact_runbook, same_planned);
	MERGE(c, links, fact_link, same_link);
	MERGE(c, sections, fact_section, same_section);
	MERGE(c, templates, fact_template, same_template);
	MERGE(c, policies, fact_policy, same_policy);
}
