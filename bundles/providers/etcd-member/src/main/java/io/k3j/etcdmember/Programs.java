package io.k3j.etcdmember;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/// Finds etcd's programs.
final class Programs {
    private Programs() {
    }

    /// The first one on the path.
    /// @throws MemberFault naming the package to install
    static Path find(String program, Optional<String> path) {
        return first(program, path).orElseThrow(() -> new MemberFault(
                program + " is not installed; type: apt-get install etcd-server etcd-client"));
    }

    /// The program that restores snapshots: etcdutl, which took this over from etcdctl in 3.5 and is the only
    /// one since 3.6.
    /// @throws MemberFault naming the package to install
    static Path restorer(Optional<String> path) {
        return etcdutl(path).orElseGet(() -> find("etcdctl", path));
    }

    /// Empty before 3.5, or where the package of it is not installed.
    static Optional<Path> etcdutl(Optional<String> path) {
        return first("etcdutl", path);
    }

    private static Optional<Path> first(String program, Optional<String> path) {
        return Stream.concat(Stream.of(path.orElse("").split(":")).filter(p -> !p.isEmpty()),
                Stream.of("/usr/local/bin", "/usr/bin", "/bin")).map(p -> Path.of(p).resolve(program))
                .filter(Files::isExecutable).findFirst();
    }
}
