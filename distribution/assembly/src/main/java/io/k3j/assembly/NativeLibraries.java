package io.k3j.assembly;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// The native libraries of the jars as files, in a directory per machine, as `uname -m` names it. Unpacked at run time
/// instead they need a temporary directory that can be written to and run from; that of a hardened host is `noexec`.
final class NativeLibraries {
    private static final String SQLITE = "org/sqlite/native/";
    private static final String NETTY = "META-INF/native/";
    /// How each names the machines we run on.
    private static final Map<String, List<String>> MACHINES = Map.of("x86_64", List.of("/Linux/x86_64/", "_x86_64.so"),
            "aarch64", List.of("/Linux/aarch64/", "_aarch_64.so"));

    private NativeLibraries() {
    }

    /// Writes those of the machines we run on.
    static void write(List<Jar> jars, Path directory) throws IOException {
        for (Jar jar : jars) {
            for (String name : jar.entries().keySet().stream().filter(NativeLibraries::holds).toList()) {
                for (String machine : machines(name).toList()) {
                    Path place = Files.createDirectories(directory.resolve(machine));
                    Files.write(place.resolve(name.substring(name.lastIndexOf('/') + 1)), jar.entries().get(name));
                }
            }
        }
    }

    private static Stream<String> machines(String name) {
        return MACHINES.entrySet().stream().filter(machine -> machine.getValue().stream().anyMatch(name::contains))
                .map(Map.Entry::getKey);
    }

    /// Whether an entry of a jar is such a library, of whatever machine.
    static boolean holds(String name) {
        return name.startsWith(SQLITE) || name.startsWith(NETTY);
    }
}
