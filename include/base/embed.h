/*
 * A file of the source tree as bytes in the program: EMBED(page_css, "src/web/page.css") declares page_css and
 * page_css_end, the first byte and the one behind the last, which is zero.
 */
#ifndef BASE_EMBED_H
#define BASE_EMBED_H

#define EMBED(name, file)                                                                                              \
	extern const char name[], name##_end[];                                                                            \
	__asm__(".section .rodata\n"                                                                                       \
	        ".global " #name "\n.hidden " #name "\n"                                                                   \
	        ".global " #name "_end\n.hidden " #name "_end\n" #name ":\n"                                               \
	        ".incbin \"" file "\"\n" #name "_end:\n"                                                                   \
	        ".byte 0\n.previous\n")

#endif
