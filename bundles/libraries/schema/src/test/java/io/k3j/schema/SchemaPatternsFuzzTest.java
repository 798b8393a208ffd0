package io.k3j.schema;

import com.google.re2j.PatternSyntaxException;
import io.k3j.testkitbase.Fuzzing;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/// An expression in a schema of a user is compiled, in bounded memory, and matches in bounded time, or is refused.
public class SchemaPatternsFuzzTest {
    private static final String TEXT = "abcABC012-_. \u00fc".repeat(50);

    /// Jazzer's entry.
    public static void fuzzerTestOneInput(byte[] input) {
        Fuzzing.parse(() -> new SchemaPatterns().compile(Fuzzing.text(input)).matcher(TEXT).find(),
                PatternSyntaxException.class);
    }

    @Test
    void isCompiledOrRefused() throws IOException {
        Fuzzing.run(SchemaPatternsFuzzTest::fuzzerTestOneInput, Fuzzing.texts("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$",
                "(a{30}){30}|b{2,}c{,3}", "\\p{Lu}\\d+[^]\\w]", "(?i:x)(?P<n>y)\\Q(\\E", "[[:alpha:]]{1000}"));
    }
}
