@testable import Delimited

extension DuckDBCases {
    /// Files of the suite that have nothing to say about delimited text as it is read and written here, by the reason.
    static let leftOut: [(reason: String, names: [String])] = [
        (
            "crash inputs of its fuzzers, where any answer will do; hack/fuzz throws such text at the reader here",
            [
                "afl/fuzz_20250211_crash.test", "afl/fuzz_20250226.test", "afl/test_afl_ignore_errors.test", "afl/test_afl_no_parameter.test", "afl/test_afl_null_padding.test",
                "afl/test_afl_skip.test", "afl/test_fuzz_3977.test", "afl/test_fuzz_4086.test", "afl/test_fuzz_4172.test", "afl/test_fuzz_4234.test", "afl/test_fuzz_4329.test",
                "afl/test_fuzz_4379.test", "afl/test_fuzz_4496.test", "afl/test_fuzz_4793.test", "afl/test_fuzz_5194.test", "csv_duck_fuzz.test", "duck_fuzz/test_internal_4048.test",
                "test_afl.test", "test_segfault.test", "test_sniffer_hang.test", "zstd_crash.test",
            ]
        ),
        (
            "threads, buffers, block sizes and memory of its reader and writer, on much data",
            [
                "batched_write/batch_csv_mixed_batches.test_slow", "batched_write/batch_csv_write.test_slow", "batched_write/batch_json_mixed_batches.test_slow",
                "batched_write/csv_write_memory_limit.test_slow", "bug_10283.test_slow", "code_cov/buffer_manager_finalize.test", "code_cov/csv_disk_reload.test_slow",
                "code_cov/csv_exact_buffer_size.test", "copy_disable_parallelism.test", "csv_memory_management.test_slow", "parallel/csv_parallel_buffer_size.test",
                "parallel/csv_parallel_clickbench.test_slow", "parallel/csv_parallel_tpcds.test_slow", "parallel/csv_parallel_tpch.test_slow", "parallel/parallel_csv_hive_partitioning.test",
                "parallel/parallel_csv_union_by_name.test", "parallel/test_5438.test", "parallel/test_5566.test", "parallel/test_7578.test", "parallel/test_7789.test_slow",
                "parallel/test_multiple_files.test", "parallel/test_parallel_csv.test", "parallel/test_parallel_error_messages.test", "parallel_csv_stress_test.test_slow",
                "read_ahead/csv_readahead_gzip.test", "read_ahead/csv_readahead_multi_file.test", "read_ahead/csv_readahead_rejects.test", "read_ahead/csv_readahead_single_file.test",
                "rejects/csv_buffer_size_rejects.test_slow", "test_big_compressed.test_slow", "test_bug_9952.test_slow", "test_copy_gzip_large_block.test_slow",
                "test_ignore_errors_end_of_chunk.test", "test_limit_spinlock.test_slow", "test_max_line_size.test_slow", "test_multiple_big_compressed_csvs.test_slow",
                "tpch_parallel_copy.test_slow",
            ]
        ),
        (
            "real data as a whole, of which the facts are expressed by smaller texts",
            [
                "14874.test", "auto/test_auto_5250.test", "auto/test_auto_8573.test", "auto/test_auto_8860.test", "auto/test_auto_cranlogs.test", "auto/test_auto_greek_ncvoter.test",
                "auto/test_auto_greek_utf8.test", "auto/test_auto_imdb.test", "auto/test_auto_lineitem.test", "auto/test_auto_ontime.test", "auto/test_auto_voter.test_slow",
                "auto/test_auto_web_page.test", "struct_padding.test", "test_15211.test_slow", "test_8890.test", "test_cranlogs.test_slow", "test_errors.test_slow",
                "test_glob_reorder_lineitem.test", "test_greek_utf8.test", "test_imdb.test", "test_issue3562_assertion.test", "test_lineitem.test", "test_ncvoter.test", "test_ontime.test",
                "test_soccer_kaggle.test", "test_unquoted_csv.test_slow", "test_web_page.test", "tpch_csv_sf01.test_slow", "union_by_name_lineitem.test_slow",
            ]
        ),
        (
            "types, dates, numbers and casts of columns: ValueFormatTests, DigitsTests, InferenceTests and RowStepsTests",
            [
                "auto/test_auto_column_type_opt.test", "auto/test_date_format_bug_linux.test", "auto/test_large_integer_detection.test", "auto/test_sniffer_blob.test",
                "auto/test_type_candidates.test", "auto/test_type_detection.test", "code_cov/csv_type_detection.test", "code_cov/csv_type_refinement.test", "csv_decimal_separator.test",
                "csv_dtypes.test", "csv_dtypes_union_by_name.test", "csv_enum.test", "csv_enum_storage.test", "except.test", "integer_exponent.test", "leading_zeros_autodetect.test",
                "null_value_wrong_type.test", "plus_autodetect.test", "rejects/csv_rejects_flush_cast.test", "struct.test", "test_11840.test", "test_15473.test", "test_auto_date.test",
                "test_cast_error.test_slow", "test_copy_default.test", "test_csv_error_message_type.test", "test_csv_json.test", "test_csv_mixed_casts.test", "test_csv_timestamp_tz.test",
                "test_csv_timestamp_tz_icu.test", "test_date.test", "test_date_sniffer.test", "test_dateformat.test", "test_decimal.test", "test_double_sniffer.test", "test_enum_csv.test",
                "test_force_not_null.test", "test_glob_type.test", "test_insert_into_types.test", "test_nfc_suite.test", "test_thousands_separator.test", "test_time.test",
                "test_timestamp_offset.test", "test_timestamptz_12926.test", "test_union_by_name_types.test", "timestamp_with_tz.test",
            ]
        ),
        (
            "columns of several files united by their names or read from paths; files read together have the same columns here",
            [
                "18579.test", "21248.test", "7702.test", "csv_hive.test", "csv_hive_filename_union.test", "glob/read_csv_glob_crawl_partitioned.test_slow",
                "recursive_csv_union_by_name.test", "test_9005.test", "test_filename_filter.test", "test_glob_reorder_null.test", "test_null_padding_union.test",
                "test_partition_compression.test", "test_union_by_name.test", "unicode_filename.test", "union_by_name_many_files.test_slow",
            ]
        ),
        (
            "rejected rows as tables of its database; here they are dead letters, FileConnectorsTests and DataflowTests",
            [
                "rejects/csv_rejects_auto.test", "rejects/csv_rejects_flush_message.test", "rejects/csv_rejects_read.test", "rejects/csv_rejects_two_tables.test",
                "rejects/test_invalid_parameters.test",
            ]
        ),
        (
            "delimiters of several bytes: a delimiter is one ASCII character here",
            [
                "multidelimiter/test_2_byte_delimiter.test", "multidelimiter/test_3_4_byte_delimiter.test", "multidelimiter/test_abac.test",
                "multidelimiter/test_options_inconsistencies.test",
            ]
        ),
        (
            "what its guesses depend on, and how its SQL shows them; those of infer are in InferenceTests",
            [
                "auto/test_describe_order.test", "auto/test_early_out.test", "auto/test_fallback_all_varchar.test_slow", "auto/test_normalize_names.test",
                "auto/test_sample_size.test", "auto/test_timings_csv.test", "csv_copy_sniffer.test", "test_sniff_csv_options.test",
            ]
        ),
        (
            "its SQL and its settings: views, subqueries, projections, paths, rights, names of options",
            [
                "auto_glob_directory.test", "column_names.test", "copy_expression.test", "csv_error_message.test", "csv_external_access.test", "csv_glob_fallback.test",
                "csv_home_directory.test", "csv_limit_copy.test", "csv_projection_pushdown.test", "csv_windows_mixed_separators.test", "glob/read_csv_glob_crawl.test_slow",
                "overwrite/test_overwrite_pipe_windows.test", "read_csv_subquery.test", "read_csv_variable.test", "test_csv_projection_pushdown.test",
                "test_csv_projection_pushdown_glob.test", "test_csv_wrong_file.test_slow", "test_prefix_suffix.test", "test_replacement_scan_alias.test", "test_wrong_newline_delimiter.test",
                "zstd_fs.test",
            ]
        ),
    ]
}
