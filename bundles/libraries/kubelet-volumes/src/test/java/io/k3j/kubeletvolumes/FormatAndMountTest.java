package io.k3j.kubeletvolumes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// When a device is formatted, checked and mounted, by what the node's programs say of it.
class FormatAndMountTest {
    private static final HostProgram.Result DONE = new HostProgram.Result(0, "", "");
    private static final HostProgram.Result BLANK = new HostProgram.Result(2, "", "");
    private static final String LOOK = "blkid -p -s TYPE -s PTTYPE -o export device";
    @TempDir
    private Path directory;
    private Path device;
    /// What programs answer; those that are not there are missing on the node.
    private final Map<String, HostProgram.Result> answers = new HashMap<>();
    private final List<String> ran = new ArrayList<>();
    private Path numbers;
    private FormatAndMount format;

    @BeforeEach
    void begin() throws IOException {
        device = Files.write(directory.resolve("device"), new byte[4096]);
        numbers = directory.resolve("numbers");
        format = new FormatAndMount(this::run, new BlankDevice(numbers));
        for (String program : List.of("mount", "fsck", "mkfs.ext4", "mkfs.xfs", "mkfs.btrfs")) {
            answers.put(program, DONE);
        }
        answers.put("blkid", BLANK);
    }

    private HostProgram.Result run(String... line) throws IOException {
        HostProgram.Result answer = answers.get(line[0]);
        if (answer == null) {
            throw new NoSuchFileException(line[0], null, "this node has no such program");
        }
        ran.add(String.join(" ", line).replace(directory + "/", ""));
        return answer;
    }

    private void mount(String type, String... options) throws IOException {
        format.mount(device, directory.resolve("target"), type, List.of(options));
    }

    private void has(String told) {
        answers.put("blkid", new HostProgram.Result(0, "DEVNAME=/dev/x\n" + told + "\n", ""));
    }

    @Test
    void aBlankDeviceIsFormattedAsUpstreamDoes() throws IOException {
        mount("", "noatime");
        assertThat(ran).containsExactly(LOOK, LOOK, "mkfs.ext4 -F -m0 device",
                "mount -t ext4 -o noatime,defaults device target");
        ran.clear();
        mount("xfs");
        mount("btrfs");
        assertThat(ran).contains("mkfs.xfs -f device", "mkfs.btrfs device", "mount -t xfs -o defaults device target");
    }

    @Test
    void aFileSystemIsCheckedAndKept() throws IOException {
        has("TYPE=ext4");
        mount("ext4");
        assertThat(ran).containsExactly(LOOK, "fsck -a device", "mount -t ext4 -o defaults device target");
        ran.clear();
        mount("ext4", "ro");
        assertThat(ran).doesNotContain("fsck -a device").last().isEqualTo(
                "mount -t ext4 -o ro,defaults device target");
    }

    @Test
    void nothingThatMayBeDataIsFormatted() {
        answers.put("mount", new HostProgram.Result(32, "", "wrong fs type"));
        for (String told : List.of("TYPE=xfs", "PTTYPE=gpt", "TYPE=vfat\nPTTYPE=dos")) {
            has(told);
            assertThatThrownBy(() -> mount("ext4")).as(told).hasMessageContaining("wrong fs type");
        }
        assertThat(ran).containsOnlyOnce("fsck -a device");
        List.of(new HostProgram.Result(8, "", "ambivalent result"), new HostProgram.Result(2, "", "cannot open"),
                new HostProgram.Result(0, "", ""), new HostProgram.Result(-1, "", "no answer within 3600 seconds"))
                .forEach(told -> {
                    answers.put("blkid", told);
                    assertThatThrownBy(() -> mount("ext4")).as("%s", told)
                            .hasMessageStartingWith("failed to get disk format of disk");
                });
        answers.remove("blkid");
        assertThatThrownBy(() -> mount("ext4")).hasMessage("blkid: this node has no such program");
        assertThat(ran).noneMatch(line -> line.startsWith("mkfs"));
    }

    @Test
    void aDeviceThatGivesNoDataIsNotFormatted() throws IOException {
        Files.write(device, new byte[0]);
        assertThatThrownBy(() -> mount("ext4"))
                .hasMessageEndingWith("cannot be read, so it is not formatted: it has no content");
        Files.delete(device);
        assertThatThrownBy(() -> mount("ext4")).isInstanceOf(NoSuchFileException.class);
        assertThat(ran).containsExactly(LOOK);
    }

    @Test
    void aDeviceThatIsNotBlankAtTheSecondLookIsNotFormatted() {
        AtomicInteger looks = new AtomicInteger();
        format = new FormatAndMount(line -> {
            ran.add(line[0]);
            return looks.incrementAndGet() == 1 ? BLANK : new HostProgram.Result(0, "TYPE=ext4\n", "");
        }, new BlankDevice(numbers));
        assertThatThrownBy(() -> mount("ext4")).hasMessageContaining("was changed while it was looked at");
        assertThat(ran).containsExactly("blkid", "blkid");
    }

    /// A file has the number 0:0.
    @Test
    void aDeviceWhosePartitionsTheKernelKnowsIsNotFormatted() throws IOException {
        Files.createDirectories(numbers.resolve("0:0/holders"));
        Files.createDirectories(numbers.resolve("0:0/queue"));
        mount("ext4");
        assertThat(ran).contains("mkfs.ext4 -F -m0 device");
        ran.clear();
        Files.createFile(Files.createDirectories(numbers.resolve("0:0/sda1")).resolve("partition"));
        assertThatThrownBy(() -> mount("ext4")).hasMessageEndingWith("so it is not formatted: sda1");
        Files.delete(numbers.resolve("0:0/sda1/partition"));
        Files.createDirectories(numbers.resolve("0:0/holders/dm-0"));
        assertThatThrownBy(() -> mount("ext4")).hasMessageEndingWith("so it is not formatted: dm-0");
        assertThat(ran).containsExactly(LOOK, LOOK);
    }

    @Test
    void aPartOfSomethingElseIsNeitherCheckedNorMounted() {
        for (String type : List.of("LVM2_member", "linux_raid_member")) {
            has("TYPE=" + type);
            assertThatThrownBy(() -> mount("ext4")).hasMessageEndingWith("so it is not mounted: " + type);
        }
        assertThat(ran).containsExactly(LOOK, LOOK);
    }

    @Test
    void aMountThatIsUsedIsLeft() throws IOException {
        answers.put("umount", DONE);
        format.unmount(directory.resolve("target"));
        assertThat(ran).containsExactly("umount target");
        answers.put("umount", new HostProgram.Result(32, "", "target is busy"));
        assertThatThrownBy(() -> format.unmount(directory.resolve("target")))
                .hasMessageStartingWith("unmount failed: exit status 32").hasMessageEndingWith("target is busy");
    }

    @Test
    void aBlankDeviceIsNotFormattedForWhoOnlyReads() {
        assertThatThrownBy(() -> mount("ext4", "ro")).hasMessage("cannot mount unformatted disk " + device
                + " as we are manipulating it in read-only mode");
        assertThat(ran).hasSize(1);
    }

    @Test
    void whatFsckSaysDecidesAsUpstream() throws IOException {
        has("TYPE=ext4");
        for (int code : List.of(1, 2, 8)) {
            answers.put("fsck", new HostProgram.Result(code, "", ""));
            assertThatCode(() -> mount("ext4")).as("%s", code).doesNotThrowAnyException();
        }
        answers.remove("fsck");
        mount("ext4");
        ran.clear();
        answers.put("fsck", new HostProgram.Result(4, "bad\n", ""));
        assertThatThrownBy(() -> mount("ext4")).hasMessage("'fsck' found errors on device " + device
                + " but could not correct them: bad");
        assertThat(ran).noneMatch(line -> line.startsWith("mount"));
    }

    @Test
    void saysWhichProgramIsMissingOrFailed() {
        assertThatThrownBy(() -> mount("zfs")).hasMessage("mkfs.zfs: this node has no such program");
        answers.put("mkfs.ext4", new HostProgram.Result(1, "", "no space"));
        assertThatThrownBy(() -> mount("ext4")).hasMessageStartingWith("format of disk \"" + device + "\" failed: ")
                .hasMessageContaining("errcode:(exit status 1) output:(no space)");
    }

    @Test
    void aTypeIsNoPathAndNoOption() {
        for (String type : List.of("../sh", "a/b", "-t", ".", "ext4,xfs", "ext4 x")) {
            assertThatThrownBy(() -> mount(type)).as(type).hasMessageContaining("is not the name of a file system");
        }
        assertThat(ran).isEmpty();
    }
}
