/*
 * Claims: a text that is filled with cells that are empty has no placeholder
 * left but what stands for literal braces; a cell comes out as it is or, in
 * HTML, without any octet that is syntax there.
 */
#include "fuzz/fuzz.h"

#include "compose/template.h"

static const char *const names[] = {"a", "b c"};
static const struct table_columns columns = {names, 2};

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = fuzz_input(data, size);
	bool is_html = fuzz_choice(&input) % 2 == 1;
	struct span cells[2] = {SPAN("<&>\"'"), SPAN("{{a}}")};
	struct table_row row = {.number = 1, .line = 2, .cells = cells};
	struct template template;
	struct error err = {0};
	size_t texts = 0, filled = 0;
	struct buf out;

	buf_init(&out, 64 * size + 64);
	if (!template_parse(&template, input,
		is_html ? TEMPLATE_HTML : TEMPLATE_TEXT, &columns, "--body",
		&err)) {
		fuzz_check_error(&err);
		template_free(&template);
		return 0;
	}
	for (size_t i = 0; i < template.count; i++) {
		const struct template_piece *piece = &template.pieces[i];

		if (!piece->is_cell) {
			texts += piece->text.len;
			filled += piece->text.len;
		} else if (piece->is_escaped && piece->column == 0) {
			filled += strlen("&lt;&amp;&gt;&quot;&#39;");
		} else {
			filled += 5;
		}
		CLAIM(is_html || !piece->is_escaped);
	}
	CLAIM(texts <= input.len);
	CLAIM(template_fill(&template, &row, &out));
	CLAIM(out.len == filled);
	template_free(&template);
	buf_free(&out);
	return 0;
}
