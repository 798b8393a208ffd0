package io.k3j.testsummary;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/// The tests that may be skipped everywhere, each with words of the only reason that counts.
record AllowedSkips(List<Allowed> all) {

    /// One of them.
    record Allowed(String test, String reason) {
    }

    /// Lines of a name and a reason with a tab between; `#` begins a comment.
    static AllowedSkips parse(String text) {
        return new AllowedSkips(text.lines().filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(line -> line.split("\t", 2)).map(words -> new Allowed(words[0], words[1])).toList());
    }

    /// The list of this build.
    static AllowedSkips shipped() throws IOException {
        try (InputStream list = Objects.requireNonNull(AllowedSkips.class.getResourceAsStream("allowed-skips.txt"))) {
            return parse(new String(list.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    /// Whether this test may be skipped for this reason.
    boolean covers(String test, String reason) {
        return all.stream().anyMatch(one -> (test.equals(one.test()) || test.startsWith(one.test() + ".")) && reason
                .contains(one.reason()));
    }
}
