package io.k3j.kubeletvolumes;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Loop devices that keep block devices open while pods have them, as upstream's `AttachFileDevice`: a device that
/// nobody has open may go, and another one come by its numbers, which the pod would then write to. Which there are is
/// read from the kernel, so they are found by the next kubelet, too. Any thread; blocks for `losetup`.
final class LoopDevices {
    /// What the kernel puts behind the name of a device that has gone from `/dev`.
    private static final String GONE = " (deleted)";
    private final Path blocks;
    private final HostProgram programs;

    /// @param blocks `/sys/block`
    LoopDevices(Path blocks, HostProgram programs) {
        this.blocks = blocks;
        this.programs = programs;
    }

    /// Makes a loop device of a file, unless there is one.
    /// @param file without links on its way, as the kernel names it
    void attach(Path file) throws IOException {
        if (of(file).isPresent()) {
            return;
        }
        HostProgram.Result result = programs.run("losetup", "-f", file.toString());
        if (result.code() != 0) {
            throw new IOException("blkUtil.AttachFileDevice failed. path: " + file + ": losetup: exit status "
                    + result.code() + " " + result.said());
        }
    }

    /// Takes the loop device of a file away, if there is one.
    /// @param file as for [#attach]
    void detach(Path file) throws IOException {
        Optional<String> loop = of(file);
        if (loop.isEmpty()) {
            return;
        }
        HostProgram.Result result = programs.run("losetup", "-d", "/dev/" + loop.get());
        if (result.code() != 0 && of(file).equals(loop)) {
            throw new IOException("blkUtil.DetachFileDevice failed. path: " + file + ": losetup: exit status "
                    + result.code() + " " + result.said());
        }
    }

    /// The name of the loop device of a file, as `loop0`.
    private Optional<String> of(Path file) throws IOException {
        if (!Files.isDirectory(blocks)) {
            return Optional.empty();
        }
        try (DirectoryStream<Path> all = Files.newDirectoryStream(blocks, "loop*")) {
            for (Path loop : all) {
                String backing = backing(loop);
                if (backing.equals(file + "\n") || backing.equals(file + GONE + "\n")) {
                    return Optional.of(String.valueOf(loop.getFileName()));
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return Optional.empty();
    }

    /// With the line feed at its end. Empty for one that has no file, also when it loses it just now, and for one
    /// whose file has a longer name than the kernel tells: it is somebody else's.
    private static String backing(Path loop) {
        try {
            return new String(Files.readAllBytes(loop.resolve("loop/backing_file")), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }
}
