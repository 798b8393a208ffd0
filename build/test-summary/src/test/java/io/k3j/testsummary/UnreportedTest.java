package io.k3j.testsummary;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnreportedTest {
    private static final Instant BUILD = Instant.parse("2026-01-01T00:00:00Z");
    @TempDir
    Path root;

    @BeforeEach
    void oneClassReports() throws IOException {
        write("m/pom.xml", "");
        source("A", "class ATest {\n    @Test\n    void works() {\n    }\n}\n");
        report("p.ATest", BUILD);
    }

    private void source(String name, String text) throws IOException {
        write("m/src/test/java/p/" + name + "Test.java", "package p;\n\n" + text);
    }

    private void write(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private void report(String type, Instant written) throws IOException {
        String path = "m/target/surefire-reports/TEST-" + type + ".xml";
        write(path, "<testsuite/>");
        Files.setLastModifiedTime(root.resolve(path), FileTime.from(written));
        Files.setLastModifiedTime(root.resolve(path).getParent(), FileTime.from(written));
    }

    /// The fork ended at the second class: of that one and of those behind it nothing is told.
    @Test
    void namesClassesOfWhichNothingIsTold() throws IOException {
        source("B", "/// Runs out of memory.\nfinal class BTest {\n    @Test\n    void ends() {\n    }\n}\n");
        source("C", "class CTest extends Suite {\n}\n");
        assertThat(Unreported.of(root, BUILD, "full")).containsExactly("m: p.BTest", "m: p.CTest");
    }

    @Test
    void integrationTestsOweReportsOnlyWhereTheyWereToRun() throws IOException {
        write("m/src/test/java/p/BItest.java",
                "package p;\n\nclass BItest {\n    @TestFactory\n    X all() {\n    }\n}\n");
        assertThat(Unreported.of(root, BUILD, "full")).isEmpty();
        write("m/target/failsafe-reports/failsafe-summary.xml", "<failsafe-summary/>");
        assertThat(Unreported.of(root, BUILD, "full")).containsExactly("m: p.BItest");
        // written again: the directory of an earlier build stays as old as it was
        Files.setLastModifiedTime(root.resolve("m/target/failsafe-reports"), FileTime.from(BUILD.minusSeconds(1)));
        assertThat(Unreported.of(root, BUILD, "full")).containsExactly("m: p.BItest");
    }

    @Test
    void aReportOfAnEarlierBuildIsNone() throws IOException {
        source("B", "class BTest {\n    @Test\n    void ends() {\n    }\n}\n");
        report("p.BTest", BUILD.minusSeconds(1));
        report("p.ATest", BUILD);
        assertThat(Unreported.of(root, BUILD, "full")).containsExactly("m: p.BTest");
    }

    @Test
    void aModuleWhoseTestsWereNotToRunOwesNoReports() throws IOException {
        report("p.ATest", BUILD.minusSeconds(1));
        assertThat(Unreported.of(root, BUILD, "full")).isEmpty();
    }

    @Test
    void whatHasNoTestOfThisBuildOwesNoReport() throws IOException {
        source("B", "abstract class BTest {\n    @Test\n    void works() {\n    }\n}\n");
        source("C", "@Tag(\"full\")\nclass CTest {\n    @Test\n    void works() {\n    }\n}\n");
        source("D", "class DTest extends CTest {\n}\n");
        source("E", "class ETest {\n    @Tag(\"full\")\n    @Test\n    void works() {\n    }\n}\n");
        source("F", "class FTest {\n}\n");
        assertThat(Unreported.of(root, BUILD, "full")).isEmpty();
        assertThat(Unreported.of(root, BUILD, "none")).containsExactly("m: p.CTest", "m: p.DTest", "m: p.ETest");
    }
}
