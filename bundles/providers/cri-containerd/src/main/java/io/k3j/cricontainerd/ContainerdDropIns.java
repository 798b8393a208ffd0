package io.k3j.cricontainerd;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What the administrator has put beside containerd's configuration: files that it imports, and those that mean
/// something to K3s only.
///
/// @param imported files of `config.toml.d`, in the order of their names
/// @param content of them all, by which a change is known
/// @param template by which the configuration itself is written
/// @param passedOver what is not applied, and why
record ContainerdDropIns(List<Path> imported, String content, Optional<ContainerdTemplate> template,
        List<PassedOver> passedOver) {
    private static final System.Logger LOG = System.getLogger("io.k3j.cri-containerd");
    private static final String ENDING = ".toml";
    /// containerd before 2.0 takes what a file says of a plug-in in place of everything: without our CRI settings no
    /// sandbox would start.
    private static final String OURS = "io.containerd.grpc.v1.cri";
    private static final String OF_2 = "config.toml.tmpl";
    private static final String OF_3 = "config-v3.toml.tmpl";

    /// @param file that is not applied
    record PassedOver(Path file, String reason) {
    }

    /// Reads the directory of `config.toml`. Blocks for the disk.
    /// @throws IOException when a directory that is there cannot be read
    static ContainerdDropIns of(Path directory) throws IOException {
        List<Path> imported = new ArrayList<>();
        StringBuilder content = new StringBuilder();
        List<PassedOver> passedOver = new ArrayList<>();
        for (Path file : files(directory.resolve("config.toml.d"), ENDING)) {
            try {
                String text = text(file);
                check(text);
                imported.add(file);
                content.append(text);
            } catch (Odd odd) {
                passedOver.add(new PassedOver(file, String.valueOf(odd.getMessage())));
            }
        }
        files(directory.resolve("config-v3.toml.d"), ENDING).forEach(file -> passedOver.add(new PassedOver(file,
                "the configuration has version 2; use config.toml.d, or " + OF_3)));
        Optional<ContainerdTemplate> template = template(directory, passedOver);
        return new ContainerdDropIns(List.copyOf(imported), content.toString(), template, List.copyOf(passedOver));
    }

    /// The one for version 3 goes before the other, as in K3s, and a file of any other name is no template.
    private static Optional<ContainerdTemplate> template(Path directory, List<PassedOver> passedOver)
            throws IOException {
        Optional<ContainerdTemplate> found = Optional.empty();
        for (Path file : files(directory, ".tmpl").stream().sorted(Comparator.comparing(f -> !f.endsWith(OF_3)))
                .toList()) {
            try {
                if (!file.endsWith(OF_2) && !file.endsWith(OF_3)) {
                    throw new Odd("templates are called " + OF_2 + " or " + OF_3);
                }
                if (found.isPresent()) {
                    throw new Odd(OF_3 + " is there and goes before it");
                }
                found = Optional.of(ContainerdTemplate.of(text(file)));
            } catch (Odd | IllegalArgumentException odd) {
                passedOver.add(new PassedOver(file, String.valueOf(odd.getMessage())));
            }
        }
        return found;
    }

    /// A file with which containerd would not start.
    private static final class Odd extends Exception {
        private static final long serialVersionUID = 1L;

        Odd(String reason) {
            super(reason);
        }

        Odd(String reason, IOException cause) {
            super(reason, cause);
        }
    }

    private static String text(Path file) throws Odd {
        if (!Files.isRegularFile(file)) {
            // a pipe would never end
            throw new Odd("it is no regular file; give it another ending, or take it away");
        }
        try {
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            throw new Odd("it is not UTF-8; save it as UTF-8", e);
        } catch (IOException e) {
            throw new Odd("it cannot be read: " + e + "; mend that, or take it away", e);
        }
    }

    private static void check(String text) throws Odd {
        if (text.contains(OURS)) {
            throw new Odd("it sets the CRI plug-in, which containerd would take in place of all that is needed; say it"
                    + " in " + OF_2 + ", after {{ template \"base\" . }}");
        }
        String version = version(text);
        if (!version.isEmpty() && !version.equals("2")) {
            throw new Odd("it has version " + version + ", the configuration version 2; write it for version 2");
        }
    }

    /// What is said of the version before the first table; empty when nothing is.
    private static String version(String text) {
        return text.lines().map(String::strip).takeWhile(line -> !line.startsWith("["))
                .map(line -> line.replace("\"", "").replace("'", "").replace(" ", "").replace("\t", ""))
                .filter(line -> line.startsWith("version=")).findFirst()
                .map(line -> line.substring(line.indexOf('=') + 1).split("#", 2)[0]).orElse("");
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
