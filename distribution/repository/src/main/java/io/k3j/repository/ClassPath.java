package io.k3j.repository;

import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;

/// The class path of this program.
final class ClassPath {
    private ClassPath() {
    }

    /// The jar of one of our modules on it.
    static Path jar(String artifact, String version) {
        String file = artifact + "-" + version + ".jar";
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator)).map(Path::of)
                .filter(path -> path.endsWith(file)).findFirst().orElseThrow(() -> new IllegalStateException(
                        file + " is not on the class path; name it in distribution/repository/pom.xml"));
    }
}
