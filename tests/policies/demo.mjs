// The starter policy says to every answer of the demo bot what the bot's table
// expects, and hands it to whom it says: node tests/policies/demo.mjs BINARY
import { spawnSync } from "node:child_process";
import { otherwise, topics } from "../../demo/topics.mjs";

const rows = [...topics, { name: "small talk", verdict: "deliver", answer: otherwise }];
const input = rows.map((row) => JSON.stringify({ id: row.name, text: row.answer })).join("\n") + "\n";
const ran = spawnSync(process.argv[2], ["judge", "--policy", "policies/starter"], { input, encoding: "utf8" });
const judged = ran.stdout.split("\n").filter(Boolean).map((line) => JSON.parse(line));
let wrong = ran.status === 0 && judged.length === rows.length ? 0 : 1;

if (wrong) console.log(`judge: exit ${ran.status}, ${judged.length} of ${rows.length} lines\n${ran.stderr}`);
judged.forEach((got, i) => {
	if (got.id === rows[i].name && got.verdict === rows[i].verdict) return;
	wrong++;
	console.log(`${rows[i].name}: ${got.verdict}, wanted ${rows[i].verdict}: ${rows[i].answer}`);
});
for (const row of rows.filter((row) => row.queue)) {
	const told = spawnSync(
		process.argv[2],
		["explain", "--policy", "policies/starter", "--format", "json", row.answer],
		{ encoding: "utf8" },
	);
	const queue = told.stdout ? JSON.parse(told.stdout).queue : told.stderr;
	if (queue === row.queue) continue;
	wrong++;
	console.log(`${row.name}: for ${queue}, wanted ${row.queue}`);
}
console.log(`${rows.length} answers judged, ${wrong} wrong`);
process.exit(wrong ? 1 : 0);
