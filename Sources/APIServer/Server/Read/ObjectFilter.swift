import APIServerCore
import Kernel
import Store

/// Which objects of a list or watch are meant: by labels and by fields.
struct ObjectFilter: Sendable {
    private let labels: LabelSelector
    private let fields: FieldSelector
    private let selectable: [SelectableField]
    /// Whether names and namespaces are all that is asked, which the key answers without reading the object.
    private let isByKey: Bool

    /// Label keys, in quotes, without which no object matches: looked for in the bytes before an object is read.
    private let requiredKeys: [String]

    let isEmpty: Bool

    static let nameField = "metadata.name"
    static let namespaceField = "metadata.namespace"

    init(_ options: QueryOptions, resource: ServedResource) throws(APIStatus) {
        let selectable = resource.definition.selectableFields
        do throws(SelectorError) {
            labels = try options["labelSelector"].map { text throws(SelectorError) in try LabelSelector(text) } ?? .everything
        } catch {
            throw .badRequest("unable to parse requirement: \(error.message)")
        }
        do throws(SelectorError) {
            fields = try options["fieldSelector"].map { text throws(SelectorError) in try FieldSelector(text) } ?? .everything
            try fields.check(hasOnlyNames: resource.definition.isBuiltIn && selectable.isEmpty) { field in
                field == Self.nameField || field == Self.namespaceField && resource.definition.isNamespaced || selectable.contains { $0.name == field }
            }
        } catch {
            throw .badRequest(error.message)
        }
        self.selectable = selectable
        requiredKeys = labels.requirements.compactMap { requirement in
            switch requirement.operator {
            case .equals, .doubleEquals, .in, .exists, .greaterThan, .lessThan: "\"\(requirement.key)\""
            case .notEquals, .notIn, .doesNotExist: nil
            }
        }
        isEmpty = labels.isEmpty && fields.isEmpty
        isByKey = labels.isEmpty && fields.terms.allSatisfy { $0.field == Self.nameField || $0.field == Self.namespaceField }
    }

    /// Fields are read from the stored form.
    func matches(_ object: StoredObject, _ resource: ServedResource) -> Bool {
        if isEmpty { return true }
        if !fields.isEmpty, !keyMatches(object.key) { return false }
        if isByKey { return true }
        guard requiredKeys.allSatisfy({ ObjectBytes.contains(object.bytes, $0) }) else { return false }
        guard case .success(let json) = Result(catching: { () throws(JSONError) in try object.json() }) else { return false }
        return labels.matches(json["metadata"]?["labels"])
            && fields.matches { name in
                switch name {
                case Self.nameField: object.key.name
                case Self.namespaceField: object.key.namespace
                default: selectable.first { $0.name == name }?.value(in: json) ?? ""
                }
            }
    }

    /// Whether the terms about the key hold: most lists by name end here.
    private func keyMatches(_ key: StoreKey) -> Bool {
        fields.terms.allSatisfy { term in
            switch term.field {
            case Self.nameField: sameBytes(term.value, key.name) == term.isEqual
            case Self.namespaceField: sameBytes(term.value, key.namespace) == term.isEqual
            default: true
            }
        }
    }

    /// The one name that can match, if the selector says so.
    var name: String? { fields.requiredValue(of: Self.nameField) }
}
