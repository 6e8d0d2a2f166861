/*
 * load_overlay - packs of others and the changes made to their rules.
 */
#ifndef HANDRAIL_RULES_LOAD_OVERLAY_H
#define HANDRAIL_RULES_LOAD_OVERLAY_H

struct load;
struct load_key;
struct rule;
struct yaml_node;

/* Changes first, then the packs whose rules they are for, then
 * that all changes had one. */
void load_changes(struct load *, const struct yaml_node *);
void load_extends(struct load *, const struct yaml_node *);
void load_check_changes(struct load *);
/* The rule of that id in the pack (NULL: it has none) as the policy has it;
 * what was changed is noted in r. Valid to the end of loading. */
const struct yaml_node *load_changed_rule(struct load *,
    const struct yaml_node *, const char *id, const struct load_key *keys,
    struct rule *r);

#endif
