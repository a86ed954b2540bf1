/// The libraries that Kubernetes adds to CEL, beside the standard functions.
///
/// What its base environment of release 1.34 declares and what each release before had: URLs, regular expressions and lists from the
/// start; quantities and optional values 1.28; the second version of strings, and sets 1.29; IP and CIDR 1.30; formats 1.31; macros
/// of two variables 1.32; versions 1.33; the wider lists 1.34. `authorizer` is left out: it asks who may do what, which is for
/// admission policies, and Kubernetes doesn't declare it to rules of custom resources either.
extension Library {
    public static let kubernetes: [Library] = [
        .urls, .regularExpressions, .comparableLists, .quantities, .optionals, .strings, .sets, .addresses, .networks, .formats, .versions, .lists,
    ]
}
