package io.k3j.etcdmember;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/// Where etcd's programs are.
final class Programs {
    private Programs() {
    }

    /// The first one on the path.
    /// @throws MemberFault saying what to install
    static Path find(String program, Optional<String> path) {
        return Stream.concat(Stream.of(path.orElse("").split(":")).filter(p -> !p.isEmpty()),
                Stream.of("/usr/local/bin", "/usr/bin", "/bin")).map(p -> Path.of(p).resolve(program))
                .filter(Files::isExecutable).findFirst()
                .orElseThrow(() -> new MemberFault(
                        program + " is not installed; type: apt-get install etcd-server etcd-client"));
    }
}
