import APIServerCore
import Fuzzing
import Kernel

/// First line: a document; second: a patch, taken as each of the three kinds.
@_cdecl("LLVMFuzzerTestOneInput") public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let documents = FuzzInput(start, count).documents(2) else { return 0 }
    let (document, patch) = (documents[0], documents[1])
    do throws(PatchError) {
        let operations = try JSONPatch(patch)
        let result = try operations.applied(to: document)
        readable(result)
    } catch {
        require(!error.description.isEmpty, "an error without words")
    }
    do throws(PatchError) {
        let result = try MergePatch.applied(patch, to: document)
        readable(result)
        let again = try MergePatch.applied(patch, to: result)
        require(again == result, "a merge patch twice is \(again.text), once \(result.text)")
    } catch {
        require(!error.description.isEmpty, "an error without words")
    }
    // A null in the new document can't be said by a merge patch, and what is no object isn't merged.
    if case .object = document, case .object = patch, !patch.text.contains("null") {
        let between = MergePatch.between(document, patch)
        do throws(PatchError) {
            require(try MergePatch.applied(between, to: document) == patch, "\(between.text) doesn't lead from one to the other")
        } catch {
            require(false, "the patch between two documents fails: \(error)")
        }
    }
    for schema in ["io.k8s.api.core.v1.ServiceAccount", "io.k8s.api.rbac.v1.ClusterRole"].map(APITypes.structuralSchema) {
        do throws(PatchError) { readable(try StrategicMergePatch.applied(patch, to: document, schema: schema)) } catch {
            require(!error.description.isEmpty, "an error without words")
        }
    }
    return 0
}

private func readable(_ value: JSON) {
    do throws(JSONError) { require(try JSONParser.parse(value.bytes) == value, "the result reads as another value: \(value.text)") } catch {
        require(error.message.contains("nested deeper"), "the result isn't JSON: \(error)")
    }
}
