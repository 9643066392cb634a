// The schemas that documents are generated for: between them they have every kind of type and every wrapping.

export const schemas = {
  pets: `
    interface Being { id: ID! name(surname: Boolean): String friends(first: Int = 3, where: Filter): [Being!] }
    interface Pet implements Being { id: ID! name(surname: Boolean): String friends(first: Int = 3, where: Filter): [Being!] owner: Human mood: Mood }
    type Dog implements Pet & Being { id: ID! name(surname: Boolean): String friends(first: Int = 3, where: Filter): [Being!] owner: Human mood: Mood barks: Boolean! volume: Int size(unit: Unit = CM): Float twin: Dog }
    type Cat implements Pet & Being { id: ID! name(surname: Boolean): String! friends(first: Int = 3, where: Filter): [Being!]! owner: Human mood: Mood meows: Boolean volume: Float size(unit: Unit = CM): Float! twin: Cat }
    type Human implements Being { id: ID! name(surname: Boolean): String friends(first: Int = 3, where: Filter): [Being!] pets: [Pet] email: String }
    union Animal = Dog | Cat
    union Any = Dog | Cat | Human
    enum Mood { HAPPY SAD GRUMPY }
    enum Unit { CM INCH }
    input Filter { name: String ids: [ID!] mood: Mood = HAPPY deep: Filter matrix: [[Int]] min: Float! = 0.5 }
    input Pick @oneOf { id: ID name: String nested: Filter }
    scalar Json
    directive @note(text: String! = "x", level: Int) repeatable on FIELD | QUERY | FRAGMENT_SPREAD | INLINE_FRAGMENT | VARIABLE_DEFINITION | FRAGMENT_DEFINITION
    directive @once on FIELD | FRAGMENT_DEFINITION
    type Query {
      being(id: ID!): Being pet(pick: Pick!): Pet animal: Animal any(of: [Pick!]): Any dog(a: Int, b: Boolean = true): Dog cat: Cat!
      human(filter: Filter!): Human echo(int: Int, float: Float, string: String, boolean: Boolean, id: ID, json: Json, ints: [Int!]!, moods: [Mood]): Json
      need(x: Int! = 4, y: [[String!]!]): Int
    }
    type Mutation { rename(id: ID!, name: String!): Human touch(filters: [Filter!]): Boolean }
    type Subscription { barked(volume: Int): Dog moved: Any }
  `,
  shop: `
    schema { query: Root }
    interface Node { id: ID! }
    type Root { node(id: ID!): Node product(sku: String!, region: Region): Product search(query: SearchInput!): [Result!]! top(first: Int! = 5): [Product!]! }
    type Product implements Node { id: ID! sku: String! price(currency: Currency = EUR): Money reviews(page: Page): [Review!]! related: [Product] attributes: Json weight: Float stock: Int! }
    type Review implements Node { id: ID! stars: Int! text: String author: Customer product: Product! }
    type Customer implements Node { id: ID! reviews(page: Page): [Review!]! orders: [[Order!]!] price: String }
    type Order implements Node { id: ID! lines: [Product!]! total: Money weight: Int }
    type Money { amount: Float! currency: Currency! }
    union Result = Product | Review | Customer
    enum Currency { EUR USD }
    enum Region { NORTH SOUTH }
    scalar Json
    input Page { first: Int = 10 after: ID sort: [Sort!] }
    input Sort { field: String! descending: Boolean! = false }
    input SearchInput { text: String region: Region range: Range! tags: [[String!]] extra: Json }
    input Range { min: Float max: Float! = 100 exact: Boolean }
  `,
  tree: `
    type Query { tree: Tree leaf: Leaf! either: Either list: [[Tree!]]! }
    interface Tree { value: Int left: Tree right: Tree }
    type Branch implements Tree { value: Int left: Tree right: Tree deep: Branch! kids: [Tree!]! }
    type Leaf implements Tree { value: Int! left: Leaf right: Leaf tag(a: Int, b: [Int!]): String }
    union Either = Branch | Leaf
  `,
};
