package io.k3j.codec;

import io.k3j.testkitbase.Fuzzing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/// YAML is read or refused, and what was read is the same text after it was written.
public class YamlFuzzTest {
    /// A build makes fewer of these, which cost more than others.
    private static final int INPUTS = 400;

    /// Jazzer's entry.
    public static void fuzzerTestOneInput(byte[] input) {
        Fuzzing.parse(() -> {
            String text = Yaml.text(Yaml.value(input));
            Fuzzing.parse(() -> JsonFuzzTest.same(text, Yaml.text(Yaml.value(text.getBytes(StandardCharsets.UTF_8)))));
        }, MalformedInput.class);
        Fuzzing.parse(() -> Yaml.documents(input), MalformedInput.class);
        Fuzzing.parse(() -> Yaml.written(input), MalformedInput.class);
    }

    @Test
    void isReadOrRefused() throws IOException {
        Fuzzing.run(YamlFuzzTest::fuzzerTestOneInput, Fuzzing.texts(
                "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  labels: {b: c}\n"
                        + "data:\n  a: |\n    x\n     y\n",
                "a: &x [1, 0x1f, 0644, 1.5, yes, ~, .inf]\nb: *x\n<<: {c: 'd''e'}\n",
                "---\na: 1\n---\n- \"\\u00e9\"\n...\n",
                "? complex\n: - >-\n    folded\n    text\n", "!!str 5", "{\"a\": [true, null]}", "a: !!binary aGk=\n"),
                INPUTS);
    }
}
