package io.k3j.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class YamlTest {
    private static byte[] utf8(String s) {
        return s.getBytes(StandardCharsets.UTF_8);
    }

    private static Struct struct(String yaml) {
        return Yaml.document(utf8(yaml)).object();
    }

    private static Object plain(String word) {
        return struct("a: " + word).get("a");
    }

    @Test
    void plainWordsMeanWhatKubernetesTakesThemFor() {
        assertThat(List.of("yes", "On", "TRUE", "y").stream().map(YamlTest::plain)).containsOnly(true);
        assertThat(List.of("no", "Off", "false", "N").stream().map(YamlTest::plain)).containsOnly(false);
        assertThat(plain("0644")).isEqualTo(420L);
        assertThat(plain("0x1F")).isEqualTo(31L);
        assertThat(plain("0o17")).isEqualTo(15L);
        assertThat(plain("-1_000")).isEqualTo(-1000L);
        assertThat(plain("1.5e3")).isEqualTo(1500.0);
        assertThat(List.of("1.2.3", "10m", "1e", "08x", "2026-01-01", "0x", ".", "1:30", "'1'", "\"true\"", "!!str 5")
                .stream().map(YamlTest::plain)).allMatch(v -> v instanceof String);
        assertThat(struct("a:\nb: ~\nc: null")).isEqualTo(Struct.of("a", null, "b", null, "c", null));
    }

    /// What programs send as YAML is JSON, and is read by another reader.
    @ParameterizedTest
    @ValueSource(
            strings = {"{}", " {\"a\":1}", "{\"a\":[1,-0,1.0,1e3,0.1,9223372036854775808,-9223372036854775809,1E+5]}",
                    "{\"a\":[true,false,null,{},[],\"\",\"yes\",\"0644\",\"<<\"]}", "{\"<<\":{\"a\":1},\"b\":2}\r\n",
                    "{\n\t\"a\" : {\"b\":\t\"\\u0041\\n\\t\\\"\\\\\\/\\b\\f\\r\"}\n}\n", "{\"a\":1e400}",
                    "{\"a\":\"\u00e9\u2028\"}", "{\"a\":\"\u007f\"}",
                    "{\"a\":\"1\n  2\"}", "{a: yes, 'b': 0x10, \"c\":1,}", "{\"a\":1,\"b\":{\"c\":1,\"c\":2}}",
                    "{\"a\":.5,\"b\":010,\"c\":1_000}", "{\"a\":1} # end"})
    void aDocumentThatIsJsonMeansTheSame(String text) {
        assertThat(Yaml.document(utf8(text))).isEqualTo(Yaml.documents(utf8(text)).getFirst());
    }

    @Test
    void aDocumentThatBeginsAsJsonIsRefusedInTheWordsOfYaml() {
        assertThatThrownBy(() -> Yaml.document(utf8("{\"a\":1}\n---\n{\"b\":2}"))).hasMessageContaining("one document");
        for (String text : List.of("{\"a\":1", "{\"a\":1}}", "{\"a\":\"\u0001\"}")) {
            assertThatThrownBy(() -> Yaml.document(utf8(text))).as(text)
                    .hasMessageStartingWith("error converting YAML to JSON: yaml: ");
        }
    }

    @Test
    void namesAreAlwaysStrings() {
        assertThat(struct("1: a\ntrue: b\n1.5: c")).isEqualTo(Struct.of("1", "a", "true", "b", "1.5", "c"));
    }

    @Test
    void aStreamHoldsSeveralDocumentsAndEmptyOnesAreLeftOut() {
        assertThat(Yaml.documents(utf8("---\n# nothing\n---\na: 1\n---\n---\nb: 2\n..."))).extracting(Document::object)
                .containsExactly(Struct.of("a", 1), Struct.of("b", 2));
        assertThat(Yaml.documents(utf8(""))).isEmpty();
        assertThatThrownBy(() -> Yaml.document(utf8("a: 1\n---\nb: 2"))).hasMessageContaining("one document");
    }

    @Test
    void fieldsGivenTwiceAreListed() {
        Document d = Yaml.document(utf8("spec:\n  list:\n  - a: 1\n    a: 2\nx: 1\nx: 3"));
        assertThat(d.duplicates()).containsExactly("line 4: key \"a\" already set in map",
                "line 6: key \"x\" already set in map");
        assertThat(d.object().whole("x", 0)).isEqualTo(3);
    }

    @Test
    void anchorsAndMergesWorkAndCannotExplode() {
        assertThat(struct("a: &x {b: 1, c: 2}\nd:\n  <<: *x\n  c: 3\ne: *x")).isEqualTo(Struct.of("a",
                Struct.of("b", 1, "c", 2), "d", Struct.of("b", 1, "c", 3), "e", Struct.of("b", 1, "c", 2)));
        StringBuilder bomb = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
        for (int i = 1; i < 10; i++) {
            bomb.append("a%d: &a%d [%s]\n".formatted(i, i, "*a%d,".formatted(i - 1).repeat(10)));
        }
        assertThatThrownBy(() -> struct(bomb.toString())).isInstanceOf(MalformedInput.class)
                .hasMessageContaining("excessive aliasing");
    }

    /// Each value costs a look at every bracket that is open around it.
    @Test
    void manyValuesMayNotBeNestedDeeply() {
        String deep = "[".repeat(900) + "1" + "]".repeat(900);
        assertThat(plain(deep)).isInstanceOf(Seq.class);
        String many = "[" + String.join(",", Collections.nCopies(100, deep)) + "]";
        assertThatThrownBy(() -> plain(many)).hasMessageContaining("nested too deeply");
        String few = "a: [" + String.join(",", Collections.nCopies(10, deep)) + "]";
        assertThatThrownBy(() -> Yaml.documents(utf8(String.join("\n---\n", Collections.nCopies(10, few)))))
                .hasMessageContaining("nested too deeply");
    }

    @Test
    void damagedAndForeignTextIsRefused() {
        for (String bad : List.of("a: [", "a: b: c", "a: *nobody", "a: !!java/object:x {}", "- 1", "a: !custom 1",
                "? {a: 1}\n: 2")) {
            assertThatThrownBy(() -> struct(bad)).as(bad).isInstanceOf(MalformedInput.class)
                    .hasMessageContaining("error converting YAML to JSON");
        }
        assertThatThrownBy(() -> struct("a: " + "[".repeat(5000))).isInstanceOf(MalformedInput.class);
    }

    @Test
    void writingIsAsKubectlWrites() {
        Struct pod = Struct.of("kind", "Pod", "apiVersion", "v1", "metadata",
                Struct.of("name", "x", "labels", Struct.EMPTY, "creationTimestamp", null, "annotations",
                        Struct.of("yes", "true", "number", "1", "colon", "a: b", "text", "one\ntwo\n", "empty", "")),
                "spec", Struct.of("containers", Seq.of(Struct.of("name", "c", "args", Seq.of("-c", "sleep 1"), "ports",
                        Seq.of(Struct.of("containerPort", 80)))), "tolerations", Seq.EMPTY, "ratio", 0.5, "on", false));
        assertThat(Yaml.text(pod)).isEqualTo("""
                apiVersion: v1
                kind: Pod
                metadata:
                  annotations:
                    colon: 'a: b'
                    empty: ""
                    number: "1"
                    text: |
                      one
                      two
                    "yes": "true"
                  creationTimestamp: null
                  labels: {}
                  name: x
                spec:
                  containers:
                  - args:
                    - -c
                    - sleep 1
                    name: c
                    ports:
                    - containerPort: 80
                  "on": false
                  ratio: 0.5
                  tolerations: []
                """);
    }

    @Test
    void textsThatLookLikeTimesAreQuoted() {
        assertThat(Yaml
                .text(Struct.of("a", "2026-11-20T09:00:00Z", "b", "2026-1-2", "c", "2026-11-20-x", "d", "20260-1-1")))
                .isEqualTo("a: \"2026-11-20T09:00:00Z\"\nb: \"2026-1-2\"\nc: 2026-11-20-x\nd: 20260-1-1\n");
    }

    /// As go-yaml writes them; a reader takes no name of more than 1 024 characters on the line of its value.
    @Test
    void longNamesStandBehindAQuestionMark() {
        String name = "n".repeat(1_100);
        Struct tree = Struct.of("a", Struct.of(name, Struct.of("b", Seq.of(1L, Struct.of(name, "c")))), name,
                Seq.of(Struct.of(name, Seq.EMPTY), "d\ne"));
        String text = Yaml.text(tree);
        assertThat(text).startsWith("a:\n  ? " + name + "\n  : b:\n    - 1\n    - ? " + name + "\n      : c\n");
        assertThat(Yaml.value(text.getBytes(StandardCharsets.UTF_8))).isEqualTo(tree);
        assertThat(Yaml.text(Struct.of("n".repeat(128), 1L))).startsWith("n");
        assertThat(Yaml.text(Struct.of("n".repeat(129), 1L))).startsWith("? n");
    }

    @Test
    void numbersThatJsonDoesNotHaveAreQuoted() {
        assertThat(Yaml.text(Struct.of("a", ".inf", "b", "-.Inf", "c", ".NaN", "d", ".in")))
                .isEqualTo("a: \".inf\"\nb: \"-.Inf\"\nc: \".NaN\"\nd: .in\n");
    }

    @Test
    void aTextOfSeveralLinesMayStandAlone() {
        String text = Yaml.text("  a\n---\nb");
        assertThat(text).isEqualTo("|2-\n    a\n  ---\n  b\n");
        assertThat(Yaml.value(text.getBytes(StandardCharsets.UTF_8))).isEqualTo("  a\n---\nb");
    }

    @Test
    void whateverIsWrittenIsReadAsTheSame() {
        Seq words = Seq.of("", " ", "a ", " a", "-", "- a", "a:", "a: b", "a #b", "#", "'", "\"", "*a", "&a", "!a",
                "%a", "@a",
                "0644", "1e3", "yes", "null", "~", "<<", "1:30", "---", "...", "a\nb", "a\n\nb\n\n", "\na", "  a\n b",
                "\n",
                "tab\there", "a\tb\nc", "\u0001", "\u0085", "\u009b1A", "\uffff",
                "é😀", "a\\b", "{a}", "[a]", "a,b", "?", "? a", ":a",
                "0x1f", ".5",
                "\u2028", "x".repeat(300) + " y", "line \nnext", "a\r\nb", "=", "|", ">", "`");
        for (Object w : words) {
            Struct s = Struct.of("list", Seq.of(w, Seq.of(w)), "s", Struct.of("k", w), "last", w);
            assertThat(struct(Yaml.text(s))).as(Yaml.text(s)).isEqualTo(s);
        }
        words.forEach(w -> assertThat(struct(Yaml.text(Struct.of((String) w, 1)))).isEqualTo(Struct.of(w, 1)));
        assertThat(struct(Yaml.text(Struct.of("n", Seq.of(Seq.of(1, Seq.EMPTY), Struct.EMPTY, -1, 1e30)))))
                .isEqualTo(Struct.of("n", Seq.of(Seq.of(1, Seq.EMPTY), Struct.EMPTY, -1, 1e30)));
    }

    @Test
    void bytesThatAreNoTextAreRefusedAndThoseOfOtherUnicodeFormsAreRead() {
        assertThatThrownBy(() -> Yaml.value(new byte[] {'a', ':', ' ', (byte) 0xff}))
                .isInstanceOf(MalformedInput.class).hasMessageStartingWith("error converting YAML to JSON: yaml: ");
        assertThat(Yaml.value("\ufeffa: \u00e9".getBytes(StandardCharsets.UTF_16BE)))
                .isEqualTo(Struct.of("a", "\u00e9"));
        assertThat(Yaml.value(utf8("\ufeffa: b"))).isEqualTo(Struct.of("a", "b"));
    }

    @Test
    void tellsOfAsManyDuplicatesAsSomebodyReads() {
        String body = "n".repeat(500) + ":\n  a: 1\n" + "  a: 1\n".repeat(50_000);
        List<String> told = Yaml.document(body.getBytes(StandardCharsets.UTF_8)).duplicates();
        assertThat(told).hasSize(100).allSatisfy(path -> assertThat(path.length()).isLessThanOrEqualTo(256));
    }

    @Test
    void wholeNumbersEndAtSixtyFourBitsAndHaveDigitsOfAscii() {
        assertThat(List.of(plain("9223372036854775807"), plain("-9223372036854775808"), plain("0x7fffffffffffffff"),
                plain("-0b11"), plain("0o17"), plain("0"), plain("-0"), plain("+7")))
                .isEqualTo(List.of(Long.MAX_VALUE, Long.MIN_VALUE, Long.MAX_VALUE, -3L, 15L, 0L, 0L, 7L));
        assertThat(List.of(plain("9223372036854775808"), plain("-9223372036854775809")))
                .isEqualTo(List.of(0x1p63, -0x1p63));
        assertThat(List.of(plain("1\u0663"), plain("0x"), plain("0b2"), plain("+-5"), plain("0x-5"), plain("+")))
                .isEqualTo(List.of("1\u0663", "0x", "0b2", "+-5", "0x-5", "+"));
    }

    private static long allocated(String yaml) {
        byte[] bytes = utf8(yaml);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        assertThat(Yaml.value(bytes)).isInstanceOf(Seq.class);
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    private static long ofMany(String word) {
        return allocated("[" + (word + ",").repeat(20_000) + "]");
    }

    /// All of it was copied for each further kilobyte: 18 GB for 3 MB.
    @Test
    void aLongTextIsCopiedAFewTimesOnly() {
        int length = 2 << 20;
        String text = "x".repeat(length);
        allocated("[a]");
        assertThat(List.of("['" + text + "']", "[\"" + text + "\"]", "[" + text + "]", "- |\n " + text,
                "- # " + text + "\n", "- " + " ".repeat(length) + "a", "[a: '" + text + "']"))
                .allSatisfy(y -> assertThat(allocated(y)).as(y.substring(0, 9)).isLessThan(64L * length));
    }

    /// An exception for each took four times the memory and the time: 3.4 s for 2.9 MB.
    @Test
    void wordsThatBeginLikeAWholeNumberCostNoMoreThanOthers() {
        ofMany("a");
        assertThat(List.of("1e9", "1.5", "99999999999999999999", "10.0.0.1", "0x", "0b2"))
                .allSatisfy(w -> assertThat(ofMany(w)).as(w).isLessThan(2 * ofMany("word")));
    }
}
