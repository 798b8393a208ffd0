package io.k3j.kubeletnfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.kubeletvolumes.HostProgram;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.volumeapi.MountedVolume;
import io.k3j.volumeapi.VolumeRequest;
import io.k3j.volumeapi.VolumeUsage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The programs are scripts of the test's; what they mount is a set of names.
class NfsVolumesTest {
    private static final Struct EXPORT = Struct.of("server", "nas", "path", "/a");
    private static final String NO_HELPER = "mount: /x: bad option; for several filesystems (e.g. nfs, cifs) you might"
            + " need a /sbin/mount.<type> helper program.";
    @TempDir
    private Path directory;
    private final Set<Path> mounted = new HashSet<>();
    /// What ran: its limit in seconds, its name and its arguments, without the directory of all.
    private final List<String> ran = new ArrayList<>();
    private HostProgram programs = this::works;
    private Instant now = Instant.EPOCH;
    private Path base;
    private NfsVolumes volumes;

    @BeforeEach
    void begin() {
        base = directory.resolve("u/volumes/kubernetes.io~nfs");
        volumes = begun();
    }

    /// Of a kubelet that has just started.
    private NfsVolumes begun() {
        return new NfsVolumes(directory, mounted::contains, this::within, () -> now);
    }

    private HostProgram within(Duration limit) {
        return line -> {
            ran.add(limit.toSeconds() + " " + String.join(" ", line).replace(directory.toString(), ""));
            return programs.run(line);
        };
    }

    /// A node and a server that work.
    private HostProgram.Result works(String... line) {
        Path at = Path.of(line[line.length - 1]);
        switch (line[0]) {
            case "mount" -> mounted.add(at);
            case "umount" -> mounted.remove(at);
            default -> {
                return new HostProgram.Result(0, "80 100 90 4096 50 20\n", "");
            }
        }
        return new HostProgram.Result(0, "", "");
    }

    private static HostProgram.Result failed(int code, String complaint) {
        return new HostProgram.Result(code, "", complaint);
    }

    private static VolumeRequest own(String name, Struct nfs, boolean readOnly) {
        return new VolumeRequest(Obj.of(Struct.of("metadata", Struct.of("uid", "u"))), name, Struct.of("nfs", nfs), "",
                Optional.empty(), readOnly);
    }

    @Test
    void aPersistentVolumeIsMountedWithItsOptionsAtItsName() throws IOException {
        Struct source = Struct.of("nfs", Struct.of("server", "fd00::1", "path", "/a", "readOnly", true),
                "mountOptions", Seq.of("vers=4.1", "hard", "", "vers=4.1"));
        Obj pod = Obj.of(Struct.of("metadata", Struct.of("uid", "u")));
        MountedVolume made = volumes.mount(new VolumeRequest(pod, "v", source, "pv", Optional.empty(), false));
        assertThat(made).isEqualTo(new MountedVolume(base.resolve("pv"), true, false, ""));
        assertThat(ran).containsExactly(
                "180 mount -t nfs -o hard,vers=4.1 [fd00::1]:/a /u/volumes/kubernetes.io~nfs/pv");
        assertThat(base.resolve("pv")).isDirectory();
    }

    @Test
    void whatIsMountedAlreadyIsTakenOver() throws IOException {
        volumes.mount(own("v", EXPORT, false));
        assertThat(begun().mount(own("v", EXPORT, false))).isEqualTo(
                new MountedVolume(base.resolve("v"), false, false, ""));
        assertThat(ran).containsExactly("180 mount -t nfs nas:/a /u/volumes/kubernetes.io~nfs/v");
    }

    @Test
    void aVolumeThatIsOnlyReadIsMountedSo() throws IOException {
        volumes.mount(own("v", EXPORT, true));
        assertThat(ran).containsExactly("180 mount -t nfs -o ro nas:/a /u/volumes/kubernetes.io~nfs/v");
    }

    @Test
    void aNodeWithoutAClientIsToldWhatToInstall() {
        programs = line -> failed(32, NO_HELPER + "\n");
        assertThatThrownBy(() -> volumes.mount(own("v", EXPORT, false)))
                .hasMessageStartingWith("mount failed: exit status 32\nMounting command: mount\nMounting arguments:"
                        + " -t nfs nas:/a " + base.resolve("v") + "\nOutput: " + NO_HELPER + "\n")
                .hasMessageContaining("install nfs-common (Debian, Ubuntu)");
        assertThat(base.resolve("v")).doesNotExist();
        now = now.plus(MountBackoff.FIRST);
        programs = line -> failed(32, "mount.nfs: access denied by server while mounting nas:/a");
        assertThatThrownBy(() -> volumes.mount(own("v", EXPORT, false))).hasMessageEndingWith("nas:/a");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
            "mount: /x: unknown filesystem type 'nfs'.|true|true", "mount.nfs: No such device|false|true",
            "mount: /x: fsconfig() failed: NFS: mount program didn't pass remote address.|true|false"})
    void whatIsMissingIsToldInTheWordsOfEveryProgram(String said, boolean helper, boolean kernel) {
        programs = line -> failed(32, said);
        assertThatThrownBy(() -> volumes.mount(own("v", EXPORT, false))).satisfies(e -> {
            assertThat(e.toString().contains("install nfs-common")).isEqualTo(helper);
            assertThat(e.toString().contains("modprobe nfs")).isEqualTo(kernel);
        });
    }

    @Test
    void aMountThatGoesOnInTheBackgroundIsNone() {
        programs = line -> failed(0, "");
        assertThatThrownBy(() -> volumes.mount(own("v", EXPORT, false))).hasMessageContaining("take bg out");
        assertThat(base.resolve("v")).doesNotExist();
    }

    /// As by a program that was killed too late, or by the next kubelet, whose pod uses it.
    @Test
    void whatIsMountedAllTheSameIsTakenOverByTheNextTry() throws IOException {
        programs = line -> mounted.add(base.resolve("v")) ? failed(-1, "no answer") : works(line);
        assertThatThrownBy(() -> volumes.mount(own("v", EXPORT, false)))
                .hasMessageStartingWith("mount failed: signal: killed").hasMessageEndingWith("Output: no answer");
        assertThat(base.resolve("v")).isDirectory();
        assertThat(volumes.mount(own("v", EXPORT, false)).path()).isEqualTo(base.resolve("v"));
        assertThat(ran).containsExactly("180 mount -t nfs nas:/a /u/volumes/kubernetes.io~nfs/v");
    }

    @Test
    void whoIsRefusedAsksLessAndLessOften() throws IOException {
        programs = line -> failed(32, "mount.nfs: access denied");
        for (Instant end = now.plusSeconds(600); now.isBefore(end); now = now.plusSeconds(2)) {
            assertThatThrownBy(() -> volumes.mount(own("v", EXPORT, false))).hasMessageEndingWith("access denied");
        }
        // after 0, 2, 4, 6, 10, 18, 34, 66, 130, 252, 374 and 496 seconds
        assertThat(ran).hasSize(12);
        programs = this::works;
        assertThat(volumes.mount(own("other", EXPORT, false)).fresh()).isTrue();
    }

    @Test
    void aServerThatDoesNotAnswerIsLeftByForce() throws IOException {
        volumes.mount(own("v", EXPORT, false));
        ran.clear();
        programs = line -> line[1].equals("-f") ? works(line) : failed(-1, "no answer within 60 seconds");
        begun().release("u");
        assertThat(ran).containsExactly("60 umount /u/volumes/kubernetes.io~nfs/v",
                "60 umount -f /u/volumes/kubernetes.io~nfs/v");
        assertThat(base.resolve("v")).doesNotExist();
    }

    @Test
    void theEndOfTheKubeletForcesNothing() throws IOException {
        volumes.mount(own("v", EXPORT, false));
        ran.clear();
        programs = line -> {
            Thread.currentThread().interrupt();
            return failed(-1, "interrupted");
        };
        assertThatThrownBy(() -> volumes.release("u")).hasMessageEndingWith("Output: interrupted");
        assertThat(Thread.interrupted()).isTrue();
        assertThat(ran).containsExactly("60 umount /u/volumes/kubernetes.io~nfs/v");
        assertThat(mounted).containsExactly(base.resolve("v"));
    }

    @Test
    void oneThatIsBusyKeepsNoOtherFromItsEnd() throws IOException {
        for (String name : List.of("a", "b", "c")) {
            volumes.mount(own(name, EXPORT, false));
        }
        programs = line -> line[1].endsWith("/b") ? failed(32, "umount: target is busy.") : works(line);
        assertThatThrownBy(() -> volumes.release("u")).hasMessage("unmount failed: exit status 32\nUnmounting"
                + " arguments: " + base.resolve("b") + "\nOutput: umount: target is busy.");
        assertThat(mounted).containsExactly(base.resolve("b"));
        assertThat(base).isDirectoryNotContaining(p -> !p.endsWith("b"));
        programs = this::works;
        volumes.release("u");
        assertThat(base).isEmptyDirectory();
        assertThatCode(() -> volumes.release("without")).doesNotThrowAnyException();
    }

    @Test
    void whatAProgramSaysCountsLessThanTheTableOfMounts() throws IOException {
        volumes.mount(own("v", EXPORT, false));
        programs = line -> {
            mounted.clear();
            return failed(32, "umount: /x: not mounted.");
        };
        volumes.release("u");
        assertThat(base.resolve("v")).doesNotExist();
    }

    @Test
    void filesAreNeverDeleted() throws IOException {
        Path file = Files.createDirectories(base.resolve("v")).resolve("f");
        Files.writeString(file, "1");
        assertThatThrownBy(() -> volumes.release("u")).hasMessageContaining("move away what is in it");
        assertThat(file).hasContent("1");
    }

    @Test
    void aServerIsNoOption() {
        assertThatThrownBy(() -> volumes.mount(own("v", EXPORT.with("server", "-obind"), false)))
                .hasMessageContaining("begins with \"-\"");
        assertThat(ran).isEmpty();
    }

    @Test
    void whatItUsesIsToldByItsFileSystemAsLongAsThatAnswers() throws IOException {
        Path at = volumes.mount(own("v", EXPORT, false)).path();
        assertThat(volumes.usage(at))
                .contains(new VolumeUsage(80 * 4096, 100 * 4096, 10 * 4096, 50, 20, 30));
        assertThat(ran).last().isEqualTo("20 stat -f -c %a %b %f %S %c %d /u/volumes/kubernetes.io~nfs/v");
        programs = line -> failed(-1, "no answer within 20 seconds");
        assertThatThrownBy(() -> volumes.usage(at)).hasMessageContaining("no answer within 20 seconds");
        assertThat(volumes.usage(base.resolve("other"))).isEmpty();
    }
}
