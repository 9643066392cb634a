// Texts at the edges of the grammar; graphql-js decides which of them are documents.

export const syntaxCases = [
  '', '{a}', '\uFEFF{a}', '{a\uFEFF}', '{a,b,,c}', '{a(b:1,,)}', '{a(b:)}', '{a()}', '{}', '{a{}}', '{a b c #x\n}',
  '{a(x:01)}', '{a(x:-0)}', '{a(x:-)}', '{a(x:1.)}', '{a(x:1.5e)}', '{a(x:1e5)}', '{a(x:.5)}', '{a(x:1a)}', '{a(x:1_)}', '{a(x:0x1)}',
  '{a(x:"\\u0041")}', '{a(x:"\\u{41}")}', '{a(x:"\\u{110000}")}', '{a(x:"\\ud83d\\ude00")}', '{a(x:"\\ud83d")}',
  '{a(x:"\\q")}', '{a(x:"a\nb")}', '{a(x:"""a\nb""")}', '{a(x:"""\\"""""")}', '{a(x:""")}', '{a(x:"")}', '{a(x:"\t")}',
  '{a(x:$b)}', '{a(x:$)}', '{a(x:$ b)}', 'query($a:Int=$b){a}', 'query($a:Int=[1 {b:c}]){a}', 'query($a:Int @d){a}',
  'query($a:[Int!]!){a}', 'query($a:Int!!){a}', 'query($a:[]){a}', 'query(){a}', 'query Q{a}query R{a}', 'fragment on on on{on}',
  'fragment f on on{on}', 'fragment f on T{a}', 'fragment f{a}', '{...on}', '{...f}', '{...on T{a}}', '{...@d{a}}', '{...{a}}',
  '{a @d @d(x:1)}', '{a @}', '{a:b:c}', '{a:}', '{true false null}', '{a(x:true y:null)}', '{a(x:[[[]]])}', '{a(x:{y:{}})}',
  '{a(x:{y})}', 'subscription S{a}', 'mutation M @d {a}', 'mutation', '{a}}', '{{a}}', '{a ... b}', '{a.b}', '{"a"}', '{a(x:;)}',
  '{a(x: "\u00e9 \u{1F600}")}', '# only a comment', ',', 'query Q($a: Int = 1, $b: B!) @x(y: $a) { a: b(c: [$a, $b]) { ...F } } fragment F on B { x }',
];
