package io.k3j.testsummary;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecondChanceTest {
    private static final Path REPORT = Path.of("itests/a/target/failsafe-reports/TEST-A.xml");

    @TempDir
    Path dir;

    /// Passes where it is told to; the name keeps Surefire from it.
    static class Story {
        @Test
        void works() {
            assertThat(System.getProperty("k3j.story")).isEqualTo("works");
        }

        @Test
        @Tag("full")
        void isNotRun() {
            throw new AssertionError("its tag is excluded");
        }
    }

    private SecondChance chance(String story) {
        return new SecondChance(Map.of("java.home", System.getProperty("java.home"), "basedir", dir.toString(),
                "surefire.test.class.path", System.getProperty("java.class.path"), "k3j.story", story,
                "k3j.failsafe.args", "-Xmx64m -ea"), dir.resolve("logs/story.txt"));
    }

    private boolean passes(String story) throws IOException, InterruptedException {
        return chance(story).passes(Story.class.getName(), "full");
    }

    /// As `pom.xml` has it for Failsafe.
    @Test
    void itsLocaleIsThatOfTheFirstOne() {
        assertThat(chance("works").process("io.k3j.e2e.A", "full").environment()).containsEntry("LC_ALL", "C.UTF-8");
    }

    @Test
    void aClassThatPassesInAJvmOfItsOwnHasPassed() throws IOException, InterruptedException {
        assertThat(passes("works")).as(Files.readString(dir.resolve("logs/story.txt"))).isTrue();
    }

    @Test
    void aClassThatFailsAgainHasFailedAndSaysWhy() throws IOException, InterruptedException {
        assertThat(passes("does not")).isFalse();
        assertThat(dir.resolve("logs/story.txt")).content().contains("works()", "does not");
    }

    @Test
    void onlyTwoIntegrationTestsThatSpeakOfNoLossAreRunAgain() {
        List<String> excluded = List.of("io.k3j.ha.");
        FailedClass slow = failed("io.k3j.e2e.A", REPORT, "A.answers: no answer after 60 s");
        assertThat(SecondChance.refusal(List.of(slow, slow), excluded)).isNull();
        assertThat(SecondChance.refusal(List.of(slow, slow, slow), excluded)).contains("more than 2");
        assertThat(SecondChance.refusal(List.of(failed("io.k3j.ha.B", REPORT, "B.balances: no")), excluded))
                .contains("io.k3j.ha.B");
        assertThat(SecondChance.refusal(List.of(failed("io.k3j.e2e.C", REPORT, "C.x: lost 3 writes")), excluded))
                .contains("lost");
        assertThat(SecondChance.refusal(List.of(failed("io.k3j.edge.D", Path.of(
                "bundles/a/target/surefire-reports/TEST-D.xml"), "D.x: no")), excluded))
                .contains("no integration test");
    }

    @Test
    void theListOfThisBuildNamesPackagesThatCountWrites() throws IOException {
        assertThat(SecondChance.excluded()).contains("io.k3j.ha.", "io.k3j.swapitest.");
    }

    private static FailedClass failed(String name, Path report, String line) {
        return new FailedClass(name, report, List.of(line), Map.of());
    }
}
