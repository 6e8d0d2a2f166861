/* preset - see preset.h and channel.h. */
#include "proxy/channel/preset.h"

#include "proxy/channel/channel.h"

#define MAX_PRESETS 63

struct span channel_preset(const char *name)
{
	for (const struct preset_file *f = preset_files; f->name != NULL; f++)
		if (strcmp(f->name, name) == 0)
			return (struct span){(const char *)f->bytes, f->len};
	return (struct span){NULL, 0};
}

const char *const *channel_preset_names(void)
{
	static _Thread_local const char *names[MAX_PRESETS + 1];
	size_t n = 0;

	for (; preset_files[n].name != NULL && n < MAX_PRESETS; n++)
		names[n] = preset_files[n].name;
	names[n] = NULL;
	return names;
}
