/*
 * The settings of dma, the DragonFly Mail Agent: dma.conf, with the files that
 * its settings AUTHPATH and MAILNAME name.
 */
#ifndef IMPORT_DMA_H
#define IMPORT_DMA_H

#include <stdbool.h>

#include "base/error.h"
#include "base/text.h"
#include "import/import_file.h"
#include "import/translation.h"

/* Whether a text is a dma.conf. */
bool dma_is_like(struct span text);
bool dma_read(const struct import_source *source,
    struct translation *translation, struct error *err);

#endif
