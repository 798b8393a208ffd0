package io.k3j.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.model.FieldMask;
import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class JsonTest {
    private static byte[] utf8(String s) {
        return s.getBytes(StandardCharsets.UTF_8);
    }

    private static Object value(String json) {
        return Json.value(utf8(json));
    }

    @Test
    void everyKindOfValueIsReadAsItsTreeForm() {
        assertThat(value("{\"a\":[1,-2,1.5,1e3,true,false,null,\"x\"],\"b\":{}}")).isEqualTo(
                Struct.of("a", Seq.of(1, -2, 1.5, 1e3, true, false, null, "x"), "b", Struct.EMPTY));
        assertThat(value("9223372036854775807")).isEqualTo(Long.MAX_VALUE);
        assertThat(value("9223372036854775808")).isEqualTo(9223372036854775808.0);
        assertThat(value("null")).isEqualTo(Null.NULL);
    }

    @Test
    void aFieldGivenTwiceIsListedWithItsPathAndItsLastValueCounts() {
        byte[] text = utf8(
                "{\"spec\":{\"containers\":[{\"name\":\"a\"},{\"name\":\"b\",\"name\":\"c\"}]},\"a\":1,\"a\":2}");
        Document d = Json.document(text, 0, text.length);
        assertThat(d.duplicates()).containsExactly("spec.containers[1].name", "a");
        assertThat(d.object().struct("spec").seq("containers").struct(1).text("name")).isEqualTo("c");
        assertThat(d.object().whole("a", 0)).isEqualTo(2);
    }

    @Test
    void whatAMaskLeavesOutIsGonePast() {
        FieldMask fields = FieldMask.IDENTITY.with("spec", "containers", "ports", "name").with("status", "phase");
        byte[] text = utf8("""
                {"kind":"Pod","metadata":{"managedFields":[{"f:x":{"f:y":{}}}],"name":"a","uid":"u","labels":{"b":"c"}},
                "spec":{"x":{"name":[{}]},"containers":[{"image":"i","ports":[{"containerPort":80,"name":"web"},{}]},
                {"env":[[{"name":"n"}]]}],"containers":[{"ports":[{"name":"last"}]}]},
                "status":{"phase":null,"conditions":[]},"x":"\u00e9"}""");
        assertThat(Json.object(text, fields)).isEqualTo(fields.of(Json.object(text))).isEqualTo(Struct.of("kind", "Pod",
                "metadata", Struct.of("name", "a", "uid", "u"), "spec", Struct.of("containers",
                        Seq.of(Struct.of("ports", Seq.of(Struct.of("name", "last"))))),
                "status", Struct.of("phase", null)));
        assertThat(Json.object(text, FieldMask.ALL)).isEqualTo(Json.object(text));
    }

    @Test
    void whatIsGonePastHasToEnd() {
        for (String text : List.of("{\"a\":{\"b\":[1", "{\"a\":\"b", "{\"a\":{}", "{\"a\":[}]}", "{\"a\":1}{}")) {
            assertThatThrownBy(() -> Json.object(utf8(text), FieldMask.IDENTITY)).as(text)
                    .isInstanceOf(MalformedInput.class);
        }
    }

    @Test
    void manyFieldsKeepTheirOrderAndDuplicatesAreStillSeen() {
        StringBuilder b = new StringBuilder("{");
        for (int i = 0; i < 1000; i++) {
            b.append("\"f").append(i % 990).append("\":").append(i).append(i < 999 ? "," : "}");
        }
        byte[] text = utf8(b.toString());
        Document d = Json.document(text, 0, text.length);
        assertThat(d.object().size()).isEqualTo(990);
        assertThat(d.duplicates()).hasSize(10).startsWith("f0");
        assertThat(d.object().whole("f3", -1)).isEqualTo(993);
        assertThat(d.object().name(989)).isEqualTo("f989");
    }

    @Test
    void valuesOfAnyDepthAndWidthKeepTheirPlace() {
        Struct deep = Struct.of("leaf", 1);
        for (int i = 0; i < 200; i++) {
            deep = Struct.of("a", i, "below", deep, "list", Seq.of(i, deep.name(0)), "z", "end");
        }
        assertThat(Json.object(Json.bytes(deep))).isEqualTo(deep);
    }

    @Test
    void damagedTextIsRefusedWithItsPlace() {
        for (String bad : new String[] {"", "{", "{\"a\":}", "{}{}", "[1,]", "{\"a\":1,}", "nul", "{'a':1}", "01",
                "{\"a\":\"\u0001\"}", "1e999", "\"\\x\""}) {
            assertThatThrownBy(() -> value(bad)).as(bad).isInstanceOf(MalformedInput.class)
                    .hasMessageContaining("JSON");
        }
        assertThatThrownBy(() -> Json.object(utf8("[]"))).hasMessageContaining("object is expected");
        assertThatThrownBy(() -> value("{\n \"a\": x}")).hasMessageContaining("line 2");
    }

    @Test
    void messagesDoNotNameTheParser() {
        for (String bad : new String[] {"{\"a\": {", "{\"a\"}", "[1 2]", "{\"a\":tru}", "\"x"}) {
            assertThatThrownBy(() -> value(bad)).as(bad).message().doesNotContain("Source", "REDACTED",
                    "com.fasterxml");
        }
        assertThatThrownBy(() -> value("{\"a\": {")).hasMessage("unexpected end of JSON input");
    }

    @Test
    void onlyUtf8IsRead() {
        assertThatThrownBy(() -> Json.value("{}".getBytes(StandardCharsets.UTF_16BE))).hasMessageContaining("UTF-8");
        assertThatThrownBy(() -> Json.value(new byte[] {'"', (byte) 0xff, '"'})).isInstanceOf(MalformedInput.class);
        assertThatThrownBy(() -> Json.value(new byte[] {'"', (byte) 0xc3, '"'})).isInstanceOf(MalformedInput.class);
        assertThat(value("\"é€😀\"")).isEqualTo("é€😀");
    }

    @Test
    void depthIsBounded() {
        assertThat(value("[".repeat(900) + "]".repeat(900))).isInstanceOf(Seq.class);
        assertThatThrownBy(() -> value("[".repeat(100_000))).isInstanceOf(MalformedInput.class)
                .hasMessageContaining("depth");
    }

    @Test
    void stringsSurviveWritingAndReading() {
        String all = "\"\\/\b\f\n\r\t\u0000\u001f\u007fé€😀\u2028";
        assertThat(Json.value(Json.bytes(all))).isEqualTo(all);
        assertThat(Json.text("a\u0001\"")).isEqualTo("\"a\\u0001\\\"\"");
        assertThat(Json.text("\ud800x")).isEqualTo("\"\uFFFDx\"");
    }

    @Test
    void wideCharsSurviveAtEveryPlaceOfALongString() {
        for (String wide : List.of("😀", "€", "\n", "\u0001", "é")) {
            for (int before = 0; before < 1_100; before++) {
                String text = "x".repeat(before) + wide + wide + "y".repeat(1_030) + wide;
                assertThat(Json.value(Json.bytes(text))).isEqualTo(text);
            }
        }
    }

    @Test
    void numbersAreWrittenAsGoWritesThem() {
        assertThat(Json.text(Seq.of(1.0, 0.1, 1e-7, 1e21, 123456789012345678L, 1.5e-9, 2.5e300, 1e20, -0.5)))
                .isEqualTo("[1,0.1,1e-7,1e+21,123456789012345678,1.5e-9,2.5e+300,100000000000000000000,-0.5]");
    }

    @Test
    void prettyFormIsGosIndent() {
        Struct s = Struct.of("a", Seq.of(1, Struct.EMPTY), "b", Struct.of("c", "d"), "e", Seq.EMPTY);
        assertThat(new String(Json.pretty(s), StandardCharsets.UTF_8)).isEqualTo("""
                {
                  "a": [
                    1,
                    {}
                  ],
                  "b": {
                    "c": "d"
                  },
                  "e": []
                }""");
    }

    @Test
    void theStoredFormHasAHoleForTheRevision() {
        Struct o = Struct.of("kind", "Pod", "spec", Struct.of("metadata", 1), "metadata",
                Struct.of("resourceVersion", "9", "name", "x"), "apiVersion", "v1");
        byte[] stored = Json.stored(o);
        assertThat(new String(stored, StandardCharsets.UTF_8)).isEqualTo(
                "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"x\"},\"spec\":{\"metadata\":1}}");
        assertThat(Json.object(Json.withRevision(stored, 42)))
                .isEqualTo(o.withAt("42", "metadata", "resourceVersion"));
        assertThat("{" + new String(stored, StandardCharsets.UTF_8).substring(Json.afterKind(stored)))
                .isEqualTo("{\"metadata\":{\"name\":\"x\"},\"spec\":{\"metadata\":1}}");
        assertThat(Json.object(Json.withRevision(Json.stored(Struct.of("kind", "X")), 7)).struct("metadata"))
                .isEqualTo(Struct.of("resourceVersion", "7"));
        assertThatThrownBy(() -> Json.hole(utf8("{\"kind\":\"Pod\"}"))).isInstanceOf(MalformedInput.class);
    }

    @Test
    void tellsOfAsManyDuplicatesAsSomebodyReads() {
        String name = "n".repeat(5_000);
        String body = "{\"" + name + "\":{\"a\":1" + ",\"a\":1".repeat(500_000) + "}}";
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        List<String> told = Json.document(bytes, 0, bytes.length).duplicates();
        assertThat(told).hasSize(100).allSatisfy(path -> assertThat(path.length()).isLessThanOrEqualTo(256));
    }
}
