package io.k3j.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Gvk;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schema.DecodeFailure;
import io.k3j.schema.Decoding;
import io.k3j.schema.Schemas;
import io.k3j.schema.Shape;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/// Whatever bytes come in, they are an object or refused with a message for the client.
class DamageTest {
    private static final int ROUNDS = 3000;
    private static final Gvk POD = Gvk.of("v1", "Pod");
    private final Schemas schemas = new Schemas();
    private final Shape shape = schemas.shape(POD).orElseThrow();
    private final Protobuf protobuf = new Protobuf(schemas);
    private final Struct pod = Decoding.decode(shape, Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
            Struct.of("name", "web", "generation", 3, "creationTimestamp", "2026-11-20T09:00:00Z", "labels",
                    Struct.of("app", "web")),
            "spec", Struct.of("nodeSelector", Struct.of("disk", "ssd"), "priority", 0, "containers",
                    Seq.of(Struct.of("name", "c", "image", "x:1", "ports", Seq.of(Struct.of("containerPort", 80)),
                            "resources", Struct.of("limits", Struct.of("cpu", "500m", "memory", "1Gi")),
                            "livenessProbe", Struct.of("httpGet", Struct.of("port", "http")))))))
            .object();

    private int understood(byte[] good, int from, Function<byte[], Struct> reader) {
        Random random = new Random(1);
        int understood = 0;
        for (int i = 0; i < ROUNDS; i++) {
            byte[] damaged = good.clone();
            damaged[from + random.nextInt(damaged.length - from)] = (byte) random.nextInt(256);
            try {
                Struct object = reader.apply(damaged);
                Struct decoded = Decoding.decode(shape, object).object();
                assertThat(Decoding.decode(shape, decoded).object().equals(decoded)).isTrue();
                understood++;
            } catch (MalformedInput | DecodeFailure e) {
                assertThat(e.getMessage()).isNotBlank();
            }
        }
        return understood;
    }

    @Test
    void damagedJsonIsReadOrRefused() {
        assertThat(understood(Json.bytes(pod), 0, Json::object)).isBetween(1, ROUNDS - 1);
    }

    @Test
    void damagedYamlIsReadOrRefused() {
        byte[] yaml = Yaml.text(pod).getBytes(StandardCharsets.UTF_8);
        assertThat(understood(yaml, 0, b -> Yaml.document(b).object())).isBetween(1, ROUNDS - 1);
    }

    @Test
    void damagedProtobufIsReadOrRefused() {
        assertThat(understood(protobuf.bytes(pod), 4, b -> protobuf.object(b, POD))).isBetween(1, ROUNDS - 1);
    }
}
