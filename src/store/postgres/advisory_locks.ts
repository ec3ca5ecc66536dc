/** The advisory locks that are taken in the database: all end with their transaction, so they work behind any pooler. */

/** The first of two keys, so that they are apart from those of other programs in the database. */
const OURS = 77_107_715;

/** Migrations, one process at a time. */
export const MIGRATION_LOCK = `pg_advisory_xact_lock(${OURS}, 1)`;
/** Held by all who add to the statistics; taken alone to close minutes. */
export const STATISTICS_SHARED = `pg_advisory_xact_lock_shared(${OURS}, 2)`;
export const STATISTICS_ALONE = `pg_advisory_xact_lock(${OURS}, 2)`;
/** False while another process folds statistics. */
export const TRY_FOLDING = `pg_try_advisory_xact_lock(${OURS}, 3)`;
/** False while another process takes over leases. */
export const TRY_TAKE_OVER = `pg_try_advisory_xact_lock(${OURS}, 4)`;
/** False while another process makes or drops partitions. */
export const TRY_PARTITIONS = `pg_try_advisory_xact_lock(${OURS}, 5)`;
