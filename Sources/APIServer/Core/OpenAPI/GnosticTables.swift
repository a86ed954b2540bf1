/// The numbers of gnostic's OpenAPI v2 messages, as far as the documents here use them.
enum GnosticTables {
    static let document = Gnostic.Table(
        members: [
            "swagger": (1, .string), "info": (2, .message(.info)), "host": (3, .string), "basePath": (4, .string), "schemes": (5, .strings),
            "consumes": (6, .strings), "produces": (7, .strings), "paths": (8, .paths),
            "definitions": (9, .named(.schema)), "security": (12, .security), "securityDefinitions": (13, .securityDefinitions),
        ], extensions: 16)

    static let info = Gnostic.Table(members: ["title": (1, .string), "version": (2, .string), "description": (3, .string)], extensions: 7)

    static let pathItem = Gnostic.Table(
        members: [
            "$ref": (1, .string), "get": (2, .message(.operation)), "put": (3, .message(.operation)), "post": (4, .message(.operation)),
            "delete": (5, .message(.operation)), "patch": (8, .message(.operation)), "parameters": (9, .parameters),
        ], extensions: 10)

    static let operation = Gnostic.Table(
        members: [
            "tags": (1, .strings), "summary": (2, .string), "description": (3, .string), "operationId": (5, .string),
            "produces": (6, .strings), "consumes": (7, .strings), "parameters": (8, .parameters), "responses": (9, .responses),
            "schemes": (10, .strings), "deprecated": (11, .bool),
        ], extensions: 13)

    static let bodyParameter = Gnostic.Table(
        members: ["description": (1, .string), "name": (2, .string), "in": (3, .string), "required": (4, .bool), "schema": (5, .message(.schema))], extensions: 6)

    static let queryParameter = Gnostic.Table(
        members: [
            "required": (1, .bool), "in": (2, .string), "description": (3, .string), "name": (4, .string), "type": (6, .string),
            "format": (7, .string), "uniqueItems": (20, .bool),
        ], extensions: 23)

    static let pathParameter = Gnostic.Table(
        members: [
            "required": (1, .bool), "in": (2, .string), "description": (3, .string), "name": (4, .string), "type": (5, .string),
            "format": (6, .string), "uniqueItems": (19, .bool),
        ], extensions: 22)

    static let response = Gnostic.Table(members: ["description": (1, .string), "schema": (2, .responseSchema)], extensions: 5)
    static let reference = Gnostic.Table(members: ["$ref": (1, .string), "description": (2, .string)], extensions: 0)

    static let apiKey = Gnostic.Table(
        members: ["type": (1, .string), "name": (2, .string), "in": (3, .string), "description": (4, .string)], extensions: 5)

    static let schema = Gnostic.Table(
        members: [
            "$ref": (1, .string), "format": (2, .string), "title": (3, .string), "description": (4, .string), "default": (5, .any),
            "multipleOf": (6, .double), "maximum": (7, .double), "exclusiveMaximum": (8, .bool), "minimum": (9, .double),
            "exclusiveMinimum": (10, .bool), "maxLength": (11, .int), "minLength": (12, .int), "pattern": (13, .string),
            "maxItems": (14, .int), "minItems": (15, .int), "uniqueItems": (16, .bool), "maxProperties": (17, .int),
            "minProperties": (18, .int), "required": (19, .strings), "enum": (20, .anys),
            "additionalProperties": (21, .schemaOrBool(.schema)), "type": (22, .typeItem), "items": (23, .item(.schema)),
            "allOf": (24, .messages(.schema)), "properties": (25, .named(.schema)), "readOnly": (27, .bool), "example": (30, .any),
        ], extensions: 31)
}
