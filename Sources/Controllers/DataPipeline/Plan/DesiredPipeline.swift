import Kernel
import PipelineJobs
import Resources

/// What a DataPipeline asks for.
public struct DesiredPipeline: Sendable, Equatable {
    public let key: NamespacedName
    public let uid: String
    public let spec: DataPipelineSpec
    public let json: JSON
    /// Hash of `spec`.
    public let revision: String
    public let isDeleting: Bool

    /// - Throws: when the document can't be followed.
    public init(_ object: JSON) throws(PipelineIssue) {
        let metadata = Metadata(of: object)
        key = metadata.namespacedName
        uid = metadata.uid
        isDeleting = metadata.isDeleting
        json = object["spec"] ?? [:]
        revision = Self.revision(of: json)
        do throws(InvalidResource) { spec = try DataPipelineSpec(json) } catch { throw PipelineIssue(.invalidSpec, "\(error)") }
        // Named zones are looked up when a path is filled in.
        let wrong = DocumentPaths.errors(spec)
        guard wrong.isEmpty else { throw PipelineIssue(.invalidSpec, "\(InvalidResource(errors: wrong))") }
    }

    public static func revision(of spec: JSON) -> String { SHA256.hex(spec.canonical.text, length: 16) }

    /// The name of a run that a cause brings about: the same cause, the same run.
    public static func runName(pipeline: String, cause: String) -> String { "\(pipeline)-\(SHA256.hex(cause, length: 8))" }
}
