/// An expression whose names and types are found.
struct CheckedTree: Sendable {
    /// What a name or a call stands for.
    enum Reference: Sendable {
        case none
        /// By its position among the environment's variables.
        case variable(Int)
        /// A variable of a macro, by its slot.
        case local(Int)
        /// The variable of `cel.bind`, by its slot, with the node of its value.
        case bound(Int, value: Int)
        case constant(Value)
        /// The name of a type that Kubernetes' checker knows and its evaluator doesn't.
        case undefinedType(String)
        /// The overloads that the arguments' types allow; one where the types are known. `takesTarget`: the target is the first argument.
        case function([FunctionTable.Prepared], takesTarget: Bool)
    }

    let tree: SyntaxTree
    /// By node; without variables.
    var types: [ValueType]
    /// By node.
    var references: [Reference]
    /// Of a macro's first and second variable, by node.
    var slots: [Int: (first: Int, second: Int)]
    /// How many slots the macros' variables need together.
    var slotCount: Int

    var type: ValueType { types[tree.root] }
}
