import Kernel

extension Spelling {
    static let macros = [
        "has", "all", "exists", "exists_one", "existsOne", "map", "filter", "transformList", "transformMap", "transformMapEntry", "optMap", "optFlatMap",
    ]
}
