package io.k3j.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultsPageTest {
    private static final String GINKGO = """
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuites tests="5"><testsuite name="Kubernetes e2e suite">
            <testcase name="[It] [sig-network] Services should serve [Conformance]" status="passed" time="9.1"/>
            <testcase name="[It] [sig-network] Services should | bend" status="failed" time="1.0">
            <failure message="expected &lt;a&gt;&#xA;got b" type="failed">long</failure></testcase>
            <testcase name="[It] [sig-network] SCTP" status="skipped"><skipped message="skipped - no SCTP"/></testcase>
            <testcase name="[It] [sig-node] left out" status="skipped" time="0"><skipped message="skipped"/></testcase>
            <testcase name="[ReportAfterSuite] Invariant Metrics" status="passed"/>
            <testcase name="[It] [sig-network] panics" status="panicked"><error message="nil"/></testcase>
            </testsuite></testsuites>
            """;

    @Test
    void readsWhatWasToRun(@TempDir Path directory) throws IOException {
        Files.writeString(directory.resolve("junit_01.xml"), GINKGO);
        assertThat(Report.of(directory)).containsExactly(
                new Result("[sig-network] Services should serve [Conformance]", Result.State.PASSED, ""),
                new Result("[sig-network] Services should | bend", Result.State.FAILED, "expected <a> got b"),
                new Result("[sig-network] SCTP", Result.State.SKIPPED, "no SCTP"),
                new Result("[sig-network] panics", Result.State.FAILED, "nil"));
    }

    @Test
    void showsEachTestOnceWithItsReason() {
        String page = ResultsPage.of("two", List.of(new Result("b | c", Result.State.FAILED, "expected <a>"),
                new Result("a", Result.State.PASSED, ""), new Result("known one", Result.State.FAILED, "timeout"),
                new Result("a", Result.State.PASSED, ""), new Result("s", Result.State.SKIPPED, "no cloud")),
                Map.of("known", "no such thing here"), "Not run: x.\n");
        assertThat(page).contains("Not run: x.", "a cluster of two,\n", ":\n1 pass, 2 fail, 1 skip themselves.",
                "| b \\| c | expected &lt;a> |",
                "| known one | no such thing here |", "| s | no cloud |", "- a\n");
    }
}
