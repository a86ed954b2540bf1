import Store

/// All who must know of a write before its client does.
struct WriteObservers: WriteObserver {
    let definitions: DefinitionService
    let authorizer: Authorizer

    func wrote(_ object: StoredObject, removed: Bool) {
        definitions.wrote(object, removed: removed)
        authorizer.wrote(object, removed: removed)
    }
}
