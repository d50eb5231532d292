/* What waiting before a page would have spared, on the noise page. */
#ifndef WEB_PAGE_CURVE_H
#define WEB_PAGE_CURVE_H

#include "page.h"
#include "web/noise_curve.h"

/* Nothing where there is no journal. */
void page_curve(struct page *p);

#endif
