/* slug_make.c: what each rule makes of a heading's text, before repeats are told apart. */
#ifndef CATALOG_SLUG_IMPL_H
#define CATALOG_SLUG_IMPL_H

#include "base/buf.h"

void slug_github(struct str text, struct buf *out);
void slug_gitlab(struct str text, struct buf *out);
void slug_hugo(struct str text, struct buf *out);
void slug_python(struct str text, struct buf *out);   /* Python-Markdown's toc: mkdocs */
void slug_docutils(struct str text, struct buf *out); /* Sphinx */
void slug_mdit_vue(struct str text, struct buf *out); /* VitePress */
void slug_gitbook(struct str text, struct buf *out);  /* HonKit */
void slug_mdbook(struct str text, struct buf *out);
void slug_markdown_it(struct str text, struct buf *out);
void slug_pandoc(struct str text, struct buf *out);
void slug_pandoc_gfm(struct str text, struct buf *out);

#endif
