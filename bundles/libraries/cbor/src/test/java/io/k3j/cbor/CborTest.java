package io.k3j.cbor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.codec.MalformedInput;
import io.k3j.model.Gvk;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schema.Decoding;
import io.k3j.schema.Schemas;
import io.k3j.schema.Shape;
import io.k3j.testkit.Samples;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CborTest {
    private final Schemas schemas = new Schemas();
    private final Cbor cbor = new Cbor(schemas);

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }

    private static Object a(String hex) {
        return Cbor.object(hex("a1 61 61" + hex)).get("a");
    }

    @Test
    void everyKindIsReadBackAsItWasWritten() {
        int compared = 0;
        for (Gvk kind : schemas.kinds()) {
            Shape shape = schemas.shape(kind).orElseThrow();
            if (shape.field("kind") == null) {
                continue;
            }
            Struct sample = Decoding.decode(shape, Samples.of(kind, shape)).object();
            byte[] bytes = cbor.bytes(sample);
            assertThat(Cbor.described(bytes)).isTrue();
            assertThat(Cbor.object(bytes)).as(kind.toString()).isEqualTo(sample);
            compared++;
        }
        assertThat(compared).isGreaterThan(150);
    }

    /// What a client in Go reads as bytes has to be told from a text, or it would read the base 64 itself.
    @Test
    void bytesOfBuiltInKindsAreByteStringsThatStandForBase64() {
        Struct secret = Struct.of("apiVersion", "v1", "kind", "Secret", "data",
                Struct.of("k", Base64.getEncoder().encodeToString(new byte[] {1, 2, 3})), "stringData",
                Struct.of("k", "AQID"));
        assertThat(HexFormat.of().formatHex(cbor.bytes(secret))).contains("616bd643010203").contains("616b6441514944");
        Struct custom = Struct.of("apiVersion", "example.com/v1", "kind", "Secret", "data", Struct.of("k", "AQID"));
        assertThat(HexFormat.of().formatHex(cbor.bytes(custom))).contains("616b6441514944");
    }

    /// Upstream writes names and texts as byte strings, in the order of their bytes.
    @Test
    void readsTextsThatAreByteStrings() {
        byte[] upstream = hex(
                "d9d9f7 a3 4464617461 a1 4161 d6 43010203 446b696e64 46536563726574 4a61706956657273696f6e 427631");
        assertThat(Cbor.object(upstream)).isEqualTo(
                Struct.of("data", Struct.of("a", "AQID"), "kind", "Secret", "apiVersion", "v1"));
    }

    @ParameterizedTest
    @CsvSource({"03, 3", "3903e7, -1000", "1b7fffffffffffffff, 9223372036854775807",
            "3b7fffffffffffffff, -9223372036854775808"})
    void readsWholeNumbers(String hex, long expected) {
        assertThat(a(hex)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"f93e00, 1.5", "fa40200000, 2.5", "fb3ff199999999999a, 1.1"})
    void readsDecimals(String hex, double expected) {
        assertThat(a(hex)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"6161, a", "d6 4101, AQ==", "d5 42fbff, -_8", "d7 42abcd, ABCD", "d9d9f7 6161, a", "c0 6161, a",
            "5f 4161 4162 ff, ab", "7f 6161 6162 ff, ab"})
    void readsTexts(String hex, String expected) {
        assertThat(a(hex)).isEqualTo(expected);
    }

    @Test
    void readsListsAndMapsWhoseLengthIsNotTold() {
        assertThat(a("9f 01 f5 f6 ff")).isEqualTo(Seq.of(1L, true, null));
        assertThat(a("bf 4162 f4 ff")).isEqualTo(Struct.of("b", false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "d9d9f7", "01", "81a0", "a16161", "a2616101616102", "a2616101416102",
            "a161611bffffffffffffffff",
            "a161613bffffffffffffffff", "a16161c249010000000000000000", "a16161f97e00", "a16161f97c00", "a16161f7",
            "a16161f0", "a16161f8ff", "a1616141ff", "a1616161ff", "a0a0", "a161615f", "a161619f01", "bf6161"})
    void refusesWhatIsNoObject(String hex) {
        assertThatThrownBy(() -> Cbor.object(hex(hex))).isInstanceOf(MalformedInput.class);
    }

    /// A text and references to it: a short body would stand for one of any length.
    @ParameterizedTest
    @ValueSource(strings = {"d90100 a2 6161 68 6162636465666768 6162 d81900",
            "a1 6161 d90100 82 68 6162636465666768 d81900"})
    void refusesReferencesToTexts(String hex) {
        assertThatThrownBy(() -> Cbor.object(hex(hex))).isInstanceOf(MalformedInput.class)
                .hasMessageContaining("references");
    }

    @Test
    void whatIsRefusedIsNotRepeatedWhole() {
        byte[] name = new byte[1 << 19];
        Arrays.fill(name, (byte) 'a');
        ByteArrayOutputStream twice = new ByteArrayOutputStream();
        twice.write(0xa2);
        for (int i = 0; i < 2; i++) {
            twice.writeBytes(hex("7a 00080000"));
            twice.writeBytes(name);
            twice.write(1);
        }
        assertThatThrownBy(() -> Cbor.object(twice.toByteArray())).isInstanceOf(MalformedInput.class)
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(200).contains("duplicate"));
        ByteArrayOutputStream number = new ByteArrayOutputStream();
        number.writeBytes(hex("a1 6161 c2 5a 00080000"));
        number.writeBytes(name);
        assertThatThrownBy(() -> Cbor.object(number.toByteArray())).isInstanceOf(MalformedInput.class)
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(200));
    }

    @Test
    void nestsAsDeepAsUpstream() {
        byte[] good = hex("a1 6161".repeat(Cbor.MAX_DEPTH - 1) + "a0");
        assertThat(Cbor.object(good).has("a")).isTrue();
        byte[] bad = hex("a1 6161".repeat(Cbor.MAX_DEPTH) + "a0");
        assertThatThrownBy(() -> Cbor.object(bad)).isInstanceOf(MalformedInput.class).hasMessageContaining("64");
    }

    @Test
    void aListInPartsIsTheWholeList() {
        Struct head = Struct.of("kind", "SecretList", "apiVersion", "v1", "metadata",
                Struct.of("resourceVersion", "7"));
        Struct element = Struct.of("metadata", Struct.of("name", "a"), "data", Struct.of("k", "AQID"));
        CborList list = cbor.list(head, "items", 2);
        ByteArrayOutputStream parts = new ByteArrayOutputStream();
        parts.writeBytes(list.begin());
        parts.writeBytes(list.element(element));
        parts.writeBytes(list.element(element));
        assertThat(parts.toByteArray()).isEqualTo(cbor.bytes(head.with("items", Seq.of(element, element))));
    }

    @Test
    void anEventHoldsItsObject() {
        Struct pod = Struct.of("apiVersion", "v1", "kind", "Pod", "metadata", Struct.of("name", "a"));
        byte[] event = Cbor.event("MODIFIED", cbor.bytes(pod));
        assertThat(Cbor.described(event)).isTrue();
        assertThat(Cbor.object(event)).isEqualTo(Struct.of("type", "MODIFIED", "object", pod));
    }
}
