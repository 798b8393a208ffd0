package io.k3j.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/// The shared libraries that programs are linked with, as the dynamic loader of this machine finds them.
final class SharedLibraries {
    private static final byte[] ELF = {0x7f, 'E', 'L', 'F'};

    private SharedLibraries() {
    }

    /// What programs and libraries are linked with.
    ///
    /// @param files those, or directories they are below; what else is there is left out
    /// @param own libraries below this are left out
    /// @return absolute paths
    static Set<Path> of(Collection<Path> files, Path own) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("ldd"));
        for (Path file : files) {
            try (Stream<Path> walk = Files.walk(file.toRealPath())) {
                walk.filter(SharedLibraries::linked).map(Path::toString).forEach(command::add);
            }
        }
        Set<Path> found = new TreeSet<>();
        // ends with 1 where one of them is linked statically
        for (String line : Commands.output(command).lines().toList()) {
            Path library = library(line.strip());
            if (library.isAbsolute() && !library.startsWith(own)) {
                found.add(library);
            }
        }
        return found;
    }

    /// The path of `libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x…)`, or of the loader, which has no arrow; the
    /// empty path for other lines.
    private static Path library(String line) {
        int arrow = line.indexOf("=> ");
        String place = arrow < 0 ? line : line.substring(arrow + "=> ".length());
        int end = place.indexOf(" (0x");
        return Path.of(end < 0 ? "" : place.substring(0, end));
    }

    private static boolean linked(Path file) {
        if (!Files.isRegularFile(file)) {
            return false;
        }
        try (InputStream content = Files.newInputStream(file)) {
            return Arrays.equals(content.readNBytes(ELF.length), ELF);
        } catch (IOException e) {
            return false;
        }
    }
}
