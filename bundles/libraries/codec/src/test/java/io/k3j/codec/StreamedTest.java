package io.k3j.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.model.Gvk;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schema.Decoding;
import io.k3j.schema.Schemas;
import io.k3j.testkit.Samples;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// What is written piece by piece is what is written at once.
class StreamedTest {
    private static final Gvk POD = Gvk.of("v1", "Pod");
    private final Schemas schemas = new Schemas();
    private final Protobuf protobuf = new Protobuf(schemas);

    private Struct pod() {
        return Decoding.decode(schemas.shape(POD).orElseThrow(), Samples.of(POD, schemas.shape(POD).orElseThrow()))
                .object();
    }

    private static byte[] pretty(byte[] json, int piece) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (PrettyJson pretty = new PrettyJson(out)) {
            for (int at = 0; at < json.length; at += piece) {
                pretty.write(json, at, Math.min(piece, json.length - at));
            }
            pretty.flush();
        }
        return out.toByteArray();
    }

    @Test
    void jsonGetsTheSameLineBreaks() throws IOException {
        Struct odd = Struct.of("a", Seq.of(), "b", Struct.EMPTY, "c", Seq.of(Seq.of(1, 2), Struct.of("d", Seq.of())),
                "e", "\"{[,:]}\\\" ", "f\"", "", "g", null, "h", -1.5, "long", "x".repeat(20_000));
        for (Object tree : List.of(odd, pod(), Seq.of(), Struct.EMPTY, Seq.of("s", true))) {
            for (int piece : new int[] {1, 7, 5_000, Integer.MAX_VALUE / 2}) {
                assertThat(new String(pretty(Json.bytes(tree), piece), StandardCharsets.UTF_8))
                        .isEqualTo(new String(Json.pretty(tree), StandardCharsets.UTF_8));
            }
        }
        assertThat(new String(pretty("{ \"a\" : [ ] }\n".getBytes(StandardCharsets.UTF_8), 3), StandardCharsets.UTF_8))
                .isEqualTo("{\n  \"a\": []\n}");
    }

    @Test
    void aProtobufListIsTheSameInParts() {
        Struct pod = pod().without("apiVersion").without("kind");
        Struct head = Struct.of("kind", "PodList", "apiVersion", "v1", "metadata",
                Struct.of("resourceVersion", "7", "continue", "c", "remainingItemCount", 3));
        ProtobufList list = protobuf.list(head);
        byte[] element = list.element(pod);
        ByteArrayOutputStream parts = new ByteArrayOutputStream();
        parts.writeBytes(list.begin(2L * element.length));
        parts.writeBytes(element);
        parts.writeBytes(element);
        parts.writeBytes(list.end());
        assertThat(parts.toByteArray()).isEqualTo(protobuf.bytes(head.with("items", List.of(pod, pod))));
        assertThat(new String(list.begin(5L << 30), StandardCharsets.ISO_8859_1)).startsWith("k8s\0");
    }

    @Test
    void labelsAreFoundWithoutDecoding() {
        Random random = new Random(11);
        String[] texts = {"a", "app", "k8s.io/name", "", "x".repeat(63), "q\"uote", "back\\slash", "ümlaut", "a,b:{}[]",
                "labels"};
        for (int i = 0; i < 3_000; i++) {
            Struct.Builder labels = Struct.builder();
            for (int n = random.nextInt(4); n > 0; n--) {
                labels.put(texts[random.nextInt(texts.length)], texts[random.nextInt(texts.length)]);
            }
            Struct.Builder metadata = Struct.builder();
            Struct.Builder nested = Struct.builder().put("labels", Struct.of("not", "these")).put("n",
                    random.nextInt());
            int where = random.nextInt(4);
            for (int f = 0; f < 3; f++) {
                if (f == where) {
                    metadata.put("labels", labels.build());
                }
                metadata.put("f" + f, switch (random.nextInt(5)) {
                    case 0 -> texts[random.nextInt(texts.length)];
                    case 1 -> nested.build();
                    case 2 -> Seq.of(nested.build(), "x", Seq.of());
                    case 3 -> random.nextInt(100);
                    default -> null;
                });
            }
            Struct object = Struct.of("apiVersion", "v1", "kind", "Pod", "metadata", metadata.build(), "labels",
                    Struct.of("no", "labels"));
            byte[] stored = Json.stored(object);
            int hole = Json.hole(stored);
            assertThat(Json.labels(stored, hole)).as(new String(stored, StandardCharsets.UTF_8))
                    .isEqualTo(object.struct("metadata").struct("labels").texts());
            int end = Json.metadataEnd(stored, hole);
            assertThat(Json.value(Arrays.copyOfRange(stored, hole - 1, end)))
                    .isEqualTo(object.struct("metadata"));
        }
    }

    @Test
    void labelsWithoutAValueOfTextAreNone() {
        byte[] stored = Json.stored(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                Struct.of("labels", Struct.of("a", "1", "b", 2, "c", null, "d", "4"))));
        assertThat(Json.labels(stored, Json.hole(stored))).containsOnlyKeys("a", "d");
        byte[] none = Json.stored(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata", Struct.of("labels", null)));
        assertThat(Json.labels(none, Json.hole(none))).isEmpty();
    }

    @Test
    void damageIsSaid() {
        byte[] stored = "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"x\",\"labels\":{\"a\":\"b"
                .getBytes(StandardCharsets.UTF_8);
        int hole = Json.hole(stored);
        assertThatThrownBy(() -> Json.labels(stored, hole)).isInstanceOf(MalformedInput.class);
        assertThatThrownBy(() -> Json.metadataEnd(stored, hole)).isInstanceOf(MalformedInput.class);
    }

    @Test
    void bytesThatEndAtTheHoleAreRefused() {
        byte[] stored = "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{".getBytes(StandardCharsets.UTF_8);
        int hole = Json.hole(stored);
        assertThatThrownBy(() -> Json.revision(stored, hole, 7)).isInstanceOf(MalformedInput.class);
        assertThatThrownBy(() -> Json.withRevision(stored, 7)).isInstanceOf(MalformedInput.class);
    }
}
