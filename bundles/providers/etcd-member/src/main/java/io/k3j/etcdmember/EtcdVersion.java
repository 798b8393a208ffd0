package io.k3j.etcdmember;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/// A version of etcd without its patch number, which matters neither for data nor for members.
record EtcdVersion(int major, int minor) {
    /// The first version in a text that is a word of its own.
    static Optional<EtcdVersion> in(String text) {
        return text.lines().flatMap(line -> Stream.of(line.split(" "))).flatMap(word -> word(word).stream())
                .findFirst();
    }

    private static Optional<EtcdVersion> word(String word) {
        int first = word.indexOf('.');
        int second = word.indexOf('.', first + 1);
        if (first < 1 || second < 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(new EtcdVersion(Integer.parseInt(word.substring(0, first)),
                    Integer.parseInt(word.substring(first + 1, second))));
        } catch (NumberFormatException other) {
            return Optional.empty();
        }
    }

    /// The version of a binary; empty when its output names none, for example because it cannot run.
    static Optional<EtcdVersion> of(Path etcd) throws IOException, InterruptedException {
        return in(EtcdProcess.query(etcd, "--version"));
    }

    /// Whether this version can use data of `before`: its own, and that of the previous minor version.
    /// Source: <https://etcd.io/docs/v3.6/upgrades/>.
    boolean continues(EtcdVersion before) {
        return major == before.major && (minor == before.minor || minor == before.minor + 1);
    }

    /// Whether this version is later than the other.
    boolean after(EtcdVersion other) {
        return major > other.major || major == other.major && minor > other.minor;
    }

    EtcdVersion next() {
        return new EtcdVersion(major, minor + 1);
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}
