package io.k3j.assembly;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// `lib/helm`: the program that `helm-controller` starts for one operation, with everything that it alone needs. The
/// server has none of it on its class path.
final class HelmProgram {
    /// Where the jars have the natives of the machines we run on, and what they are called here.
    private static final Map<String, String> NATIVES = Map.of("helm-linux-amd64.so", "x86_64/helm.so",
            "helm-linux-arm64.so", "aarch64/helm.so", "com/sun/jna/linux-x86-64/libjnidispatch.so",
            "x86_64/libjnidispatch.so", "com/sun/jna/linux-aarch64/libjnidispatch.so", "aarch64/libjnidispatch.so");
    private static final List<String> NATIVE = List.of(".so", ".dll", ".jnilib", ".a", ".dylib");
    private static final FileTime MADE = FileTime.fromMillis(1_767_225_600_000L);

    private HelmProgram() {
    }

    /// Lays it out from what the module has built: its own jar, and those it needs in `jars`.
    static void write(Path built, Path directory) throws IOException {
        Trees.delete(directory);
        Files.createDirectories(directory);
        for (Path jar : Stream.concat(jars(built).stream(), jars(built.resolve("jars")).stream()).toList()) {
            split(Jar.read(jar), directory);
        }
    }

    private static List<Path> jars(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().endsWith(".jar")).sorted().toList();
        }
    }

    /// Natives lie beside the jars, so that none of them has to be unpacked where programs may not be run.
    private static void split(Jar jar, Path directory) throws IOException {
        for (Map.Entry<String, byte[]> entry : jar.entries().entrySet()) {
            String place = NATIVES.get(entry.getKey());
            if (place != null) {
                Path file = directory.resolve(place);
                Files.createDirectories(file.resolveSibling("."));
                Files.write(file, entry.getValue());
            }
        }
        String name = jar.file().getFileName().toString();
        // a jar of the binding that only carries a native would have it unpacked
        if (!name.startsWith("linux-")) {
            classes(jar, directory.resolve(name));
        }
    }

    private static void classes(Jar jar, Path file) throws IOException {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file));
                ZipOutputStream zip = new ZipOutputStream(out)) {
            for (Map.Entry<String, byte[]> entry : jar.entries().entrySet()) {
                if (NATIVE.stream().noneMatch(entry.getKey()::endsWith)) {
                    zip.putNextEntry(new ZipEntry(entry.getKey()).setLastModifiedTime(MADE));
                    zip.write(entry.getValue());
                    zip.closeEntry();
                }
            }
        }
    }
}
