package io.k3j.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Gvk;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schema.DecodeFailure;
import io.k3j.schema.Decoding;
import io.k3j.schema.Schemas;
import io.k3j.testkitbase.Fuzzing;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A body in protobuf is read or refused, and what was read is the same object after it was written.
public class ProtobufFuzzTest {
    private static final Gvk POD = Gvk.of("v1", "Pod");
    private static final Schemas SCHEMAS = new Schemas();
    private static final Protobuf PROTOBUF = new Protobuf(SCHEMAS);

    /// Jazzer's entry.
    public static void fuzzerTestOneInput(byte[] input) {
        Fuzzing.parse(() -> {
            Struct read = PROTOBUF.object(input, POD);
            Fuzzing.parse(() -> assertThat(PROTOBUF.object(PROTOBUF.bytes(read), POD).equals(read)).isTrue());
        }, MalformedInput.class, DecodeFailure.class);
    }

    private static byte[] body(Struct object) {
        Gvk kind = Gvk.of(object.text("apiVersion"), object.text("kind"));
        return PROTOBUF.bytes(Decoding.decode(SCHEMAS.shape(kind).orElseThrow(), object).object());
    }

    @Test
    void isReadOrRefused() throws IOException {
        Struct container = Struct.of("name", "c", "image", "x:1", "ports", Seq.of(Struct.of("containerPort", 80)),
                "resources", Struct.of("limits", Struct.of("cpu", "500m", "memory", "1Gi")), "livenessProbe",
                Struct.of("httpGet", Struct.of("port", "http")));
        Fuzzing.run(ProtobufFuzzTest::fuzzerTestOneInput, List.of(
                body(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                        Struct.of("name", "web", "creationTimestamp", "2026-11-20T09:00:00Z", "labels",
                                Struct.of("app", "web")),
                        "spec", Struct.of("nodeSelector", Struct.of("disk", "ssd"), "containers", Seq.of(container)))),
                body(Struct.of("apiVersion", "v1", "kind", "Secret", "data", Struct.of("a", "aGk=")))));
    }
}
