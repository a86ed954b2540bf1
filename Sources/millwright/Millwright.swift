@main
struct Millwright {
    static func main() {}
}
