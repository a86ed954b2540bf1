import Kernel

/// What a failed run leaves: hidden files, and a checkpoint if it came to one.
public enum RunRemains {
    /// Categories of failures after which the engine keeps both, as the rows are not at fault (see `PipelinePass`).
    private static let keeping: Set<String> = ["input", "output", "resource", "checkpoint", "defect"]

    /// - Parameter report: a worker's last word.
    public static func areLeft(by report: JSON) -> Bool { report["keepsCheckpoint"] == true || keeping.contains(report["failure"]?["category"]?.string ?? "") }
}
