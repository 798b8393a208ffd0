package io.k3j.openapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.k3j.codec.Json;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.protobufwire.WireIn;
import io.k3j.testkitbase.Fuzzing;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OpenApiMergeTest {
    private static final String PREFIX = "/apis/a.example.com/v1/";
    private static final Struct OWN = json("""
            {"swagger":"2.0","info":{"title":"Kubernetes","version":"v1"},
            "paths":{"/api/v1/pods":{"get":{"responses":{"200":{"description":"OK"}}}}},
            "definitions":{"Meta":{"type":"object","description":"own"},"Same":{"type":"string"},
            "Options":{"type":"object",
            "x-kubernetes-group-version-kind":[{"group":"","kind":"Options","version":"v1"}]}},
            "parameters":{"limit":{"in":"query","name":"limit","type":"integer"}}}""");

    private static Struct json(String text) {
        return Json.object(text.getBytes(StandardCharsets.UTF_8));
    }

    private static Struct path(String... references) {
        List<Struct> parameters = new ArrayList<>();
        for (String reference : references) {
            parameters.add(Struct.of("in", "body", "name", "body", "schema", Struct.of("$ref", reference)));
        }
        return Struct.of("parameters", parameters);
    }

    private static Struct document(Struct paths, Struct definitions) {
        return Struct.of("paths", paths, "definitions", definitions);
    }

    private static Struct merged(Struct... others) {
        OpenApiMerge merge = new OpenApiMerge(OWN);
        for (Struct other : others) {
            merge.add(PREFIX, other);
        }
        return merge.merged();
    }

    @Test
    void pathsAndDefinitionsOfAnotherServerStandBesideOnesOwn() {
        Struct all = merged(document(Struct.of(PREFIX + "things", path("#/definitions/Thing"), "/api/v1/pods",
                Struct.of("get", Struct.of("description", "not mine")), "/apis/b.example.com/v1/x", Struct.EMPTY),
                Struct.of("Thing", Struct.of("type", "object"), "Same", Struct.of("type", "string"))));
        assertThat(all.names()).isEqualTo(OWN.names());
        assertThat(all.struct("paths").names()).containsExactly("/api/v1/pods", PREFIX + "things");
        assertThat(all.at("paths", "/api/v1/pods")).isEqualTo(OWN.at("paths", "/api/v1/pods"));
        assertThat(all.struct("definitions").names()).containsExactly("Meta", "Options", "Same", "Thing");
        assertThat(all.struct("parameters")).isEqualTo(OWN.struct("parameters"));
    }

    @Test
    void whatMeansSomethingElseGetsANameOfItsOwn() {
        Struct definitions = Struct.of("Meta", Struct.of("description", "theirs"), "Thing", json("""
                {"$ref":"#/definitions/Meta","properties":{"$ref":{"$ref":"#/definitions/Meta"},
                "list":{"items":[{"allOf":[{"$ref":"#/definitions/Meta"}]}],
                "additionalProperties":{"$ref":"#/definitions/Meta"}}},"default":{"$ref":"#/definitions/Meta"}}"""));
        Struct limit = json("{\"limit\":{\"in\":\"header\",\"name\":\"limit\"}}");
        Struct first = document(Struct.of(PREFIX + "a", path("#/definitions/Thing", "#/definitions/Meta")),
                definitions).with("parameters", limit);
        Struct second = document(Struct.of(PREFIX + "b",
                json("{\"parameters\":[{\"$ref\":\"#/parameters/limit\"}]}")), definitions.without("Thing"))
                .with("parameters", limit);
        Struct all = merged(first, second, document(Struct.of(PREFIX + "c", path("#/definitions/Meta")),
                Struct.of("Meta", Struct.of("description", "of a third"))));
        assertThat(all.struct("definitions").names()).containsExactly("Meta", "Meta_v2", "Meta_v3", "Options", "Same",
                "Thing");
        assertThat(all.at("definitions", "Meta")).isEqualTo(OWN.at("definitions", "Meta"));
        Struct thing = all.struct("definitions").struct("Thing");
        String renamed = "#/definitions/Meta_v2";
        assertThat(thing.text("$ref")).isEqualTo(renamed);
        assertThat(thing.at("properties", "$ref", "$ref")).isEqualTo(renamed);
        assertThat(thing.struct("properties").struct("list").seq("items").struct(0).seq("allOf").struct(0))
                .isEqualTo(Struct.of("$ref", renamed));
        assertThat(thing.at("properties", "list", "additionalProperties", "$ref")).isEqualTo(renamed);
        assertThat(thing.at("default", "$ref")).as("a value is none").isEqualTo("#/definitions/Meta");
        assertThat(all.struct("paths").struct(PREFIX + "a")).isEqualTo(path("#/definitions/Thing", renamed));
        assertThat(all.struct("paths").struct(PREFIX + "b").seq("parameters").struct(0).text("$ref"))
                .isEqualTo("#/parameters/limit_v2");
        assertThat(all.struct("paths").struct(PREFIX + "c")).isEqualTo(path("#/definitions/Meta_v3"));
        assertThat(all.struct("parameters").names()).containsExactly("limit", "limit_v2");
    }

    @Test
    void aNameThatTheOtherDocumentHasItselfIsNotTaken() {
        Struct all = merged(document(Struct.of(PREFIX + "a", path("#/definitions/Meta", "#/definitions/Meta_v2")),
                Struct.of("Meta", Struct.of("title", "a"), "Meta_v2", Struct.of("title", "b"))));
        assertThat(all.at("definitions", "Meta_v3", "title")).isEqualTo("a");
        assertThat(all.at("definitions", "Meta_v2", "title")).isEqualTo("b");
        assertThat(all.struct("paths").struct(PREFIX + "a"))
                .isEqualTo(path("#/definitions/Meta_v3", "#/definitions/Meta_v2"));
    }

    @Test
    void aDefinitionMayBeOfKindsOfBoth() {
        Struct theirs = Struct.of("type", "object", "x-kubernetes-group-version-kind",
                Seq.of(Struct.of("group", "a.example.com", "kind", "Options", "version", "v1"),
                        Struct.of("group", "", "kind", "Options", "version", "v1")));
        Struct options = merged(document(Struct.of(PREFIX + "a", path("#/definitions/Options")),
                Struct.of("Options", theirs))).struct("definitions").struct("Options");
        assertThat(options.seq("x-kubernetes-group-version-kind")).isEqualTo(
                Seq.of(Struct.of("group", "", "kind", "Options", "version", "v1"),
                        Struct.of("group", "a.example.com", "kind", "Options", "version", "v1")));
        Struct lie = theirs.with("x-kubernetes-group-version-kind", "all");
        assertThat(merged(document(Struct.of(PREFIX + "a", path()), Struct.of("Options", lie))).struct("definitions")
                .names()).contains("Options_v2");
    }

    private static String ofOneHash(int number) {
        StringBuilder text = new StringBuilder();
        for (int bit = 0; bit < Character.SIZE; bit++) {
            text.append((number >> bit & 1) == 0 ? "Aa" : "BB");
        }
        return text.toString();
    }

    @Test
    void kindsThatHaveOneHashCostNoMoreThanOthers() {
        int most = 1 << Character.SIZE;
        List<Struct> kinds = IntStream.range(0, most).mapToObj(i -> Struct.of("kind", ofOneHash(i))).toList();
        assertThat(kinds.getLast().hashCode()).isEqualTo(kinds.getFirst().hashCode());
        Struct theirs = document(Struct.of(PREFIX + "a", path()),
                Struct.of("Options", Struct.of("type", "object", "x-kubernetes-group-version-kind", kinds)));
        // which takes no longer than what is linear
        Fuzzing.parse(() -> assertThat(merged(theirs).struct("definitions").struct("Options")
                .seq("x-kubernetes-group-version-kind").size()).isEqualTo(most + 1));
    }

    @Test
    void whatIsOfAnotherTypeIsRefusedAsAWhole() {
        OpenApiMerge merge = new OpenApiMerge(OWN);
        for (String wrong : List.of("{\"get\":[]}", "{\"get\":{\"tags\":\"a\"}}", "{\"parameters\":[7]}",
                "{\"parameters\":[{\"$ref\":{}}]}", "{\"get\":{\"responses\":{\"200\":{\"schema\":true}}}}", "7")) {
            assertThatExceptionOfType(IllegalArgumentException.class).as(wrong)
                    .isThrownBy(() -> merge.add(PREFIX, document(Struct.of(PREFIX + "a", Json.value(
                            wrong.getBytes(StandardCharsets.UTF_8))), Struct.of("New", Struct.EMPTY))))
                    .withMessageContaining("is of a type that OpenAPI 2 does not have there");
        }
        for (String wrong : List.of("{\"type\":7}", "{\"maxLength\":1.5}", "{\"required\":[1]}", "{\"items\":\"a\"}",
                "{\"properties\":[]}", "{\"allOf\":[[]]}", "{\"additionalProperties\":1}", "[]")) {
            assertThatExceptionOfType(IllegalArgumentException.class).as(wrong)
                    .isThrownBy(() -> merge.add(PREFIX, document(Struct.of(PREFIX + "a", path()),
                            Struct.of("New", Json.value(wrong.getBytes(StandardCharsets.UTF_8))))));
        }
        assertThat(merge.merged()).isEqualTo(OWN);
    }

    /// What OpenAPI 2 does not know would be in one form of the document and not in the other.
    @Test
    void whatOpenApi2DoesNotKnowIsLeftOut() {
        Struct definition = merged(document(Struct.of(PREFIX + "a", path()), Struct.of("New", json("""
                {"type":["string","null"],"nullable":true,"oneOf":[{"$ref":"#/x"}],"x-more":[1],"title":null,
                "enum":[null,1],"properties":{"nullable":{"type":"string"}}}""")))).struct("definitions")
                .struct("New");
        assertThat(definition).isEqualTo(json("""
                {"type":["string","null"],"x-more":[1],"enum":[null,1],
                "properties":{"nullable":{"type":"string"}}}"""));
    }

    @Test
    void whatIsTakenHasItsPlaceInProtobuf() {
        OpenApiMerge merge = new OpenApiMerge(Struct.EMPTY);
        merge.add(PREFIX, document(Struct.of(PREFIX + "a", json("""
                {"parameters":[{"in":"header","name":"h","type":"array","items":{"type":"string"}},
                {"in":"formData","name":"f","type":"file"},{"$ref":"#/parameters/p"}],
                "get":{"summary":"s","externalDocs":{"url":"u"},"security":[{"token":["a"]}],"responses":{
                "200":{"description":"OK","schema":{"type":"file"},"headers":{"H":{"type":"integer","maximum":1.5}},
                "examples":{"text/plain":"x"}},"404":{"$ref":"#/responses/none"}}}}""")), Struct.of("New", json("""
                {"type":["string","null"],"items":[{"type":"string"},{"type":"integer"}],"readOnly":true,
                "xml":{"name":"n","attribute":true},"externalDocs":{"url":"u"},"discriminator":"kind"}"""))));
        WireIn document = new WireIn(OpenApi.protobuf(merge.merged()));
        WireIn named = at(at(document, 9).message(), 1).message();
        assertThat(at(named, 1).text()).isEqualTo("New");
        WireIn schema = at(named, 2).message();
        List<Integer> fields = new ArrayList<>();
        for (int field = schema.next(); field != 0; field = schema.next()) {
            fields.add(field);
            schema.skip();
        }
        assertThat(fields).as("type, items, readOnly, xml, externalDocs, discriminator")
                .containsExactly(22, 23, 27, 28, 29, 26);
    }

    /// The reader, at a field that is one of the next.
    private static WireIn at(WireIn message, int wanted) {
        for (int field = message.next(); field != wanted; field = message.next()) {
            assertThat(field).isNotZero();
            message.skip();
        }
        return message;
    }
}
