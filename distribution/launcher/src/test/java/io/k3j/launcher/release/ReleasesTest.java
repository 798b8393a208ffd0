package io.k3j.launcher.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The links that say what is started, after each change of the disk that may be the last one.
class ReleasesTest {
    private static final String OLDEST = "release-000000000000";
    private static final String OLD = "release-111111111111";
    private static final String NEW = "release-222222222222";
    @TempDir
    Path dir;

    private interface Step {
        void take(Releases releases) throws IOException;
    }

    private Path library(String name) throws IOException {
        Path library = Files.createDirectory(dir.resolve(name));
        for (String release : List.of(OLDEST, OLD, NEW)) {
            Files.createDirectory(library.resolve(release));
        }
        Files.createSymbolicLink(library.resolve("current"), Path.of(OLD));
        Files.createSymbolicLink(library.resolve("previous"), Path.of(OLDEST));
        return library;
    }

    private static Releases on(Path library) {
        return new Releases(library, ReleaseDisk.DURABLE);
    }

    /// Ends the process at each change, until there is none any more.
    private void atEachChange(String what, Step before, Step step) throws IOException {
        for (boolean after : new boolean[] {false, true}) {
            boolean ended = true;
            for (int end = 1; ended; end++) {
                String when = what + " ended " + (after ? "after" : "before") + " change " + end;
                Path library = library(what + after + end);
                before.take(on(library));
                ended = false;
                try {
                    step.take(new Releases(library, new EndingDisk(end, after)));
                } catch (EndingDisk.Ended e) {
                    ended = true;
                }
                judge(library, when);
            }
        }
    }

    /// What a start would take, and what the next command makes of it.
    private static void judge(Path library, String when) throws IOException {
        Releases releases = on(library);
        String current = releases.current().orElseThrow();
        assertThat(current).as(when).isIn(OLD, NEW);
        assertThat(library.resolve(current)).as(when).isDirectory();
        releases.settle();
        assertThat(releases.current()).as(when).contains(current);
        if (releases.trial().isPresent()) {
            assertThat(releases.trial()).as(when).contains(NEW);
            assertThat(current).as(when).isEqualTo(OLD);
            assertThat(releases.commit(NEW)).as(when).isTrue();
            current = NEW;
        }
        assertThat(releases.previous()).as(when).contains(current.equals(OLD) ? OLDEST : OLD);
        assertThat(library.toFile().list()).as(when).containsExactlyInAnyOrder(OLDEST, OLD, NEW, "current", "previous");
    }

    @Test
    void aProcessThatEndsAtAnyChangeOfATrialLeavesAWholeReleaseToStart() throws IOException {
        Step nothing = releases -> assertThat(releases.trial()).isEmpty();
        Step begun = releases -> {
            releases.begin(NEW);
            Files.writeString(releases.library().resolve("trial.starts"), "once\n");
        };
        atEachChange("begin", nothing, releases -> releases.begin(NEW));
        atEachChange("commit", begun, releases -> releases.commit(NEW));
        atEachChange("takeBack", begun, Releases::takeBack);
    }

    @Test
    void ofTwoThatEndOneTrialTheFirstOneWins() throws IOException {
        Releases releases = on(library("two"));
        releases.begin(NEW);
        assertThat(releases.takeBack()).isTrue();
        assertThat(releases.commit(NEW)).isFalse();
        assertThat(releases.current()).contains(OLD);
        releases.begin(NEW);
        assertThat(releases.commit(NEW)).isTrue();
        assertThat(releases.takeBack()).isFalse();
        assertThat(releases.current()).contains(NEW);
        assertThat(releases.commit(NEW)).as("done before").isTrue();
    }

    @Test
    void twoThatSettleAtOnceBothFindItDone() throws IOException {
        Path library = library("settle");
        on(library).begin(NEW);
        Files.writeString(library.resolve("trial.starts"), "once\n");
        Releases slower = new Releases(library, new ToldDisk(to -> on(library).settle(), to -> {
        }));
        assertThat(slower.commit(NEW)).isTrue();
        assertThat(slower.current()).contains(NEW);
        assertThat(slower.previous()).contains(OLD);
        assertThat(library.toFile().list()).containsExactlyInAnyOrder(OLDEST, OLD, NEW, "current", "previous");
    }

    @Test
    void thereIsOneTrialAtATime() throws IOException {
        Releases releases = on(library("one"));
        releases.begin(NEW);
        assertThatThrownBy(() -> releases.begin(OLDEST)).isInstanceOf(IOException.class);
        assertThat(releases.trial()).contains(NEW);
    }

    @Test
    void neitherTheCurrentReleaseNorOneThatIsGoneIsPutOnTrial() throws IOException {
        Releases releases = on(library("which"));
        assertThatThrownBy(() -> releases.begin(OLD)).hasMessageContaining("is the current release");
        assertThatThrownBy(() -> releases.begin("release-666666666666")).hasMessageContaining("is not there");
        assertThat(releases.trial()).isEmpty();
        assertThat(releases.library().resolve("trial.from").toFile()).doesNotExist();
    }

    @Test
    void whatNoLinkLeadsToAndNobodyUsesIsDeleted() throws IOException {
        Path library = library("tidy");
        Files.createDirectories(library.resolve("release-333333333333.new/lib"));
        Files.createDirectory(library.resolve("release-444444444444"));
        on(library).begin(NEW);
        on(library).tidy(release -> release.endsWith("release-444444444444"));
        assertThat(Set.of(library.toFile().list())).contains(OLDEST, OLD, NEW, "release-444444444444")
                .doesNotContain("release-333333333333.new");
    }

    @Test
    void onlyWhatInstallShHasInstalledIsUpgraded() throws IOException {
        Path library = library("around");
        assertThat(Releases.around(library.resolve(OLD), ReleaseDisk.DURABLE)).isPresent();
        assertThat(Releases.around(library.resolve("dist"), ReleaseDisk.DURABLE)).isEmpty();
        assertThat(Releases.around(dir.resolve("release-555555555555"), ReleaseDisk.DURABLE)).isEmpty();
    }
}
