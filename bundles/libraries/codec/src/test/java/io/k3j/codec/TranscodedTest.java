package io.k3j.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.model.Gvk;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schema.Decoding;
import io.k3j.schema.Schemas;
import io.k3j.schema.Shape;
import io.k3j.testkit.Samples;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// What is transcoded from stored bytes is, byte for byte, what is made of the decoded object.
class TranscodedTest {
    private static final long SEED = 7;
    private static final int ROUNDS = 40;
    private static final int DAMAGES = 6_000;
    private static final long REVISION = 7;
    private static final String[] TEXTS = {"", "plain", "q\"uote", "back\\slash", "line\nend", "\u00fcmlaut", "\u20ac",
            "\uD83D\uDE00", "{[,:]}", "\u0001", "x".repeat(200), "2026-01-02T03:04:05Z", "a".repeat(20_000)};
    private static final Gvk POD = Gvk.of("v1", "Pod");
    private final Schemas schemas = new Schemas();
    private final Protobuf protobuf = new Protobuf(schemas);
    private final Random random = new Random(SEED);

    private List<Gvk> kinds() {
        return schemas.kinds().stream().filter(kind -> schemas.shape(kind).orElseThrow().field("metadata") != null
                && schemas.shape(listOf(kind)).isPresent()).toList();
    }

    private static Gvk listOf(Gvk kind) {
        return new Gvk(kind.group(), kind.version(), kind.kind() + "List");
    }

    private ProtobufList list(Gvk kind) {
        return protobuf.list(Struct.of("kind", kind.kind() + "List", "apiVersion", kind.apiVersion(), "metadata",
                Struct.of("resourceVersion", "9")));
    }

    private Struct sample(Gvk kind) {
        Shape shape = schemas.shape(kind).orElseThrow();
        return Decoding.decode(shape, Samples.of(kind, shape)).object();
    }

    private static byte[] decoded(ProtobufList list, byte[] stored) {
        return list.element(Json.object(stored).withAt(Long.toString(REVISION), "metadata", "resourceVersion"));
    }

    private static byte[] written(ProtobufList list, byte[] stored) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            assertThat(list.element(stored, REVISION, out)).isEqualTo(out.size());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /// Empty where the object cannot be written.
    private static Optional<byte[]> tried(ProtobufList list, byte[] stored) {
        try {
            return Optional.of(decoded(list, stored));
        } catch (RuntimeException refused) {
            return Optional.empty();
        }
    }

    @Test
    void everyKindWithAllOfItsFields() {
        assertThat(kinds()).hasSizeGreaterThan(50);
        for (Gvk kind : kinds()) {
            byte[] stored = Json.stored(sample(kind));
            assertThat(list(kind).direct()).isTrue();
            assertThat(written(list(kind), stored)).as(kind.toString())
                    .isEqualTo(decoded(list(kind), stored));
        }
    }

    @Test
    void everyKindWithFieldsInAnyOrderAndStrangeValues() {
        int written = 0;
        for (Gvk kind : kinds()) {
            ProtobufList list = list(kind);
            for (int i = 0; i < ROUNDS; i++) {
                Struct object = changed(sample(kind), 0);
                Struct whole = object.with("apiVersion", kind.apiVersion()).with("kind", kind.kind())
                        .with("metadata", object.struct("metadata").without("resourceVersion"));
                byte[] stored = Json.stored(whole);
                Optional<byte[]> expected = tried(list, stored);
                if (expected.isPresent()) {
                    assertThat(written(list, stored)).as("seed " + SEED + ", %s",
                            new String(stored, StandardCharsets.UTF_8)).isEqualTo(expected.get());
                    written++;
                }
            }
        }
        assertThat(written).isGreaterThan(kinds().size() * ROUNDS / 2);
    }

    /// In another order, with some of its fields, foreign ones and other texts.
    private Struct changed(Struct some, int depth) {
        List<String> names = new ArrayList<>(some.names());
        if (random.nextInt(3) > 0) {
            Collections.shuffle(names, random);
        }
        Struct.Builder b = Struct.builder();
        for (String name : names) {
            int dice = random.nextInt(100);
            if (dice >= 10 || depth == 0) {
                b.put(name, dice == 99 ? null : value(some.get(name), name, depth));
            }
            if (dice < 3) {
                b.put("foreign" + name, Seq.of(Struct.of("a", "}"), 1, TEXTS[random.nextInt(TEXTS.length)]));
            }
        }
        return b.build();
    }

    private Object value(Object value, String name, int depth) {
        return switch (value) {
            case Struct s -> changed(s, depth + 1);
            case Seq s -> Seq.copyOf(s.stream().map(e -> value(e, name, depth + 1)).toList());
            case String s when s.equals(name) && random.nextInt(8) == 0 -> TEXTS[random.nextInt(TEXTS.length)];
            case Long l when random.nextInt(8) == 0 -> random.nextBoolean() ? random.nextLong() : random.nextInt(300);
            default -> value;
        };
    }

    @Test
    void timesAsTheyAreWrittenAndAsTheyAreNot() {
        ProtobufList list = list(POD);
        for (String time : List.of("2026-01-02T03:04:05Z", "0001-01-01T00:00:00Z", "1969-12-31T23:59:59Z",
                "2026-01-02T03:04:05.5Z", "2026-01-02T03:04:05+02:00", "9999-12-31T23:59:59Z")) {
            byte[] stored = Json.stored(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                    Struct.of("creationTimestamp", time)));
            assertThat(written(list, stored)).isEqualTo(decoded(list, stored));
        }
        for (String none : List.of("2026-02-31T03:04:05Z", "2026-01-02T24:04:05Z", "2026-01-02T03:60:05Z", "soon")) {
            byte[] stored = Json.stored(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                    Struct.of("creationTimestamp", none)));
            assertThat(tried(list, stored)).isEmpty();
            assertThatThrownBy(() -> written(list, stored)).isInstanceOf(RuntimeException.class);
        }
    }

    @Test
    void damageIsRefusedOrMakesNoDifference() {
        ProtobufList list = list(POD);
        byte[] good = Json.stored(sample(POD));
        byte[] strange = " \n\"\\,:{}[]0-.tfn".getBytes(StandardCharsets.US_ASCII);
        int understood = 0;
        for (int i = 0; i < DAMAGES; i++) {
            byte[] damaged = damaged(good, strange[random.nextInt(strange.length)]);
            Optional<byte[]> expected = tried(list, damaged);
            Optional<byte[]> got = transcoded(list, damaged);
            if (expected.isPresent() && got.isPresent()) {
                understood++;
                if (!Arrays.equals(expected.get(), got.get())) {
                    assertThat(read(list, got.get())).as("seed " + SEED + ", %s",
                            new String(damaged, StandardCharsets.UTF_8)).isEqualTo(read(list, expected.get()));
                }
            }
        }
        assertThat(understood).isGreaterThan(DAMAGES / 4);
    }

    /// One byte is replaced by another one, put in, or left out.
    private byte[] damaged(byte[] good, byte by) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int at = random.nextInt(good.length);
        int how = random.nextInt(3);
        out.write(good, 0, at);
        if (how > 0) {
            out.write(by);
        }
        int rest = how == 1 ? at : at + 1;
        out.write(good, rest, good.length - rest);
        return out.toByteArray();
    }

    private static Optional<byte[]> transcoded(ProtobufList list, byte[] stored) {
        try {
            // without it nothing is taken for a stored object
            Json.hole(stored);
            return Optional.of(written(list, stored));
        } catch (MalformedInput | IllegalArgumentException | ClassCastException | DateTimeException refused) {
            return Optional.empty();
        }
    }

    private Struct read(ProtobufList list, byte[] element) {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.writeBytes(list.begin(element.length));
        whole.writeBytes(element);
        whole.writeBytes(list.end());
        return protobuf.object(whole.toByteArray(), POD);
    }

    @Test
    void whatIsNestedDeeperThanIsReadIsRefused() {
        Gvk kind = Gvk.of("apiextensions.k8s.io/v1", "CustomResourceDefinition");
        String deep = "{\"not\":".repeat(100_000);
        byte[] stored = ("{\"apiVersion\":\"apiextensions.k8s.io/v1\",\"kind\":\"CustomResourceDefinition\","
                + "\"metadata\":{},\"spec\":{\"versions\":[{\"schema\":{\"openAPIV3Schema\":" + deep + "{}"
                + "}".repeat(100_000) + "}}]}}").getBytes(StandardCharsets.US_ASCII);
        assertThatThrownBy(() -> written(list(kind), stored)).isInstanceOf(MalformedInput.class);
    }

    @Test
    void afterARefusalTheNextObjectIsWritten() {
        ProtobufList list = list(POD);
        byte[] good = Json.stored(sample(POD));
        assertThatThrownBy(() -> written(list, "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"labels\":{"
                .getBytes(StandardCharsets.US_ASCII))).isInstanceOf(MalformedInput.class);
        assertThat(written(list, good)).isEqualTo(decoded(list, good));
    }
}
