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

    /// A client in Go that wants bytes refuses a text, and takes a byte string without the tag for base 64.
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
    @CsvSource({"6161, a", "d6 4101, AQ==", "d9d9f7 d6 4101, AQ==", "d6 d9d9f7 4101, AQ==", "d9d9f7 6161, a",
            "c0 6161, a",
            "5f 4161 4162 ff, ab", "7f 6161 6162 ff, ab"})
    void readsTexts(String hex, String expected) {
        assertThat(a(hex)).isEqualTo(expected);
    }

    @Test
    void readsListsAndMapsWhoseLengthIsNotTold() {
        assertThat(a("9f 01 f5 f6 ff")).isEqualTo(Seq.of(1L, true, null));
        assertThat(a("bf 4162 f4 ff")).isEqualTo(Struct.of("b", false));
    }

    /// What is behind a tag that stands for base 64 stands for it, too.
    @Test
    void aTagCountsForWhatItEncloses() {
        assertThat(a("d6 82 4101 6161")).isEqualTo(Seq.of("AQ==", "a"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "d9d9f7", "01", "81a0", "a16161", "a2616101616102", "a2616101416102",
            "a161611bffffffffffffffff",
            "a161613bffffffffffffffff", "a16161c249010000000000000000", "a16161f97e00", "a16161f97c00", "a16161f7",
            "a16161f0", "a16161f8ff", "a1616141ff", "a1616161ff", "a0a0", "a161615f", "a161619f01", "bf6161",
            // tags of other texts, and behind the object
            "a16161d542fbff", "a16161d742abcd", "a0c0", "a0d9d9f7",
            // names that are no strings or no UTF-8
            "a10101", "a1f501", "a141ff01", "a162c18101", "a16163eda08001", "a164f880808001",
            // lengths beyond what there is, and beyond 31, 32 and 63 bits
            "a161617a80000000ff", "a161619affffffffff", "baffffffffff", "a161617b8000000000000000",
            "a161615b7fffffffffffffff",
            // parts of another type or without a length, arguments that are reserved, a break out of place
            "a161617f4161ff", "a161615f6161ff", "a161617f7f6161ffff", "a161611c", "a161613f", "a16161ff", "ff",
            "a16161df"})
    void refusesWhatIsNoObject(String hex) {
        assertThatThrownBy(() -> Cbor.object(hex(hex))).isInstanceOf(MalformedInput.class);
    }

    /// Numbers behind the tag of references stay numbers: a short body would stand for one of any length.
    @Test
    void referencesToTextsAreNone() {
        assertThat(a("d90100 82 68 6162636465666768 d81900")).isEqualTo(Seq.of("abcdefgh", 0L));
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
    }

    @Test
    void nestsAsDeepAsUpstream() {
        byte[] good = hex("a1 6161".repeat(Cbor.MAX_DEPTH - 1) + "a0");
        assertThat(Cbor.object(good).has("a")).isTrue();
        byte[] bad = hex("a1 6161".repeat(Cbor.MAX_DEPTH) + "a0");
        assertThatThrownBy(() -> Cbor.object(bad)).isInstanceOf(MalformedInput.class).hasMessageContaining("64");
    }

    @Test
    void whatWasWrittenIsReadHoweverDeepItNests() {
        Struct deep = Struct.EMPTY;
        for (int i = 0; i < 2 * Cbor.MAX_DEPTH; i++) {
            deep = Struct.of("a", deep);
        }
        assertThat(Cbor.written(cbor.bytes(deep))).isEqualTo(deep);
    }

    @Test
    void bytesOfAnObjectInARowOfATableAreByteStringsToo() {
        Struct secret = Struct.of("apiVersion", "v1", "kind", "Secret", "data", Struct.of("k", "AQID"));
        Struct table = Struct.of("apiVersion", "meta.k8s.io/v1", "kind", "Table", "rows",
                Seq.of(Struct.of("object", secret)));
        assertThat(HexFormat.of().formatHex(cbor.bytes(table))).contains("616bd643010203");
        CborList list = cbor.list(table.without("rows"), "rows", 1);
        ByteArrayOutputStream parts = new ByteArrayOutputStream();
        parts.writeBytes(list.begin());
        parts.writeBytes(list.element(table.seq("rows").struct(0)));
        assertThat(parts.toByteArray()).isEqualTo(cbor.bytes(table));
    }

    /// As the template of an operator, which is no base 64 at all: whoever lists its kind would get nothing.
    @Test
    void whatOnlyLooksLikeASecretKeepsItsTexts() {
        Struct template = Struct.of("apiVersion", "v1", "kind", "Secret", "data", Struct.of("k", "{{ .password }}x"));
        Struct custom = Struct.of("apiVersion", "example.com/v1", "kind", "Thing", "spec",
                Struct.of("template", template));
        assertThat(Cbor.object(cbor.bytes(custom))).isEqualTo(custom);
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
