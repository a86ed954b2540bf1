// swift-tools-version: 6.1
// The dependency graph, reviewed as architecture: see Sources/millwright/Documentation.docc/Architecture.md.
import PackageDescription

/// PURE targets: values in, values out. They import only PURE targets; `hack/check-rules` enforces it.
func pure(_ name: String, _ dependencies: [String] = [], path: String? = nil) -> Target {
    .target(name: name, dependencies: dependencies.map { .byName(name: $0) }, path: path ?? "Sources/\(name)")
}

/// Targets that do I/O.
func target(_ name: String, _ dependencies: [String], path: String? = nil) -> Target {
    .target(name: name, dependencies: dependencies.map { .byName(name: $0) }, path: path ?? "Sources/\(name)")
}

/// A C library from Debian: a module map and a shim header, nothing else. Only adapters import them.
func library(_ name: String, pkgConfig: String? = nil, package: String? = nil) -> Target {
    .systemLibrary(name: name, path: "Sources/\(name)", pkgConfig: pkgConfig, providers: package.map { [.apt([$0])] })
}

func tests(_ name: String, _ dependencies: [String]) -> Target {
    .testTarget(name: name, dependencies: dependencies.map { .byName(name: $0) }, path: "Tests/\(name)")
}

let package = Package(
    name: "millwright",
    products: [.executable(name: "millwright", targets: ["millwright"])],
    targets: [
        // C libraries
        library("CEvent", pkgConfig: "libevent_core", package: "libevent-dev"),
        library("COpenSSL", pkgConfig: "openssl", package: "libssl-dev"),
        library("CCurl", pkgConfig: "libcurl", package: "libcurl4-openssl-dev"),
        library("CPostgres", pkgConfig: "libpq", package: "libpq-dev"),
        library("CYAML", pkgConfig: "yaml-0.1", package: "libyaml-dev"),
        library("CZlib", pkgConfig: "zlib", package: "zlib1g-dev"),
        library("CZstd", pkgConfig: "libzstd", package: "libzstd-dev"),
        library("CTextScan"),
        library("CConfinement"),
        library("CXXHash", pkgConfig: "libxxhash", package: "libxxhash-dev"),
        library("CJavaScript", package: "libjavascriptcoregtk-4.1-0"),  // declarations; the library is loaded when it is needed

        // PURE
        pure("Kernel"),
        pure("RegularExpressions"),
        pure("Expressions", ["Kernel", "RegularExpressions"]),
        pure("Resilience", ["Kernel"]),
        pure("Schedules", ["Kernel"]),
        pure("Resources", ["Kernel"]),
        pure("APIServerCore", ["Kernel", "RegularExpressions", "Expressions"], path: "Sources/APIServer/Core"),
        pure("Rows", path: "Sources/Dataflow/Rows"),
        pure("EnvironmentPlan", ["Kernel", "Resources"], path: "Sources/Controllers/Environment/Plan"),

        pure("PipelineJobs", ["Kernel", "Resources", "Expressions"], path: "Sources/Dataflow/Jobs"),
        pure("PipelineReports", ["Kernel"], path: "Sources/Dataflow/Report"),

        pure("DataPipelinePlan", ["Kernel", "Resources", "PipelineJobs"], path: "Sources/Controllers/DataPipeline/Plan"),

        pure("RunSchedulePlan", ["Kernel", "Resources", "Schedules"], path: "Sources/Controllers/RunSchedule/Plan"),

        // Service kit
        target("HTTPMessages", []),
        target("Platform", ["Kernel"], path: "Sources/ServiceKit/Platform"),
        target("Telemetry", ["Kernel", "Platform"], path: "Sources/ServiceKit/Telemetry"),
        target("ServiceKit", ["Kernel", "Platform", "Telemetry"], path: "Sources/ServiceKit/Lifecycle"),
        target("PipelineProcess", ["Kernel", "Platform", "ServiceKit", "PipelineJobs"], path: "Sources/Dataflow/Process"),
        target("TimeZoneDatabase", ["Platform", "Schedules", "Expressions"], path: "Sources/ServiceKit/TimeZoneDatabase"),
        target("Guards", ["Kernel", "Platform", "Telemetry", "Resilience"]),

        // Adapters: a target each; only these import C modules
        target("EventLoop", ["Kernel", "Platform", "CEvent"], path: "Sources/Adapters/EventLoop"),
        target("Crypto", ["Kernel", "Platform", "COpenSSL"], path: "Sources/Adapters/Crypto"),
        target("HTTPServer", ["Kernel", "HTTPMessages", "Platform", "Telemetry", "EventLoop", "Crypto", "CEvent", "COpenSSL", "CZlib"], path: "Sources/Adapters/HTTPServer"),
        target("HTTPClient", ["Kernel", "HTTPMessages", "Platform", "EventLoop", "CEvent", "CCurl"], path: "Sources/Adapters/HTTPClient"),
        target("YAML", ["Kernel", "CYAML"], path: "Sources/Adapters/YAML"),
        target("JavaScript", ["Kernel", "Platform", "Rows", "RowSteps", "CJavaScript"], path: "Sources/Adapters/JavaScript"),
        target("Postgres", ["Kernel", "Platform", "Telemetry", "EventLoop", "Guards", "Resilience", "CEvent", "CPostgres"], path: "Sources/Adapters/Postgres"),
        target("PostgresLoad", ["Kernel", "CPostgres"], path: "Sources/Adapters/PostgresLoad"),
        target("Docker", ["Kernel", "HTTPMessages", "Platform", "Telemetry", "EventLoop", "HTTPClient", "Guards", "Resilience"], path: "Sources/Adapters/Docker"),
        target(
            "Kubernetes", ["Kernel", "HTTPMessages", "Platform", "Telemetry", "EventLoop", "HTTPClient", "Guards", "Resilience", "YAML"],
            path: "Sources/Adapters/Kubernetes"),
        target("Confinement", ["Platform", "CConfinement"], path: "Sources/Adapters/Confinement"),
        target("TextScan", ["CTextScan"], path: "Sources/Adapters/TextScan"),
        target("Compression", ["Platform", "CZlib", "CZstd"], path: "Sources/Adapters/Compression"),
        target("Hashing", ["CXXHash"], path: "Sources/Adapters/Hashing"),

        // Pipelines
        target("RowSteps", ["Kernel", "Platform", "Rows", "Expressions", "RegularExpressions"], path: "Sources/Dataflow/Steps"),
        target("Dataflow", ["Kernel", "Platform", "Expressions", "Rows", "RowSteps", "Hashing"], path: "Sources/Dataflow/Engine"),
        target("FileConnectors", ["Platform", "Rows", "RowSteps", "Dataflow", "Delimited", "Compression", "Hashing"], path: "Sources/Dataflow/Files"),
        target("Delimited", ["Kernel", "Platform", "Rows", "TextScan", "Compression", "Hashing", "Crypto"], path: "Sources/Dataflow/Delimited"),

        // The API server and the loop
        target("Store", ["Kernel", "Platform", "Telemetry", "Postgres", "Crypto", "EventLoop"], path: "Sources/APIServer/Store"),
        target(
            "APIServer", ["Kernel", "HTTPMessages", "Platform", "Telemetry", "APIServerCore", "Store", "Crypto", "YAML"],
            path: "Sources/APIServer/Server"),
        target("Reconciliation", ["Kernel", "Platform", "Telemetry", "ServiceKit", "Resilience", "Guards", "Kubernetes"]),
        target(
            "EnvironmentEffects",
            ["Kernel", "HTTPMessages", "Platform", "Telemetry", "Resources", "Resilience", "Guards", "EnvironmentPlan", "Reconciliation", "Docker", "EventLoop", "HTTPClient", "Kubernetes"],
            path: "Sources/Controllers/Environment/Effects"),
        target(
            "DataPipelineEffects",
            ["Kernel", "Platform", "Telemetry", "ServiceKit", "Resources", "DataPipelinePlan", "PipelineJobs", "PipelineProcess", "PipelineReports", "Confinement", "Reconciliation", "Kubernetes", "Postgres", "TimeZoneDatabase"],
            path: "Sources/Controllers/DataPipeline/Effects"),
        target(
            "RunScheduleEffects", ["Kernel", "Platform", "Telemetry", "ServiceKit", "Resources", "Schedules", "RunSchedulePlan", "Reconciliation", "Kubernetes"],
            path: "Sources/Controllers/RunSchedule/Effects"),
        target("SimulationKit", ["Kernel", "HTTPMessages", "Platform", "Resilience", "Kubernetes", "Docker"]),

        target(
            "PipelineWorker",
            ["Kernel", "Platform", "Resources", "Rows", "RowSteps", "Dataflow", "Delimited", "FileConnectors", "Compression", "Confinement", "JavaScript", "PipelineJobs", "PostgresLoad", "TimeZoneDatabase"],
            path: "Sources/Dataflow/Worker"),

        .executableTarget(
            name: "millwright",
            dependencies: [
                "Kernel", "HTTPMessages", "Resources", "Platform", "Telemetry", "ServiceKit", "Guards", "Resilience", "EventLoop", "Crypto",
                "HTTPServer", "HTTPClient", "YAML", "Postgres", "Docker", "Kubernetes", "Store", "APIServerCore", "APIServer",
                "Reconciliation", "EnvironmentPlan", "EnvironmentEffects", "DataPipelineEffects", "RunScheduleEffects", "PipelineJobs", "PipelineProcess", "PipelineReports", "PipelineWorker", "RowSteps", "Delimited",
                "Expressions", "TimeZoneDatabase", "Confinement",
            ],
            path: "Sources/millwright", exclude: ["Documentation.docc"]),
        .executableTarget(
            name: "Benchmarks",
            dependencies: ["RowSteps", "Dataflow", "FileConnectors", "Hashing", "JavaScript", "Rows", "TextScan", "Delimited", "Kernel", "HTTPMessages", "Platform", "EventLoop", "HTTPClient", "HTTPServer", "Resources", "EnvironmentPlan", "Kubernetes", "Guards", "Telemetry", "Resilience", "Reconciliation", "Expressions"],
            path: "Sources/Benchmarks", exclude: ["expression_peers.py"]),

        // Tests
        target("TestSupport", ["Kernel", "Platform", "ServiceKit", "Postgres"], path: "Tests/TestSupport"),
        tests("KernelTests", ["Kernel", "TestSupport"]),
        tests("RegularExpressionsTests", ["RegularExpressions", "TestSupport"]),
        tests("ExpressionsTests", ["Kernel", "Expressions", "TimeZoneDatabase"]),
        target("ExpressionGeneration", ["Kernel", "Resilience"], path: "Tests/ExpressionGeneration"),
        tests("ExpressionsConformance", ["Kernel", "Expressions", "TimeZoneDatabase", "ExpressionGeneration"]),
        tests("ServiceKitTests", ["Kernel", "Platform", "Telemetry", "ServiceKit", "TestSupport"]),
        tests("ResilienceTests", ["Kernel", "Resilience", "Guards", "Telemetry", "Platform"]),
        tests("NetworkTests", ["Kernel", "HTTPMessages", "Platform", "Telemetry", "EventLoop", "Crypto", "HTTPServer", "HTTPClient", "TestSupport"]),
        tests("RowsTests", ["Rows", "TestSupport"]),
        tests("FileConnectorsTests", ["Platform", "Rows", "RowSteps", "Dataflow", "Delimited", "Compression", "FileConnectors", "TestSupport"]),
        tests("RowStepsTests", ["Kernel", "Platform", "Expressions", "Rows", "RowSteps"]),
        tests("DataflowTests", ["Kernel", "Platform", "Rows", "RowSteps", "Dataflow", "Delimited", "FileConnectors"]),
        tests("DelimitedTests", ["Platform", "Rows", "TextScan", "Compression", "Hashing", "Delimited"]),
        tests("JavaScriptTests", ["Kernel", "Platform", "Rows", "RowSteps", "JavaScript"]),
        tests("YAMLTests", ["Kernel", "YAML", "TestSupport"]),
        tests("StoreTests", ["Kernel", "Platform", "Telemetry", "ServiceKit", "Resilience", "Guards", "EventLoop", "Postgres", "Crypto", "Store", "TestSupport"]),
        tests("SchedulesTests", ["Kernel", "Schedules"]),
        tests("DataPipelinePlanTests", ["Kernel", "Resources", "PipelineJobs", "PipelineReports", "DataPipelinePlan", "RunSchedulePlan"]),
        tests("PipelineProcessTests", ["Kernel", "Platform", "ServiceKit", "Resources", "PipelineJobs", "PipelineProcess", "TestSupport"]),
        tests(
            "PipelineJournalTests", ["Kernel", "Platform", "PipelineReports", "Reconciliation", "Guards", "EventLoop", "Postgres", "DataPipelinePlan", "DataPipelineEffects", "TestSupport"]),
        tests("PostgresLoadTests", ["Kernel", "PostgresLoad", "TestSupport"]),
        tests("APIServerCoreTests", ["Kernel", "Expressions", "APIServerCore", "TimeZoneDatabase", "YAML"]),
        tests(
            "Conformance",
            ["Kernel", "HTTPMessages", "Platform", "Telemetry", "EventLoop", "Crypto", "HTTPServer", "HTTPClient", "Store", "Postgres", "Guards", "Resilience", "ServiceKit", "APIServerCore", "APIServer", "YAML", "Kubernetes", "TestSupport", "ExpressionGeneration", "TimeZoneDatabase"]),
        tests("DockerTests", ["Kernel", "HTTPMessages", "Platform", "Telemetry", "EventLoop", "HTTPServer", "HTTPClient", "Guards", "Resilience", "Docker", "TestSupport"]),
        tests("ResourcesTests", ["Kernel", "Resources", "YAML"]),
        tests("EnvironmentPlanTests", ["Kernel", "Resources", "EnvironmentPlan"]),
        tests(
            "EnvironmentEffectsTests",
            ["Kernel", "HTTPMessages", "Platform", "Telemetry", "EventLoop", "HTTPServer", "HTTPClient", "Guards", "Resilience", "Resources", "Kubernetes", "Docker",
             "Reconciliation", "EnvironmentPlan", "EnvironmentEffects", "ServiceKit", "Store", "APIServerCore", "APIServer", "YAML", "TestSupport"]),
        tests(
            "ReconciliationTests",
            ["Kernel", "HTTPMessages", "Platform", "Telemetry", "EventLoop", "HTTPServer", "HTTPClient", "Guards", "Resilience", "Kubernetes", "Reconciliation", "SimulationKit",
             "ServiceKit", "Store", "APIServerCore", "APIServer", "TestSupport"]),
        tests("Simulation", ["Kernel", "HTTPMessages", "Platform", "Telemetry", "ServiceKit", "Resources", "Guards", "Resilience", "EnvironmentPlan", "EnvironmentEffects", "Reconciliation", "Kubernetes", "Docker", "SimulationKit"]),
        tests("EndToEnd", ["PostgresLoad", "Kernel", "HTTPMessages", "Platform", "EventLoop", "HTTPClient", "YAML", "ServiceKit", "TestSupport"]),
    ],
    swiftLanguageModes: [.v6]
)

/// Fuzzers, which `hack/fuzz` alone builds (with libFuzzer, in a build directory of their own): a directory of Tests/Fuzz each, with
/// the entry libFuzzer calls and a `Corpus` of small first inputs. A new one needs its line here and nothing else.
func fuzzer(_ name: String, _ dependencies: [String]) -> Target {
    .executableTarget(
        name: "Fuzz\(name)", dependencies: (dependencies + ["Fuzzing"]).map { .byName(name: $0) }, path: "Tests/Fuzz/\(name)", exclude: ["Corpus"],
        swiftSettings: [.unsafeFlags(["-parse-as-library"])])
}

if Context.environment["MILLWRIGHT_FUZZ"] != nil {
    package.targets += [
        .target(name: "Fuzzing", dependencies: ["Kernel"], path: "Tests/Fuzz/Fuzzing"),
        fuzzer("JSON", ["Kernel"]),
        fuzzer("YAML", ["Kernel", "YAML"]),
        fuzzer("HTTP", ["HTTPMessages"]),
        fuzzer("Protobuf", ["Kernel", "APIServerCore"]),
        fuzzer("Selectors", ["Kernel", "APIServerCore"]),
        fuzzer("Patches", ["Kernel", "APIServerCore"]),
        fuzzer("Apply", ["Kernel", "APIServerCore"]),
        fuzzer("RegularExpressions", ["RegularExpressions"]),
        fuzzer("Expressions", ["Kernel", "Expressions"]),
        fuzzer("TextScan", ["TextScan"]),
        fuzzer("Delimited", ["Rows", "Delimited"]),
        fuzzer("Inference", ["Rows", "Delimited"]),
        fuzzer("Paths", ["Kernel", "PipelineJobs"]),
        fuzzer("OutputFrames", ["Docker"]),
    ]
}
