/*
 * limits - every limit an operator may set.
 */
#ifndef HANDRAIL_PROXY_CONFIG_LIMITS_H
#define HANDRAIL_PROXY_CONFIG_LIMITS_H

#include <stdint.h>

struct config_limits { /* the unit is in the name */
	uint64_t max_connections, max_requests_per_connection;
	uint64_t max_line_bytes, max_head_bytes, max_fields;
	uint64_t max_request_body_bytes;
	uint64_t max_write_buffer_bytes;
	uint64_t handshake_timeout_ms, header_timeout_ms, body_timeout_ms;
	uint64_t idle_timeout_ms, write_timeout_ms;
	uint64_t connect_timeout_ms, answer_timeout_ms, hold_timeout_ms;
	uint64_t stream_idle_timeout_ms, read_on_timeout_ms, max_held_bytes;
	uint64_t max_upstream_idle, upstream_idle_timeout_ms;
	uint64_t drain_timeout_ms;
	uint64_t max_text_bytes, max_hits, max_pattern_steps;
	uint64_t max_classified_texts;
	uint64_t max_audit_queue_bytes, max_segment_bytes;
	uint64_t max_store_jobs, max_store_bytes;
	uint64_t max_conversations, max_turns, max_turn_bytes, max_idle_bytes;
	uint64_t max_waiting, lease_wait_ms, waiting_text_every_ms;
};

#endif
