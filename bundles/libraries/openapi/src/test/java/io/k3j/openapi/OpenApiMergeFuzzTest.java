package io.k3j.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.model.Struct;
import io.k3j.protobufwire.WireIn;
import io.k3j.testkitbase.Fuzzing;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/// Whatever another server says in OpenAPI 2 is refused, or written in both forms beside this server's own.
public class OpenApiMergeFuzzTest {
    private static final Struct OWN = Struct.of("paths", Struct.of("/version", Struct.EMPTY), "definitions",
            Struct.of("A", Struct.of("type", "object"), "A_v2", Struct.of("type", "string")));

    /// Jazzer's entry. The input is the other document.
    public static void fuzzerTestOneInput(byte[] input) {
        Fuzzing.parse(() -> {
            Struct document = Json.object(input);
            OpenApiMerge merge = new OpenApiMerge(OWN);
            merge.add("/apis/", document);
            Struct merged = merge.merged();
            assertThat(merged.struct("definitions").struct("A").text("type")).isEqualTo("object");
            assertThat(merged.struct("paths").names()).contains("/version");
            WireIn written = new WireIn(OpenApi.protobuf(merged));
            while (written.next() != 0) {
                written.skip();
            }
        }, MalformedInput.class, IllegalArgumentException.class);
    }

    @Test
    void isRefusedOrWritten() throws IOException {
        Fuzzing.run(OpenApiMergeFuzzTest::fuzzerTestOneInput, Fuzzing.texts("""
                {"paths":{"/apis/a":{"get":{"parameters":[{"$ref":"#/parameters/p"},{"in":"body","name":"b",
                "schema":{"$ref":"#/definitions/A"}}],"responses":{"200":{"description":"OK","schema":{"type":"file"},
                "headers":{"h":{"type":"string"}}},"404":{"$ref":"#/responses/n"}},"security":[{"t":[]}]}}},
                "definitions":{"A":{"type":["a"],"items":[{"$ref":"#/definitions/A"}],"enum":[null,{"a":1.5}],
                "additionalProperties":true,"allOf":[{}],"x-kubernetes-group-version-kind":[{"kind":"A"},7]},
                "A_v2":{"properties":{"$ref":{"maximum":1,"maxLength":2,"xml":{"wrapped":true}}}}},
                "parameters":{"p":{"in":"query","items":{"items":{"type":"a"}},"default":{}}}}""",
                "{\"paths\":{\"/apis/a\":{\"$ref\":\"x\",\"x-a\":{}}},\"definitions\":{\"A\":[]}}", "{}"));
    }
}
