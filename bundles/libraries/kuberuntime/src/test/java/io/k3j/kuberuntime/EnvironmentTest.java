package io.k3j.kuberuntime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.testkit.FakeApi;
import java.nio.file.NoSuchFileException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnvironmentTest {
    private static final Struct REF = Struct.of("volumeName", "v", "path", "a.env", "key", "KEY");
    private static final Obj POD = Obj.of(Struct.of("metadata", Struct.of("name", "p")));
    private final Environment environment = new Environment(
            new ReferencedObjects(FakeApi.stepped(InstantSource.system())),
            new Environment.Node("n", List.of(), 1_500, 4_096, () -> 950));

    private Map<String, String> of(Struct ref, String text, Struct... more) {
        Struct env = Struct.of("name", "A", "valueFrom", Struct.of("fileKeyRef", ref));
        List<Struct> all = new ArrayList<>(List.of(env, Struct.of("name", "B", "value", "<$(A)>")));
        all.addAll(List.of(more));
        return environment.of(POD, Struct.of("env", Seq.copyOf(all)),
                new Environment.Place(List.of(), List.of(), (volume, path) -> {
                    assertThat(volume).isEqualTo("v");
                    if (!path.equals("a.env")) {
                        throw new NoSuchFileException(path);
                    }
                    return text;
                }));
    }

    @Test
    void aNodeHasAnOldNameToo() {
        assertThat(environment.field(POD, "spec.nodeName", List.of())).isEqualTo("n");
        assertThat(environment.field(POD, "spec.host", List.of())).isEqualTo("n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {"KEY='val'|val",
            "# comment\\n\\n  OTHER='x'\\n\\tKEY='$V ${V} #\\' # more|$V ${V} #\\",
            "KEY='one\\n two\\n\\nthree'\\n|one\\n two\\n\\nthree", "KEY='first'\\r\\nKEY='second'\\r\\n|first",
            "KEY='found'\\nnot looked at|found"})
    void readsAKeyOfAFile(String text, String value) {
        String expected = value.replace("\\n", "\n");
        assertThat(of(REF, text.replace("\\n", "\n").replace("\\r", "\r").replace("\\t", "\t")))
                .isEqualTo(Map.of("A", expected, "B", "<" + expected + ">"));
    }

    /// Where a file is wrong counts for the keys behind it only, though the file is read once.
    @Test
    void readsSeveralKeysOfAFile() {
        Struct second = Struct.of("name", "C", "valueFrom", Struct.of("fileKeyRef", REF.with("key", "OTHER")));
        assertThat(of(REF, "KEY='1'\nKEY='2'\nOTHER='3'\nwrong", second))
                .isEqualTo(Map.of("A", "1", "B", "<1>", "C", "3"));
        assertThat(of(REF.with("optional", true), "KEY= 'blank'\nKEY='2'\nOTHER='3'\n", second))
                .isEqualTo(Map.of("B", "<$(A)>", "C", "3"));
        Struct third = Struct.of("name", "KEY", "valueFrom", Struct.of("fileKeyRef", REF));
        assertThat(of(REF, "KEY='1'\nwrong", third)).containsEntry("KEY", "1");
        assertThatThrownBy(() -> of(REF, "KEY='1'\nwrong\nOTHER='3'", second)).isInstanceOf(ConfigError.class)
                .hasMessageEndingWith("at line 2: missing '='");
    }

    @Test
    void leavesOutAnOptionalKeyThatIsMissing() {
        Struct optional = REF.with("optional", true);
        assertThat(of(optional, "OTHER='x'\n")).isEqualTo(Map.of("B", "<$(A)>"));
        assertThat(of(optional, "KEY= 'blank before it'\n")).doesNotContainKey("A");
        assertThatThrownBy(() -> of(REF, "OTHER='x'\n")).isInstanceOf(ConfigError.class)
                .hasMessage("environment variable key \"KEY\" not found in file \"a.env\"");
    }

    /// Upstream, too, asks for the file of an optional key.
    @Test
    void refusesAFileThatIsMissing() {
        for (Struct ref : List.of(REF, REF.with("optional", true))) {
            assertThatThrownBy(() -> of(ref.with("path", "absent"), "")).isInstanceOf(ConfigError.class)
                    .hasMessage("couldn't parse env file: absent: there is no such file");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {"KEY ='a'|1: whitespace before '=' is not allowed",
            "='a'|1: empty variable name", "A='a';B|1: unexpected content after closing quote",
            "A='a'\\nB|2: missing '='", "KEY=a|1: value must be enclosed in single quotes"})
    void refusesAFileOfAnotherForm(String text, String why) {
        assertThatThrownBy(() -> of(REF.with("optional", true), text.replace("\\n", "\n")))
                .isInstanceOf(ConfigError.class)
                .hasMessage("couldn't parse env file: a.env: invalid environment variable format at line " + why);
    }

    @Test
    void refusesAValueThatDoesNotEnd() {
        assertThatThrownBy(() -> of(REF, "A='a'\nKEY='b\nc\n")).isInstanceOf(ConfigError.class)
                .hasMessageEndingWith("invalid environment variable format starting at line 2: unclosed single quote");
    }

    @Test
    void refusesALongLine() {
        String longest = "x".repeat((64 << 10) - 1 - "KEY=''".length());
        assertThat(of(REF, "KEY='" + longest + "'\n" + "x".repeat(64 << 10))).containsEntry("A", longest);
        for (String more : List.of("KEY='x" + longest + "'", "# €\n\nKEY='x" + longest + "'\n",
                "KEY='" + longest + "'\r\n",
                "KEY='€" + longest.substring(2) + "'", "KEY='\n" + longest + "0123456'")) {
            int line = (int) more.strip().chars().filter(c -> c == '\n').count() + 1;
            assertThatThrownBy(() -> of(REF.with("optional", true), more)).isInstanceOf(ConfigError.class)
                    .hasMessage("couldn't parse env file: a.env: invalid environment variable format at line " + line
                            + ": it has more than 65535 bytes");
        }
    }
}
