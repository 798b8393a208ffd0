package io.k3j.bootitest;

import io.k3j.testkitprocess.K3sProcess;
import io.k3j.testkitprocess.Launch;
import io.k3j.testkitprocess.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;

/// Where somebody types the commands of a page who has a release and Maven on the machine: `k3s` speaks to the server
/// below `home`, `mvn` has a repository of its own, and of K3j nothing but what the release brings.
record Terminal(Path home) {
    /// Some blocks of a page are a whole build.
    static final Duration LIMIT = Duration.ofMinutes(15);
    private static final String DATA = "/var/lib/rancher/k3s/";

    /// Installs both.
    static Terminal in(Path home) throws IOException {
        Terminal terminal = new Terminal(home);
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path dist = K3sProcess.distribution();
        terminal.program("k3s", "export K3S_JAVA='" + Launch.jdk("java") + "' K3S_DATA_DIR='" + home.resolve("data")
                + "' KUBECONFIG='" + home.resolve("k3s.yaml") + "' K3S_JAVA_OPTIONS='" + Launch.javaOptions()
                + "'\nexec '" + dist.resolve("bin/k3s") + "' \"$@\"");
        terminal.program("mvn", "export JAVA_HOME='" + System.getProperty("java.home") + "' MAVEN_OPTS='"
                + System.getProperty("k3j.server.java", "") + " -XX:+UseSerialGC'\nexec '"
                + Path.of(System.getProperty("maven.home"), "bin/mvn") + "' -s '" + home.resolve("settings.xml")
                + "' -Dmaven.repo.local='" + home.resolve("repository") + "' \"$@\"");
        // nothing is asked of the network: plug-ins of Maven and libraries of others are what this build has itself
        Files.writeString(home.resolve("settings.xml"), """
                <settings><mirrors><mirror><id>others</id><mirrorOf>*,!k3j</mirrorOf><url>%s</url></mirror></mirrors>
                </settings>
                """.formatted(Path.of(System.getProperty("k3j.repository")).toUri()));
        return terminal;
    }

    private void program(String name, String script) throws IOException {
        Path file = Files.createDirectories(home.resolve("bin")).resolve(name);
        Files.writeString(file, "#!/bin/bash\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /// Types commands; `$release` is where the release lies.
    /// @param where the directory they are typed in
    Outcome type(Path where, String block) throws IOException, InterruptedException {
        String release = K3sProcess.distribution().toString();
        String script = block.replace("/usr/local/lib/k3s/current", release).replace(DATA, home.resolve("data") + "/");
        return Launch.of("bash", "-ec", "release=" + release + "\n" + script).directory(where)
                .withoutK3sEnvironment()
                .environment("PATH", home.resolve("bin") + ":" + System.getenv("PATH")).run(LIMIT);
    }
}
