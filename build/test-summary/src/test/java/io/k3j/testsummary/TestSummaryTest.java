package io.k3j.testsummary;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestSummaryTest {
    private static final Instant BUILD = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    Path root;

    @Test
    void countsAllModulesAndSaysWhyATestWasSkipped() throws IOException {
        report("bundles/libraries/a/target/surefire-reports/TEST-A.xml", BUILD,
                """
                        <testsuite><testcase classname="A" name="works"/><testcase classname="A" name="full"><failure>no</failure></testcase></testsuite>""");
        report("itests/b/target/failsafe-reports/TEST-B.xml", BUILD, """
                <testsuite><testcase classname="B" name=""><skipped message="needs root"/></testcase></testsuite>""");
        report("itests/old/target/failsafe-reports/TEST-C.xml", BUILD.minusSeconds(60), """
                <testsuite><testcase classname="C" name="gone"/></testsuite>""");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        TestSummary.of(root, BUILD, AllowedSkips.parse(""), List.of("itests/b: B2Test"))
                .print(new PrintStream(out, true, UTF_8));
        assertThat(out.toString(UTF_8))
                .isEqualTo("skipped: B: needs root\nfailed: A.full: no\n"
                        + "no report, its fork ended before it: itests/b: B2Test\ntests: 2 run, 1 failed, 1 skipped\n");
    }

    /// A build machine keeps the end of a build's output: what failed stands there.
    @Test
    void saysBrieflyWhatFailedAndHowItBegan() throws IOException {
        report("itests/b/target/failsafe-reports/TEST-B.xml", BUILD, """
                <testsuite><testcase classname="B" name="one"><failure>%s</failure></testcase>
                <testcase classname="B" name="two"><skipped message="crashed"/></testcase>
                <testcase classname="B" name="three"><skipped message="no Go here"/></testcase></testsuite>"""
                .formatted("told\n" + "x".repeat(5000)));
        assertThat(TestSummary.of(root, BUILD, AllowedSkips.parse("B\tno Go\n"), List.of("m: C")).briefly()).hasSize(4)
                .contains("failed: B.one: told", "no report, its fork ended before it: m: C", "skipped: B.two: crashed")
                .last().asString().startsWith("B.one:\ntold\nxxx").hasSizeLessThan(2100);
    }

    @Test
    void onlyWhatIsNamedWithItsReasonMayBeSkippedOnABuildMachine() throws IOException {
        report("itests/b/target/failsafe-reports/TEST-B.xml", BUILD, """
                <testsuite><testcase classname="B" name="one"><skipped message="no Go here"/></testcase>
                <testcase classname="B" name="two"><skipped message="crashed"/></testcase>
                <testcase classname="BB" name="one"><skipped message="no Go here"/></testcase></testsuite>""");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        AllowedSkips allowed = AllowedSkips.parse("# why\nB\tno Go\n");
        assertThat(TestSummary.of(root, BUILD, allowed, List.of()).print(new PrintStream(out, true, UTF_8)))
                .isEqualTo(2);
        assertThat(out.toString(UTF_8)).contains("skipped: (expected) B.one: no Go here", "skipped: B.two: crashed");
        assertThat(AllowedSkips.shipped().all()).isNotEmpty();
    }

    /// So Surefire writes what an assumption said.
    @Test
    void anAssumptionSaysItsReasonInTheTextOfItsException() throws IOException {
        report("itests/b/target/failsafe-reports/TEST-B.xml", BUILD, """
                <testsuite><testcase classname="B" name="one"><skipped type="TestAbortedException"><![CDATA[\
                TestAbortedException: Assumption failed: no Go here
                  at no.Go.Else]]></skipped></testcase><testcase classname="B" name="two"><skipped><![CDATA[crashed
                  at no Go]]></skipped></testcase></testsuite>""");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        AllowedSkips allowed = AllowedSkips.parse("B\tno Go\n");
        assertThat(TestSummary.of(root, BUILD, allowed, List.of()).print(new PrintStream(out, true, UTF_8))).isOne();
        assertThat(out.toString(UTF_8)).contains(
                "(expected) B.one: TestAbortedException: Assumption failed: no Go here",
                "skipped: B.two: crashed\n");
    }

    @Test
    void skippingIsForbiddenOnlyToBuildMachinesThatHaveEverything() {
        assertThat(TestSummary.strict("true", "root", true)).isTrue();
        assertThat(TestSummary.strict("true", "me", true)).isFalse();
        assertThat(TestSummary.strict("true", "root", false)).isFalse();
        assertThat(TestSummary.strict("", "root", true)).isFalse();
        assertThat(TestSummary.strict(null, "root", true)).isFalse();
    }

    private void report(String path, Instant written, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        Files.setLastModifiedTime(file, FileTime.from(written));
    }
}
