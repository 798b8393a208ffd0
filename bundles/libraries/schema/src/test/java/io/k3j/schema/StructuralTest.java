package io.k3j.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class StructuralTest {
    private static final Schemas SCHEMAS = new Schemas();

    private static Struct object(Object... properties) {
        return Struct.of("type", "object", "properties", Struct.of(properties));
    }

    private static Struct string() {
        return Struct.of("type", "string");
    }

    private static Shape shape(Object... properties) {
        return Structural.shape(SCHEMAS, object(properties));
    }

    private static List<String> problems(Shape shape, Struct object) {
        return Validation.check(shape, object).stream().map(Violation::text).toList();
    }

    private static List<String> problems(Struct schema) {
        return Structural.check(schema, "schema").stream().map(Violation::text).toList();
    }

    @Test
    void unknownFieldsArePrunedUnlessTheSchemaKeepsThem() {
        Shape s = shape("spec", object("a", string(), "free", Struct.of("type", "object",
                "x-kubernetes-preserve-unknown-fields", true, "properties", Struct.of("in", object("b", string()))),
                "list",
                Struct.of("type", "array", "items", object("c", string())), "any",
                Struct.of("x-kubernetes-preserve-unknown-fields", true), "map",
                Struct.of("type", "object", "additionalProperties", object("d", string())), "none",
                Struct.of("type", "object")));
        Struct given = Struct.of("apiVersion", "x/v1", "kind", "X", "metadata", Struct.of("name", "n", "wrong", 1),
                "spec",
                Struct.of("a", "1", "z", 1, "free", Struct.of("y", 1, "in", Struct.of("b", "1", "x", 1)), "list",
                        Seq.of(Struct.of("c", "1"), Struct.of("w", 1)), "any", Struct.of("v", 1), "map",
                        Struct.of("k", Struct.of("d", "1", "u", 1)), "none", Struct.of("t", 1)));
        Pruning.Pruned p = Pruning.prune(s, given);
        assertThat(p.unknown()).containsExactly("metadata.wrong", "spec.z", "spec.free.in.x", "spec.list[1].w",
                "spec.map.k.u", "spec.none.t");
        assertThat(p.object().struct("spec")).isEqualTo(Struct.of("a", "1", "free", Struct.of("y", 1, "in",
                Struct.of("b", "1")), "list", Seq.of(Struct.of("c", "1"), Struct.EMPTY), "any", Struct.of("v", 1),
                "map",
                Struct.of("k", Struct.of("d", "1")), "none", Struct.EMPTY));
        assertThat(Pruning.prune(s, p.object()).object()).isSameAs(p.object());
    }

    @Test
    void defaultsFillWhatIsMissingAndNullsThatMeanNothingGo() {
        Shape s = shape("spec", object("a", string().with("default", "x"), "deep",
                object("b", Struct.of("type", "integer", "default", 7)), "made",
                object("c", string().with("default", "y")).with("default", Struct.EMPTY), "maybe",
                string().with("nullable", true).with("default", "n")));
        assertThat(Defaulting.apply(s, Struct.EMPTY)).isEqualTo(Struct.EMPTY);
        assertThat(Defaulting.apply(s, Struct.of("spec", Struct.of("a", null, "deep", Struct.EMPTY, "maybe", null))))
                .isEqualTo(Struct.of("spec", Struct.of("a", "x", "deep", Struct.of("b", 7), "maybe", Null.NULL, "made",
                        Struct.of("c", "y"))));
        Struct untouched = Struct.of("spec", Struct.of("a", "1", "made", Struct.of("c", "1"), "maybe", "m"));
        assertThat(Defaulting.apply(s, untouched)).isSameAs(untouched);
        assertThat(Defaulting.apply(shape("spec", object("b", string())), Struct.of("spec", Struct.of("b", null))))
                .isEqualTo(Struct.of("spec", Struct.EMPTY));
    }

    @Test
    void wrongTypesAndMissingFieldsAreNamedAsUpstream() {
        Shape s = shape("spec", object("replicas", Struct.of("type", "integer"), "port",
                Struct.of("x-kubernetes-int-or-string", true)).with("required", Seq.of("replicas", "cron")));
        assertThat(problems(s, Struct.of("spec", Struct.of("replicas", "string", "port", true)))).containsExactly(
                "spec.cron: Required value",
                "spec.replicas: Invalid value: \"string\": spec.replicas in body must be of type integer: \"string\"",
                "spec.port: Invalid value: \"boolean\": spec.port in body must be of type integer,string: \"boolean\"");
        assertThat(problems(s, Struct.of("spec", Struct.of("replicas", 1.0, "cron", 1, "port", "http")))).isEmpty();
        assertThat(problems(s, Struct.of("spec", null))).hasSize(1);
    }

    @Test
    void boundsPatternsAndEnumsAreChecked() {
        Shape s = shape("n", Struct.of("type", "integer", "minimum", 1, "maximum", 10, "exclusiveMaximum", true,
                "multipleOf", 2), "t", string().with("minLength", 2).with("maxLength", 3).with("pattern", "^a+$"), "e",
                string().with("enum", Seq.of("x", "y")), "l",
                Struct.of("type", "array", "items", string(), "maxItems", 1), "m",
                Struct.of("type", "object", "additionalProperties", string(), "minProperties", 1));
        assertThat(problems(s, Struct.of("n", 0))).containsExactly(
                "n: Invalid value: 0: n in body should be greater than or equal to 1");
        assertThat(problems(s, Struct.of("n", 10)))
                .containsExactly("n: Invalid value: 10: n in body should be less than 10");
        assertThat(problems(s, Struct.of("n", 3)))
                .containsExactly("n: Invalid value: 3: n in body should be a multiple of 2");
        assertThat(problems(s, Struct.of("t", "b"))).containsExactly(
                "t: Invalid value: \"b\": t in body should be at least 2 chars long",
                "t: Invalid value: \"b\": t in body should match '^a+$'");
        assertThat(problems(s, Struct.of("t", "aaaa"))).containsExactly("t: Too long: may not be more than 3 bytes");
        assertThat(problems(s, Struct.of("e", "z"))).containsExactly(
                "e: Unsupported value: \"z\": supported values: \"x\", \"y\"");
        assertThat(problems(s, Struct.of("l", Seq.of("a", "b"))))
                .containsExactly("l: Too many: 2: must have at most 1 items");
        assertThat(problems(s, Struct.of("m", Struct.EMPTY))).containsExactly(
                "m: Invalid value: {}: m in body should have at least 1 properties");
        assertThat(problems(s, Struct.of("n", 4, "t", "aa", "e", "x", "l", Seq.of("q"), "m", Struct.of("a", "b"))))
                .isEmpty();
    }

    @Test
    void anEvilPatternCostsNoTime() {
        Shape s = shape("t", string().with("pattern", "^(a+)+$"));
        assertThat(problems(s, Struct.of("t", "a".repeat(50_000) + "b"))).hasSize(1);
    }

    @Test
    void formatsAreChecked() {
        for (String[] c : new String[][] {{"date-time", "2026-01-01T00:00:00Z", "soon"},
                {"ipv4", "10.0.0.1", "10.0.0.256"},
                {"ipv6", "fe80::1", "fe80::1::2"}, {"ipv6", "::ffff:1.2.3.4", "1:2:3"},
                {"cidr", "10.0.0.0/8", "10.0.0.0/33"},
                {"uuid", "123e4567-e89b-12d3-a456-426614174000", "x"}, {"byte", "YQ==", "?"},
                {"date", "2026-02-28", "2026-02-30"},
                {"hostname", "a.b-c.d", "-a"}, {"duration", "1h30m", "1x"}, {"uri", "https://a/b", "a b"},
                {"email", "a@b", "a"}}) {
            Shape s = shape("v", string().with("format", c[0]));
            assertThat(problems(s, Struct.of("v", c[1]))).as(c[0]).isEmpty();
            assertThat(problems(s, Struct.of("v", c[2]))).as(c[0]).containsExactly("v: Invalid value: \"" + c[2]
                    + "\": v in body must be of type " + c[0] + ": \"" + c[2] + "\"");
        }
        assertThat(
                problems(shape("v", Struct.of("type", "integer", "format", "int32")), Struct.of("v", 3_000_000_000L)))
                .hasSize(1);
    }

    @Test
    void branchesAndUniqueListsAreChecked() {
        Shape s = shape("o", object("a", string(), "b", string()).with("oneOf",
                Seq.of(Struct.of("required", Seq.of("a")), Struct.of("required", Seq.of("b")))), "n",
                Struct.of("type", "integer", "not", Struct.of("enum", Seq.of(13))), "set",
                Struct.of("type", "array", "items", string(), "x-kubernetes-list-type", "set"), "map",
                Struct.of("type", "array", "items", object("k", string(), "v", string()), "x-kubernetes-list-type",
                        "map",
                        "x-kubernetes-list-map-keys", Seq.of("k")));
        assertThat(problems(s, Struct.of("o", Struct.of("a", "1")))).isEmpty();
        assertThat(problems(s, Struct.of("o", Struct.of("a", "1", "b", "2")))).containsExactly("o: Invalid value: "
                + "{\"a\":\"1\",\"b\":\"2\"}: \"o\" must validate one and only one schema (oneOf). Found 2 valid alternatives");
        assertThat(problems(s, Struct.of("n", 13)))
                .containsExactly("n: Invalid value: 13: \"n\" must not validate the schema (not)");
        assertThat(problems(s, Struct.of("set", Seq.of("x", "y", "x"))))
                .containsExactly("set[2]: Duplicate value: \"x\"");
        assertThat(problems(s, Struct.of("map", Seq.of(Struct.of("k", "1"), Struct.of("k", "1", "v", "2")))))
                .containsExactly("map[1]: Duplicate value: {\"k\":\"1\"}");
    }

    @Test
    void embeddedObjectsHaveTypeAndMetadata() {
        Shape s = shape("t", Struct.of("type", "object", "x-kubernetes-embedded-resource", true,
                "x-kubernetes-preserve-unknown-fields", true));
        assertThat(problems(s, Struct.of("t", Struct.of("kind", "X")))).containsExactly(
                "t.apiVersion: Required value: must not be empty");
        assertThat(Pruning.prune(s, Struct.of("t", Struct.of("x", 1, "metadata", Struct.of("name", "a", "bad", 1))))
                .unknown())
                .containsExactly("t.metadata.bad");
    }

    @Test
    void whatIsNotStructuralIsNamed() {
        assertThat(problems(object("a", string()))).isEmpty();
        assertThat(problems(Struct.of("type", "string"))).containsExactly(
                "schema.type: Invalid value: \"string\": must be object at the root");
        assertThat(problems(Struct.EMPTY))
                .containsExactly("schema.type: Required value: must not be empty at the root");
        assertThat(problems(object("a", Struct.EMPTY))).containsExactly(
                "schema.properties[a].type: Required value: must not be empty for specified object fields");
        assertThat(problems(object("a", Struct.of("type", "array", "items", Struct.EMPTY)))).containsExactly(
                "schema.properties[a].items.type: Required value: must not be empty for specified array items");
        assertThat(problems(object("a", string()).with("additionalProperties", string()))).containsExactly(
                "schema.additionalProperties: Forbidden: must not be used at the root");
        assertThat(problems(Struct.of("x-kubernetes-preserve-unknown-fields", true))).isEmpty();
        assertThat(problems(object("a", string().with("x-kubernetes-int-or-string", true)))).isEmpty();
        assertThat(problems(object("a", Struct.of("x-kubernetes-embedded-resource", true,
                "x-kubernetes-preserve-unknown-fields", true)))).containsExactly("schema.properties[a].type: Required"
                        + " value: must be object if x-kubernetes-embedded-resource is true");
        assertThat(problems(object("metadata", object("labels", Struct.of("type", "object"))))).containsExactly(
                "schema.properties[metadata]: Forbidden: must not specify anything other than name and generateName, but "
                        + "metadata is implicitly specified");
        assertThat(problems(object("a", string().with("anyOf", Seq.of(string()))))).containsExactly(
                "schema.properties[a].anyOf[0].type: Forbidden: must be empty to be structural");
        assertThat(problems(object("a", string().with("pattern", "(")))).hasSize(1);
        assertThat(problems(object("a", Struct.of("x-kubernetes-int-or-string", true, "anyOf",
                Seq.of(Struct.of("type", "integer"), Struct.of("type", "string")))))).isEmpty();
        assertThat(problems(
                object().with("oneOf", Seq.of(Struct.of("properties", Struct.of("b", Struct.of("minimum", 1)))))))
                .containsExactly("schema.properties[b]: Required value: because it is defined in "
                        + "schema.oneOf[0].properties[b]");
    }

    @Test
    void branchesAddRulesForValuesOnlyHoweverDeepTheyAre() {
        Struct rules = Struct.of("x-kubernetes-validations", Seq.of(Struct.of("rule", "false")));
        Struct list = Struct.of("type", "array", "items", string());
        for (String place : List.of("allOf", "anyOf", "oneOf")) {
            String at = "schema.properties[a]." + place + "[0]";
            assertThat(problems(object("a", list.with(place, Seq.of(Struct.of("items", rules)))))).containsExactly(
                    at + ".items.x-kubernetes-validations: Forbidden: must be empty to be structural");
            assertThat(problems(object("a", string().with(place, Seq.of(Struct.of("anyOf", Seq.of(rules)))))))
                    .containsExactly(
                            at + ".anyOf[0].x-kubernetes-validations: Forbidden: must be empty to be structural");
            assertThat(problems(object("a", string().with(place, Seq.of(Struct.of("not", rules)))))).containsExactly(
                    at + ".not.x-kubernetes-validations: Forbidden: must be empty to be structural");
        }
        assertThat(problems(object("a",
                string().with("not", Struct.of("items", Struct.of("items", Struct.of("minLength",
                        1L)))))))
                .as("only the first that is missing").containsExactly("schema.properties[a].items: Required value:"
                        + " because it is defined in schema.properties[a].not.items");
        assertThat(problems(object("a", string().with("not", rules)))).containsExactly(
                "schema.properties[a].not.x-kubernetes-validations: Forbidden: must be empty to be structural");
        assertThat(problems(object("a", string().with("allOf", Seq.of(Struct.of("nullable", true, "default", "x",
                "x-kubernetes-list-type", "set", "pattern", "(", "items", Struct.of("minLength", 1)))))))
                .extracting(p -> p.replaceAll("parsing.*", "…")).containsExactly(
                        "schema.properties[a].allOf[0].pattern: Invalid value: \"(\": must be a valid regular expression,"
                                + " but isn't: error …",
                        "schema.properties[a].allOf[0].default: Forbidden: must be undefined to be structural",
                        "schema.properties[a].allOf[0].nullable: Forbidden: must be false to be structural",
                        "schema.properties[a].allOf[0].x-kubernetes-list-type: Forbidden: must be undefined to be"
                                + " structural",
                        "schema.properties[a].items: Required value: because it is defined in"
                                + " schema.properties[a].allOf[0].items");
    }

    @Test
    void metadataIsRestrictedByNamesOnlyAndNothingIsFilledIn() {
        String refused = "schema.properties[metadata]: Forbidden: must not specify anything other than name and"
                + " generateName, but metadata is implicitly specified";
        Struct meta = Struct.of("type", "object");
        assertThat(problems(object("metadata", meta))).isEmpty();
        assertThat(problems(object("metadata", meta.with("properties", Struct.of("name", string().with("maxLength", 9L),
                "generateName", string()))))).isEmpty();
        for (Struct more : List.of(Struct.of("x-kubernetes-validations", Seq.of(Struct.of("rule", "true"))),
                Struct.of("required", Seq.of("name")), Struct.of("maxProperties", 2L),
                Struct.of("x-kubernetes-preserve-unknown-fields", true), Struct.of("nullable", true),
                Struct.of("anyOf", Seq.of(Struct.of("required", Seq.of("name")))))) {
            assertThat(problems(object("metadata", meta.with(more.name(0), more.value(0))))).as(more.name(0))
                    .contains(refused);
        }
        assertThat(problems(object("kind", Struct.of("type", "integer"), "metadata", string()))).containsExactly(
                "schema.properties[kind].type: Invalid value: \"integer\": must be string",
                "schema.properties[metadata].type: Invalid value: \"string\": must be object");
        Struct named = object("kind", string().with("default", "A"), "metadata", meta.with("default", Struct.EMPTY)
                .with("properties", Struct.of("name", string().with("default", "x"))));
        Shape stored = Structural.shape(new Schemas(), named);
        assertThat(Defaulting.apply(stored, Struct.of("metadata", Struct.EMPTY)))
                .isEqualTo(Struct.of("metadata", Struct.EMPTY));
        Struct inner = named.with("x-kubernetes-embedded-resource", true);
        assertThat(problems(object("inner", inner))).as("of an object within the object").isEmpty();
        Struct filled = Defaulting.apply(shape("inner", inner),
                Struct.of("inner", Struct.of("metadata", Struct.EMPTY)));
        assertThat(filled.struct("inner").text("kind")).isEqualTo("A");
        assertThat(filled.struct("inner").struct("metadata").text("name")).isEqualTo("x");
    }

    /// RE2/J writes repetitions out: these would take 6 MB each, for as long as the schema is known.
    @Test
    void patternsAreBoundedOneByOneAndTogether() {
        assertThat(problems(object("a", string().with("pattern", "(a{900}){100}")))).containsExactly(
                "schema.properties[a].pattern: Invalid value: \"(a{900}){100}\": must be a valid regular expression, but"
                        + " isn't: error parsing regexp: invalid repeat count: `{100}`");
        Struct many = object();
        for (int i = 0; i < 12; i++) {
            many = many.withAt(string().with("pattern", "x" + i + "a{1000}".repeat(50)), "properties", "p" + i);
        }
        assertThat(problems(many)).hasSize(3).allMatch(p -> p.contains("too large together"));
        assertThat(Validation.check(Structural.shape(new Schemas(), many), Struct.of("p11", "x")))
                .as("one that was stored fits nothing").hasSize(1);
    }

    @Test
    void durationsAreWhatExpressionsTakeForOne() {
        Shape s = shape("d", string().with("format", "duration"));
        for (String text : List.of("1h30m", "-1.5h", "0", "3d", "2 weeks", "1 h", " 1 day 2 hours ", "5 Minutes",
                "1d 3 x")) {
            assertThat(problems(s, Struct.of("d", text))).as(text).isEmpty();
        }
        for (String text : List.of("", "h", "3", "1 x", "1.5 d", "-3d", "99999999999999999999 h", "1 h!",
                "300000000 w")) {
            assertThat(problems(s, Struct.of("d", text))).as(text).hasSize(1);
        }
        assertThat(DurationFormat.parse("1 day 2 hours")).isEqualTo(java.time.Duration.ofHours(26));
        assertThat(DurationFormat.parse("2 weeks")).isEqualTo(java.time.Duration.ofDays(14));
    }

    /// An object of 3 MB has a million places for violations, each with its path and its value.
    @Test
    void theFirstHundredViolationsAreToldAndOneMore() {
        Struct number = Struct.of("type", "integer");
        Shape s = shape("list", Struct.of("type", "array", "items", number), "map",
                Struct.of("type", "object", "additionalProperties", number), "text",
                Struct.of("type", "string", "maxLength", 1, "pattern", "^a$"));
        Seq texts = Seq.copyOf(Collections.nCopies(300_000, "x"));
        assertThat(problems(s, Struct.of("list", texts))).hasSize(101);
        Struct.Builder many = Struct.builder();
        for (int i = 0; i < 100_000; i++) {
            many.put("k" + i, "x");
        }
        assertThat(problems(s, Struct.of("map", many.build()))).hasSize(101);
        assertThat(problems(s, Struct.of("text", "x".repeat(1 << 20)))).hasSize(2)
                .allSatisfy(p -> assertThat(p).hasSizeLessThan(5_000));
    }

    @Test
    void valuesAreEqualWhateverTheOrderOfTheirFields() {
        Struct any = Struct.of("type", "object", "x-kubernetes-preserve-unknown-fields", true);
        Shape set = shape("list", Struct.of("type", "array", "x-kubernetes-list-type", "set", "items", any));
        Seq twice = Seq.of(Struct.of("a", 1L, "b", 2L), Struct.of("b", 2L, "a", 1L));
        assertThat(problems(set, Struct.of("list", twice))).hasSize(1);
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            values.add(Struct.of("a", (long) i, "b", 2L));
        }
        Shape chosen = shape("v", any.with("enum", Seq.copyOf(values)));
        assertThat(problems(chosen, Struct.of("v", Struct.of("b", 2L, "a", 7L)))).isEmpty();
    }

    /// 50 000 values of an enumeration for as many elements.
    @Test
    @Timeout(60)
    void longEnumerationsAndSetsAreLookedUp() {
        List<Object> values = new ArrayList<>();
        List<Object> sameHash = new ArrayList<>();
        for (int i = 0; i < 50_000; i++) {
            values.add("v" + i);
            sameHash.add(Struct.of("k" + i, "k" + i));
        }
        Shape chosen = shape("list", Struct.of("type", "array", "items", string().with("enum", Seq.copyOf(values))));
        assertThat(problems(chosen, Struct.of("list", Seq.copyOf(values)))).isEmpty();
        Shape set = shape("list", Struct.of("type", "array", "x-kubernetes-list-type", "set", "items",
                Struct.of("type", "object", "x-kubernetes-preserve-unknown-fields", true)));
        assertThat(problems(set, Struct.of("list", Seq.copyOf(sameHash)))).isEmpty();
    }
}
