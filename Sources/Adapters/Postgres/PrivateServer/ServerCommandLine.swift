/// How the server is started: settings for a small, private, durable database. Nothing here is secret; anyone may read a command line.
enum ServerCommandLine {
    /// All that PostgreSQL and its tools need: nothing of ours reaches them.
    static let environment = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8", "TZ=UTC"]

    static func arguments(_ layout: ServerLayout, binaries: PostgresBinaries, socketDirectory: String) -> [String] {
        var settings: [(String, String)] = [
            // Reached through the socket in a private directory, with a password (SCRAM) all the same.
            ("listen_addresses", ""), ("unix_socket_directories", socketDirectory), ("unix_socket_permissions", "0700"),
            ("cluster_name", layout.clusterName), ("max_connections", "40"),
            // Small: the objects are served from Millwright's memory, the database sees writes.
            ("shared_buffers", "32MB"), ("work_mem", "4MB"), ("maintenance_work_mem", "32MB"), ("max_wal_size", "256MB"),
            ("min_wal_size", "64MB"),
            ("huge_pages", "off"), ("jit", "off"), ("max_worker_processes", "2"), ("max_parallel_workers_per_gather", "0"),
            ("wal_level", "minimal"), ("max_wal_senders", "0"), ("wal_compression", "on"), ("fsync", "on"), ("synchronous_commit", "on"),
            ("full_page_writes", "on"), ("autovacuum", "on"), ("autovacuum_naptime", "30s"),
            // A client that is gone doesn't keep its locks.
            ("client_connection_check_interval", "1s"), ("idle_in_transaction_session_timeout", "60s"),
            // One log for each weekday, never a parameter's value in it.
            ("logging_collector", "on"), ("log_directory", "log"), ("log_filename", "postgresql-%a.log"), ("log_truncate_on_rotation", "on"),
            ("log_rotation_age", "1d"), ("log_rotation_size", "0"), ("log_min_messages", "warning"), ("log_checkpoints", "off"),
            ("log_min_error_statement", "panic"), ("log_error_verbosity", "terse"), ("log_parameter_max_length_on_error", "0"),
            ("log_line_prefix", "%m [%p] "), ("timezone", "UTC"), ("log_timezone", "UTC"),
        ]
        // After a crash its files are synced at once and not one by one, which is most of the time that recovery takes.
        if binaries.major >= 14 { settings.append(("recovery_init_sync_method", "syncfs")) }
        return [binaries.postgres, "-D", layout.data] + settings.flatMap { ["-c", "\($0.0)=\($0.1)"] }
    }
}
