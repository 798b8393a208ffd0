package io.k3j.cricontainerd;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// What the administrator has put beside containerd's configuration: files that it imports, and those that mean
/// something to K3s only.
///
/// @param imported files of `config.toml.d`, in the order of their names
/// @param content of them all, by which a change is known
/// @param passedOver what is not applied, and why
record ContainerdDropIns(List<Path> imported, String content, List<PassedOver> passedOver) {
    private static final System.Logger LOG = System.getLogger("io.k3j.cri-containerd");
    private static final String ENDING = ".toml";
    /// containerd before 2.0 takes what a file says of a plug-in in place of everything: without our CRI settings no
    /// sandbox would start.
    private static final String OURS = "io.containerd.grpc.v1.cri";

    /// @param file that is not applied
    record PassedOver(Path file, String reason) {
    }

    /// Reads the directory of `config.toml`. Blocks for the disk.
    /// @throws IOException when a file that is there cannot be read
    static ContainerdDropIns of(Path directory) throws IOException {
        List<Path> imported = new ArrayList<>();
        StringBuilder content = new StringBuilder();
        List<PassedOver> passedOver = new ArrayList<>();
        for (Path file : files(directory.resolve("config.toml.d"), ENDING)) {
            String text = Files.readString(file);
            if (text.contains(OURS)) {
                passedOver.add(new PassedOver(file, "it sets the CRI plug-in, which containerd would take in place of"
                        + " all that is needed"));
            } else if (text.lines().map(line -> line.replace(" ", "")).anyMatch("version=3"::equals)) {
                passedOver.add(new PassedOver(file, "the configuration has version 2"));
            } else {
                imported.add(file);
                content.append(text);
            }
        }
        files(directory.resolve("config-v3.toml.d"), ENDING).forEach(file -> passedOver.add(new PassedOver(file,
                "the configuration has version 2; use config.toml.d")));
        files(directory, ".tmpl").forEach(file -> passedOver.add(new PassedOver(file,
                "templates are not rendered; use files in config.toml.d")));
        return new ContainerdDropIns(List.copyOf(imported), content.toString(), List.copyOf(passedOver));
    }

    private static List<Path> files(Path directory, String ending) throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(file -> file.getFileName().toString().endsWith(ending)).sorted().toList();
        } catch (NoSuchFileException | NotDirectoryException none) {
            return List.of();
        }
    }

    /// Says what is not applied.
    void tell() {
        passedOver.forEach(one -> LOG.log(System.Logger.Level.WARNING,
                "A file is not applied to the configuration of containerd path={0} reason={1}", one.file(),
                one.reason()));
    }
}
