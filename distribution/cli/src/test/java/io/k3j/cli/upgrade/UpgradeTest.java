package io.k3j.cli.upgrade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.launcher.release.ReleaseDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What an operator meets who upgrades a machine.
class UpgradeTest extends UpgradeScene {
    @Test
    void aPlanSaysWhatChangesAndChangesNothing() throws IOException {
        List<String> before = files();
        upgrade().plan(tar);
        assertThat(String.join("\n", told)).contains("present   0.1.0 (v1.36.2+k3s1, abcdef12)", "  newer",
                "1 changed, 1 added, 1 removed", "added     io.k3j.new", "changed   io.k3j.scheduler",
                "removed   io.k3j.gone", "restart   k3s.service", "snapshot  a copy", "note: there is no ",
                "note: the unit, k3s-killall.sh and k3s-uninstall.sh stay");
        assertThat(files()).isEqualTo(before);
        assertThat(machine.done).isEmpty();
    }

    @Test
    void aReleaseThatIsReadyIsTakenOverByOneRestart() throws IOException {
        upgrade().to(tar);
        assertThat(current()).isEqualTo("0.2.0");
        assertThat(machine.done.subList(1, 3)).containsExactly("snapshot before-0.2.0",
                "systemctl restart --no-block k3s.service");
        assertThat(machine.done).hasSize(3);
        assertThat(told.getLast()).endsWith("has passed its trial");
        Path program = library.resolve("current/bin/k3s");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(program))).isEqualTo("rwxr-xr-x");
        assertThat(Files.getLastModifiedTime(program)).as("caches of Java compare it")
                .isEqualTo(FileTime.fromMillis(1_700_000_000_000L));
        assertThat(library.resolve("current/bin/ctr").toRealPath()).isEqualTo(program.toRealPath());
    }

    @Test
    void nobodyElseMayHoldTheLock() throws IOException {
        upgrade().to(tar);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(library.resolve(".upgrade.lock"))))
                .isEqualTo("rw-------");
    }

    @Test
    void aLinkThatIsTurnedOverAfterItWasJudgedIsNotFollowedAgain() throws IOException {
        Path link = Files.createSymbolicLink(dir.resolve("newest.tar.gz"), tar);
        Path other = release("0.3.0", Map.of()).write(dir.resolve("k3s-0.3.0.tar.gz"));
        disk = new FullDisk(Integer.MAX_VALUE) {
            @Override
            public boolean delete(Path path) throws IOException {
                // the first change of the disk comes after the judgement and before the tar is opened
                Files.deleteIfExists(link);
                Files.createSymbolicLink(link, other);
                return super.delete(path);
            }
        };
        upgrade().to(link);
        assertThat(current()).isEqualTo("0.2.0");
    }

    @Test
    void itIsNamedAsInstallShNamesIt() throws Exception {
        upgrade().to(tar);
        Process sums = new ProcessBuilder("sh", "-c", "cd " + library.resolve("current").toRealPath()
                + " && find . -type f -exec sha256sum {} + | LC_ALL=C sort -k 2 | sha256sum | cut -c1-12").start();
        assertThat("release-" + new String(sums.getInputStream().readAllBytes()).strip())
                .isEqualTo(releases.current().orElseThrow());
    }

    @Test
    void thePresentReleaseIsNoUpgrade() throws IOException {
        upgrade().to(release("0.1.0", Map.of("io.k3j.scheduler", "1", "io.k3j.gone", "1"))
                .write(dir.resolve("same.tar.gz")));
        assertThat(told.getLast()).startsWith("nothing to do");
        assertThat(machine.done).isEmpty();
    }

    @Test
    void aRollbackGoesToTheReleaseBeforeAndBackAgain() throws IOException {
        refused(() -> upgrade().rollback(), "there is no release before this one");
        upgrade().to(tar);
        upgrade().rollback();
        assertThat(current()).isEqualTo("0.1.0");
        upgrade().rollback();
        assertThat(current()).isEqualTo("0.2.0");
        Files.writeString(library.resolve("previous/lib/k3s-base.jar"), "damaged");
        assertThatThrownBy(() -> upgrade().rollback()).hasMessageContaining("is damaged");
        assertThat(current()).isEqualTo("0.2.0");
    }

    @Test
    void aReleaseThatEndsTwiceIsTakenBack() throws IOException {
        machine.trial = TestMachine.Trial.ENDS_TWICE;
        refused(() -> upgrade().to(tar), "2 of its 2 starts were seen", " runs; why: ",
                "journalctl -u k3s.service");
    }

    @Test
    void aReleaseThatIsNotReadyInTimeIsTakenBackAndThePresentOneStarted() throws IOException {
        machine.trial = TestMachine.Trial.HANGS;
        refused(() -> upgrade().to(tar), "has not passed its trial within 300 s", "runs again");
        assertThat(machine.done.stream().filter(line -> line.startsWith("systemctl"))).hasSize(2);
    }

    @Test
    void aTrialThatPassesWhileItIsToBeEndedIsRolledBackAsAnyOther() throws IOException {
        machine.runs = false;
        upgrade().to(tar);
        machine.runs = true;
        String name = releases.trial().orElseThrow();
        disk = new FullDisk(Integer.MAX_VALUE) {
            @Override
            public boolean delete(Path path) throws IOException {
                // the process is faster by a moment
                if (path.endsWith("trial") && releases.trial().isPresent() && current().equals("0.1.0")) {
                    releases.commit(name);
                }
                return super.delete(path);
            }
        };
        upgrade().rollback();
        assertThat(current()).isEqualTo("0.1.0");
        assertThat(releases.previous()).contains(name);
    }

    @Test
    void theSameCommandInTheTrialsLastMomentFindsItPassed() throws IOException {
        machine.runs = false;
        upgrade().to(tar);
        String name = releases.trial().orElseThrow();
        machine.runs = true;
        machine.atLook = () -> releases.commit(name);
        int before = machine.done.size();
        upgrade().to(tar);
        assertThat(told.getLast()).contains("has passed its trial");
        assertThat(machine.done).hasSize(before);
        assertThat(current()).isEqualTo("0.2.0");
    }

    @Test
    void aServiceThatIsStoppedDuringItsTrialStaysStopped() throws IOException {
        machine.trial = TestMachine.Trial.HANGS;
        machine.stoppedMeanwhile = true;
        assertThatThrownBy(() -> upgrade().to(tar)).hasMessageContaining("nothing runs, and the next start takes ");
        assertThat(machine.done.stream().filter(line -> line.startsWith("systemctl"))).hasSize(1);
        assertThat(current()).isEqualTo("0.1.0");
    }

    @Test
    void whereNothingRunsTheNextStartIsTheTrial() throws IOException {
        machine.runs = false;
        upgrade().to(tar);
        assertThat(current()).isEqualTo("0.1.0");
        assertThat(told.getLast()).contains("the next start takes", "on trial");
        assertThat(releases.trial()).isPresent();
        machine.runs = true;
        upgrade().to(tar);
        assertThat(current()).as("an upgrade that was begun goes on").isEqualTo("0.2.0");
    }

    @Test
    void aKubectlOfTheInstallationIsKept() throws IOException {
        Path kubectl = library.resolve("current/bin/kubectl");
        Files.writeString(kubectl, "theirs");
        upgrade().to(tar);
        assertThat(library.resolve("current/bin/kubectl")).hasContent("theirs");
        assertThat(kubectl.toRealPath()).isExecutable();
    }

    @Test
    void aCommandThatEndsAtAnyChangeOfTheDiskLeavesAWholeReleaseAndTheNextOneFinishes() throws IOException {
        boolean ended = true;
        for (int end = 1; ended; end++) {
            disk = new EndingDisk(end);
            ended = false;
            try {
                upgrade().to(tar);
            } catch (EndingDisk.Ended e) {
                ended = true;
            }
            assertThat(current()).as("after change " + end).isIn("0.1.0", "0.2.0");
            assertThat(ReleaseContent.of(library.resolve("current").toRealPath()).name())
                    .as("whole after change " + end)
                    .isEqualTo(releases.current().orElseThrow());
            disk = ReleaseDisk.DURABLE;
            upgrade().to(tar);
            assertThat(current()).as("finished after change " + end).isEqualTo("0.2.0");
            upgrade().rollback();
            String next = releases.previous().orElseThrow();
            Files.delete(library.resolve("previous"));
            ReleaseDisk.DURABLE.delete(library.resolve(next));
        }
        assertThat(files()).noneMatch(name -> name.contains(".new"));
    }
}
