package io.k3j.cli.upgrade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// What an operator is told, and that everything stays as it was.
class UpgradeRefusalsTest extends UpgradeScene {
    @Test
    void aServiceThatCannotBeRestartedKeepsItsRelease() throws IOException {
        machine.restarts = false;
        refused(() -> upgrade().to(tar), "cannot restart the service", "Unit not found");
    }

    @Test
    void aReleaseThatRunsAlthoughItsRestartFailedIsToldAndTriedAgainByARestart() throws IOException {
        machine.restarts = false;
        machine.startsAllTheSame = true;
        machine.trial = TestMachine.Trial.HANGS;
        assertThatThrownBy(() -> upgrade().to(tar)).hasMessageContaining("cannot restart the service")
                .hasMessageContaining("nonetheless").hasMessageContaining("restart it by hand");
        assertThat(releases.trial()).isEmpty();
        assertThat(current()).isEqualTo("0.1.0");
        machine.restarts = true;
        machine.trial = TestMachine.Trial.PASSES;
        upgrade().to(tar);
        assertThat(machine.done.getLast()).startsWith("systemctl restart");
        assertThat(current()).isEqualTo("0.2.0");
    }

    @Test
    void aServerWhoseRestartWouldTakeTheMajorityKeepsItsRelease() throws IOException {
        machine.majority = () -> Optional.of("server-3 does not answer");
        refused(() -> upgrade().plan(tar), "server-3 does not answer");
        refused(() -> upgrade().to(tar), "server-3 does not answer");
        assertThat(machine.done).isEmpty();
        machine.majority = Optional::empty;
        upgrade().to(tar);
        machine.majority = () -> Optional.of("server-3 does not answer");
        assertThatThrownBy(() -> upgrade().rollback()).hasMessageContaining("server-3 does not answer");
        assertThat(current()).isEqualTo("0.2.0");
        machine.runs = false;
        upgrade().rollback();
        assertThat(releases.trial()).as("nothing is restarted where nothing runs").isPresent();
    }

    @Test
    void aMajorityThatIsLostWhileTheReleaseIsStagedIsSeenBeforeTheRestart() throws IOException {
        Iterator<Optional<String>> looks = List.of(Optional.<String>empty(), Optional.of("server-2 does not answer"))
                .iterator();
        machine.majority = looks::next;
        refused(() -> upgrade().to(tar), "server-2 does not answer");
        assertThat(machine.done).noneMatch(line -> line.startsWith("systemctl"));
    }

    /// Another server has begun in the same second.
    @Test
    void aServerThatHasNoTurnIsNotRestartedAndEachTurnEnds() throws IOException {
        List<String> turns = new ArrayList<>();
        machine.majority = new Majority() {
            @Override
            public Optional<String> problem() {
                return Optional.empty();
            }

            @Override
            public Optional<String> turn() {
                turns.add("turn");
                return turns.size() == 1 ? Optional.of("server-2 is being restarted") : Optional.empty();
            }

            @Override
            public void over() {
                turns.add("over");
            }
        };
        refused(() -> upgrade().to(tar), "server-2 is being restarted");
        assertThat(machine.done).noneMatch(line -> line.startsWith("systemctl"));
        upgrade().to(tar);
        assertThat(current()).isEqualTo("0.2.0");
        assertThat(turns).containsExactly("turn", "over", "turn", "over");
    }

    @Test
    void anAgentIsToldThatServersComeFirst() throws IOException {
        ReleaseFacts newer = new ReleaseFacts(ReleaseVersion.of("0.3.0"), ReleaseVersion.of("v1.37.0+k3s1"), "abcdef12",
                25, 1, new TreeMap<>());
        Path next = release(newer, ELF).write(dir.resolve("next.tar.gz"));
        upgrade().plan(next);
        assertThat(told).noneMatch(line -> line.contains("upgrade every server first"));
        machine.command = "agent";
        upgrade().plan(next);
        assertThat(told).anyMatch(line -> line.contains("upgrade every server first"));
    }

    @Test
    void anAgentIsNotUpgradedBeforeAServerThatCanBeSeen() throws IOException {
        ReleaseFacts newer = new ReleaseFacts(ReleaseVersion.of("0.3.0"), ReleaseVersion.of("v1.37.0+k3s1"), "abcdef12",
                25, 1, new TreeMap<>());
        Path next = release(newer, ELF).write(dir.resolve("next.tar.gz"));
        machine.servers = version -> Optional.of("server-2 is older than " + version.text());
        upgrade().plan(next);
        machine.command = "agent";
        refused(() -> upgrade().to(next), "server-2 is older than v1.37.0+k3s1");
        machine.printed = "k3s version v1.37.0+k3s1 (abc)";
        machine.servers = _ -> Optional.empty();
        upgrade().to(next);
        assertThat(current()).isEqualTo("0.3.0");
    }

    @Test
    void aProgramThatDoesNotWorkHereIsNotTried() throws IOException {
        machine.printed = "error while loading shared libraries";
        refused(() -> upgrade().to(tar), "the new program does not work on this machine", "shared libraries");
    }

    @Test
    void aDatastoreThatCannotBeSavedStopsTheUpgradeUnlessToldOtherwise() throws IOException {
        machine.snapshotProblem = "the datastore was not saved";
        refused(() -> upgrade().to(tar), "the datastore was not saved");
        options = new UpgradeOptions(options.dataDir(), false, false, options.timeout(), "", "");
        upgrade().to(tar);
        assertThat(current()).isEqualTo("0.2.0");
    }

    @Test
    void aDataDirectoryThatIsNotTheServicesIsNeitherSavedNorAsked() throws IOException {
        machine.dataDirIsTheirs = false;
        refused(() -> upgrade().to(tar), "does not use the data directory " + options.dataDir(), "--data-dir");
        assertThat(machine.done).isEmpty();
        machine.runs = false;
        upgrade().to(tar);
        assertThat(releases.trial()).isPresent();
    }

    @Test
    void anOlderReleaseIsRefusedUnlessToldOtherwise() throws IOException {
        Path older = release("0.0.9", Map.of()).write(dir.resolve("older.tar.gz"));
        refused(() -> upgrade().to(older), "is older than the present one", "--allow-downgrade");
        options = new UpgradeOptions(options.dataDir(), true, true, options.timeout(), "", "");
        upgrade().to(older);
        assertThat(current()).isEqualTo("0.0.9");
    }

    @Test
    void aReleaseThatWouldMisreadTheDataIsRefusedWhateverIsSaid() throws IOException {
        options = new UpgradeOptions(options.dataDir(), true, true, options.timeout(), "", "");
        Files.createDirectories(options.dataDir().resolve("bundles"));
        Files.writeString(options.dataDir().resolve("bundles/data-form"), "2\n");
        refused(() -> upgrade().to(tar), "has form 2", "restore a snapshot",
                "delete " + options.dataDir().resolve("bundles/data-form"));
        Files.delete(options.dataDir().resolve("bundles/data-form"));
        Path next = release(
                new ReleaseFacts(ReleaseVersion.of("0.3.0"), ReleaseVersion.of("v1.37.0+k3s1"), "abcdef12", 25,
                        2, new TreeMap<>()),
                ELF).write(dir.resolve("next.tar.gz"));
        refused(() -> upgrade().to(next), "could not be taken back");
    }

    @Test
    void aReleaseForAnotherMachineOrJavaIsRefused() throws IOException {
        machine.architecture = "arm64";
        refused(() -> upgrade().to(tar), "the release is for amd64 and this machine is arm64");
        machine.architecture = "amd64";
        machine.java = Files.createFile(dir.resolve("java")).toString();
        machine.javaVersion = "21.0.2";
        refused(() -> upgrade().to(tar), "which is Java 21.0.2; the release needs 25");
        machine.java = "";
        Path bare = release(
                new ReleaseFacts(ReleaseVersion.of("0.3.0"), ReleaseVersion.of("v1.36.2+k3s1"), "abcdef12", 25,
                        1, new TreeMap<>()),
                "").write(dir.resolve("bare.tar.gz"));
        refused(() -> upgrade().to(bare), "the release brings no Java");
    }

    @Test
    void aJavaThatOthersCanWriteIsNotRun() throws IOException {
        Path java = Files.createFile(dir.resolve("java"));
        machine.java = java.toString();
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxrwxrwx"));
        refused(() -> upgrade().to(tar), "K3S_JAVA of the service: " + java + " can be written by others");
        assertThat(machine.done).isEmpty();
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        upgrade().to(tar);
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxrwxrwx"));
        int before = machine.done.size();
        assertThatThrownBy(() -> upgrade().rollback()).hasMessageContaining("can be written by others");
        assertThat(machine.done).hasSize(before);
    }

    @Test
    void whereNothingRunsTheJavaOfTheCommandIsThatOfTheService() throws IOException {
        machine.runs = false;
        ReleaseFacts facts = new ReleaseFacts(ReleaseVersion.of("0.3.0"), ReleaseVersion.of("v1.36.2+k3s1"), "abcdef12",
                25, 1, new TreeMap<>());
        Path bare = release(facts, "").write(dir.resolve("bare.tar.gz"));
        refused(() -> upgrade().to(bare), "the release brings no Java");
        Path java = Files.createFile(dir.resolve("java"));
        options = new UpgradeOptions(options.dataDir(), false, true, options.timeout(), "", java.toString());
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxrwxrwx"));
        refused(() -> upgrade().to(bare), "by this command's: " + java + " can be written by others");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        upgrade().to(bare);
        assertThat(machine.given).containsEntry("K3S_JAVA", java.toString());
        assertThat(releases.trial()).isPresent();
    }

    @Test
    void aTarThatIsDamagedOrNoReleaseIsRefused() throws IOException {
        byte[] whole = Files.readAllBytes(tar);
        whole[whole.length / 2] ^= 1;
        Files.write(dir.resolve("damaged.tar.gz"), whole);
        refused(() -> upgrade().to(dir.resolve("damaged.tar.gz")), "is damaged or no release");
        new TestTar().directory("k3s").file("k3s/README", 0644, "").write(dir.resolve("other.tar.gz"));
        refused(() -> upgrade().to(dir.resolve("other.tar.gz")), "holds no release of K3j");
        refused(() -> upgrade().to(dir.resolve("absent.tar.gz")), "absent.tar.gz");
    }

    @Test
    void theChecksumFileBesideTheTarCounts() throws Exception {
        Path sums = dir.resolve("sha256sum-amd64.txt");
        Files.writeString(sums, "0".repeat(64) + "  k3s-0.2.0.tar.gz\n");
        refused(() -> upgrade().to(tar), "is not what " + sums + " says");
        Files.writeString(sums, "0".repeat(64) + "  k3s-0.1.0.tar.gz\n");
        refused(() -> upgrade().to(tar), "does not name k3s-0.2.0.tar.gz");
        Process sum = new ProcessBuilder("sha256sum", "k3s-0.2.0.tar.gz").directory(dir.toFile()).start();
        Files.write(sums, sum.getInputStream().readAllBytes());
        upgrade().to(tar);
        assertThat(current()).isEqualTo("0.2.0");
    }

    @Test
    void whatOthersCanWriteIsRefused() throws IOException {
        Files.setPosixFilePermissions(tar, PosixFilePermissions.fromString("rw-rw-rw-"));
        refused(() -> upgrade().to(tar), tar + " can be written by others");
        Files.setPosixFilePermissions(tar, PosixFilePermissions.fromString("rw-r--r--"));
        Path open = Files.createDirectory(dir.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        Path inside = Files.copy(tar, open.resolve("k3s.tar.gz"));
        refused(() -> upgrade().to(inside), open + " can be written by others");
    }

    @Test
    void aDiskWithoutRoomIsToldBeforeAnythingIsWritten() throws IOException {
        machine.usable = 64L << 20;
        refused(() -> upgrade().to(tar), "no space for the release");
    }

    @Test
    void aReleaseAndACopyThatShareADiskNeedTheRoomOfBoth() throws IOException {
        machine.snapshotBytes = 200L << 20;
        machine.usable = (264L << 20) + 100;
        refused(() -> upgrade().to(tar), "no space for the release and a copy of the datastore");
        machine.oneDisk = false;
        upgrade().to(tar);
        assertThat(current()).isEqualTo("0.2.0");
    }

    @Test
    void aDiskThatFillsMeanwhileKeepsThePresentRelease() throws IOException {
        disk = new FullDisk(3);
        refused(() -> upgrade().to(tar), "No space left on device");
    }

    @Test
    void aServiceOfNobodyIsNotRestartedByGuess() throws IOException {
        machine.unit = "";
        refused(() -> upgrade().to(tar), "was not started by systemd", "--restart");
        assertThat(told).contains("  restart   process 7, by --restart; the API and this node's controllers pause,"
                + " pods run on");
        options = new UpgradeOptions(options.dataDir(), false, true, options.timeout(), "rc-service k3s restart", "");
        upgrade().to(tar);
        assertThat(machine.done.getLast()).isEqualTo("sh -c rc-service k3s restart");
        assertThat(current()).isEqualTo("0.2.0");
    }

    @Test
    void anInstallationKeepsUpgradesOut() throws IOException {
        Path fresh = Files.createDirectory(library.resolve("release-333333333333.new"));
        Files.writeString(library.resolve(".install.lock"), "7 100\n");
        refused(() -> upgrade().to(tar), "install.sh is at work on " + library);
        assertThat(fresh).as("what it makes").isDirectory();
    }

    @Test
    void whatAKilledStagingLeftDoesNotCountAgainstTheNextOne() throws IOException {
        Path left = Files.createDirectory(library.resolve("release-333333333333.new"));
        machine.atUsable = () -> assertThat(left).doesNotExist();
        upgrade().to(tar);
        assertThat(current()).isEqualTo("0.2.0");
    }

    @Test
    void oneUpgradeIsUnderWayAtATime() throws IOException {
        try (FileChannel channel = FileChannel.open(library.resolve(".upgrade.lock"), StandardOpenOption.CREATE,
                StandardOpenOption.WRITE); var _ = channel.lock()) {
            refused(() -> upgrade().to(tar), "another k3s upgrade is at work");
        }
        machine.runs = false;
        upgrade().to(tar);
        Path third = release("0.3.0", Map.of()).write(dir.resolve("third.tar.gz"));
        refused(() -> upgrade().to(third), "is under way", "k3s upgrade --rollback");
        upgrade().rollback();
        assertThat(releases.trial()).isEmpty();
        assertThat(current()).isEqualTo("0.1.0");
    }
}
