import Kernel
import PipelineJobs
import Resources

/// What a DataPipelineRun asks for.
public struct DesiredRun: Sendable, Equatable {
    public let key: NamespacedName
    public let uid: String
    public let spec: DataPipelineRunSpec
    public let isDeleting: Bool
    public let creation: Timestamp
    /// Its status says that it began.
    public let hasStartedBefore: Bool
    /// Files to read in place of the source's path, from annotation `millwright.dev/inputs`.
    public let inputs: [String]

    public static let inputsAnnotation = "millwright.dev/inputs"

    /// - Throws: when the document can't be followed.
    public init(_ object: JSON) throws(PipelineIssue) {
        let metadata = Metadata(of: object)
        key = metadata.namespacedName
        uid = metadata.uid
        isDeleting = metadata.isDeleting
        creation = metadata.creation ?? Timestamp(seconds: 0)
        hasStartedBefore = object["status"]?["startTime"] != nil
        inputs = Self.inputs(metadata.annotations[Self.inputsAnnotation])
        do throws(InvalidResource) { spec = try DataPipelineRunSpec(object["spec"]) } catch {
            // What is being deleted goes, whatever it says.
            guard metadata.isDeleting else { throw PipelineIssue(.invalidSpec, "\(error)") }
            spec = DataPipelineRunSpec(pipeline: "")
        }
    }

    private static func inputs(_ text: String?) -> [String] {
        guard let text else { return [] }
        do throws(JSONError) { return try JSONParser.parse(text).array?.compactMap(\.string) ?? [] } catch { return [] }
    }

    public var wantsCancel: Bool { spec.cancel || isDeleting }
}
