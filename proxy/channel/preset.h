/*
 * preset - the channels that come with Handrail. The table is generated from
 * presets/ when building (embed.cmake). Private to this folder.
 */
#ifndef HANDRAIL_CHANNEL_PRESET_H
#define HANDRAIL_CHANNEL_PRESET_H

#include <stddef.h>

struct preset_file {
	const char *name; /* NULL ends the table */
	const unsigned char *bytes;
	size_t len;
};

extern const struct preset_file preset_files[];

#endif
