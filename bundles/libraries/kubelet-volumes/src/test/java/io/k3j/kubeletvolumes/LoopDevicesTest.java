package io.k3j.kubeletvolumes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoopDevicesTest {
    @TempDir
    private Path blocks;
    private final List<String> ran = new ArrayList<>();
    private HostProgram.Result answer = new HostProgram.Result(0, "", "");
    private LoopDevices loops;

    @BeforeEach
    void begin() throws IOException {
        loops = new LoopDevices(blocks, line -> {
            ran.add(String.join(" ", line));
            return answer;
        });
        Files.createDirectories(blocks.resolve("loop0"));
        Files.createDirectories(blocks.resolve("sda"));
        lay("loop1", "/held/ü");
        lay("loop10", "/held/u10");
    }

    private void lay(String loop, String file) throws IOException {
        Files.writeString(Files.createDirectories(blocks.resolve(loop).resolve("loop")).resolve("backing_file"),
                file + "\n");
    }

    @Test
    void whatIsHeldIsNotHeldTwice() throws IOException {
        loops.attach(Path.of("/held/u10"));
        loops.attach(Path.of("/held/ü"));
        assertThat(ran).isEmpty();
        loops.attach(Path.of("/held/u1"));
        assertThat(ran).containsExactly("losetup -f /held/u1");
    }

    @Test
    void onlyItsOwnLoopDeviceIsTakenAway() throws IOException {
        loops.detach(Path.of("/held/u10"));
        loops.detach(Path.of("/held/u1"));
        assertThat(ran).containsExactly("losetup -d /dev/loop10");
    }

    @Test
    void aDeviceThatHasGoneIsFoundByItsFormerName() throws IOException {
        lay("loop2", "/held/u2 (deleted)");
        loops.attach(Path.of("/held/u2"));
        loops.detach(Path.of("/held/u2"));
        assertThat(ran).containsExactly("losetup -d /dev/loop2");
    }

    @Test
    void saysWhyADeviceIsNotHeldOrLeft() {
        answer = new HostProgram.Result(1, "", "no free loop device");
        assertThatThrownBy(() -> loops.attach(Path.of("/held/u1"))).hasMessage(
                "blkUtil.AttachFileDevice failed. path: /held/u1: losetup: exit status 1 no free loop device");
        assertThatThrownBy(() -> loops.detach(Path.of("/held/u10")))
                .hasMessageStartingWith("blkUtil.DetachFileDevice failed. path: /held/u10");
    }
}
