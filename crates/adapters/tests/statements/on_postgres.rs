//! The plans of PostgreSQL, made for any value of the binds and with the settings of the connections.

use thunderbird_testkit::postgres::Database;

use super::{GROWING, heard};

/// Fills every table with 100,000 rows that differ. What refers to another row refers to the one of the same number.
const FILL: &str = r"
DO $$ DECLARE t record; BEGIN
    SET LOCAL session_replication_role = replica;
    FOR t IN
        SELECT c.table_name, string_agg(quote_ident(c.column_name), ',') AS names,
            string_agg(CASE c.column_name
                WHEN 'source' THEN quote_literal('sms') WHEN 'role' THEN quote_literal('viewer')
                WHEN 'kind' THEN quote_literal(CASE c.table_name WHEN 'deadlines' THEN 'out' ELSE 'link' END)
                WHEN 'state' THEN quote_literal(CASE c.table_name WHEN 'deadlines' THEN 'armed' ELSE 'sent' END)
                WHEN 'set_by' THEN quote_literal('text') WHEN 'direction' THEN quote_literal('out')
                ELSE CASE c.data_type WHEN 'bigint' THEN 'n' WHEN 'text' THEN 'n::text'
                    WHEN 'bytea' THEN 'sha256(n::text::bytea)' ELSE 'n % 2 = 0' END END, ',') AS row
        FROM information_schema.columns c JOIN information_schema.tables USING (table_schema, table_name)
        WHERE c.table_schema = 'public' AND table_type = 'BASE TABLE' AND c.table_name NOT LIKE '\_\_%'
            AND c.table_name NOT IN ('audit_anchor', 'audit_sealed', 'reception')
            AND c.identity_generation IS DISTINCT FROM 'ALWAYS'
            AND (c.is_nullable = 'NO' OR c.column_name = 'class')
        GROUP BY c.table_name
    LOOP
        EXECUTE format('INSERT INTO %I (%s) SELECT %s FROM generate_series(1, 100000) AS n', t.table_name, t.names, t.row);
    END LOOP;
END $$";

/// Scans that are meant, each with words of its statement.
const MEANT: &[&str] = &[
    // Diesel's way of doing nothing.
    "WHERE (1=0)",
    "FALSE",
    // An operator's answer to a stolen key ring, in chunks, while nothing else matters.
    "keys_replaced",
    // What that answer asks when it has found nothing that is free: whether anything is left.
    "SELECT (EXISTS (SELECT FROM sessions WHERE ended_at IS NULL)",
];

/// Every statement heard so far that reads a growing table from end to end, with its plan.
pub fn scans(database: &Database) -> Vec<String> {
    database.run(FILL);
    database.run("ANALYZE");
    let mut explained = 0;
    let mut scans = Vec::new();
    for statement in heard() {
        let reads = ["SELECT", "UPDATE", "DELETE", "INSERT", "WITH"];
        if !reads.iter().any(|word| statement.starts_with(word)) || statement.contains('`') {
            continue;
        }
        let is_bind = |number: &u32| statement.contains(&format!("${number}"));
        let binds = (1..=65_535).take_while(is_bind).count();
        let values = vec!["NULL"; binds].join(", ");
        let call = if binds == 0 {
            String::new()
        } else {
            format!("({values})")
        };
        let plan = database.run(&format!(
            "SET enable_seqscan = off; SET jit = off; SET plan_cache_mode = force_generic_plan; \
             PREPARE heard AS {statement}; EXPLAIN (COSTS off) EXECUTE heard{call}"
        ));
        explained += 1;
        if plan.lines().any(is_scan) && !MEANT.iter().any(|words| statement.contains(words)) {
            scans.push(format!("{statement}\n{plan}"));
        }
    }
    assert!(explained > 50, "only {explained} statements were heard");
    scans
}

/// `Seq Scan on messages m`: no index serves the statement, for this is all that is left when sequential scans are turned off.
fn is_scan(step: &str) -> bool {
    step.split_once("Seq Scan on ")
        .and_then(|(_, rest)| rest.split(' ').next())
        .is_some_and(|table| GROWING.contains(&table))
}
