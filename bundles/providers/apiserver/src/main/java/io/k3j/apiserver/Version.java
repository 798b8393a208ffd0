package io.k3j.apiserver;

import io.k3j.model.Struct;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/// The Kubernetes version that `/version` reports.
final class Version {
    /// The version that `kubectl version` shows.
    static final String GIT_VERSION = "v1.36.2+k3s1";
    private static final String BUILD = "/io/k3j/apiserver/build.properties";

    private Version() {
    }

    /// The document of `/version`.
    static Struct document() {
        Properties build = new Properties();
        try (InputStream in = Version.class.getResourceAsStream(BUILD)) {
            if (in != null) {
                build.load(in);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String arch = System.getProperty("os.arch", "amd64").equals("aarch64") ? "arm64" : "amd64";
        return Struct.of("major", "1", "minor", "36", "emulationMajor", "1", "emulationMinor", "36",
                "minCompatibilityMajor", "1", "minCompatibilityMinor", "35", "gitVersion", GIT_VERSION, "gitCommit",
                build.getProperty("commit", "0000000000000000000000000000000000000000"), "gitTreeState", "clean",
                "buildDate", build.getProperty("date", "2026-01-01T00:00:00Z"), "goVersion",
                "java" + Runtime.version().feature(), "compiler", "javac", "platform", "linux/" + arch);
    }
}
