package io.k3j.bootitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitprocess.ConsoleAnswer;
import io.k3j.testkitprocess.K3sProcess;
import io.k3j.testkitprocess.Launch;
import io.k3j.testkitsigning.ChangedJar;
import io.k3j.testkitsigning.TestCertificate;
import io.k3j.testkitsigning.TestSigner;
import io.k3j.testkitsigning.TimeStampServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A server that demands signatures, with plug-ins that were packed and signed as `docs/swapping.md` says: by the tools
/// of the JDK, with what is typed at their prompts.
class SignedPluginItest {
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final String PASSWORD = "of-the-key-store";
    private static final String BEGIN = "```sh\n";
    @TempDir
    private Path home;

    @BeforeEach
    void closeDirectory() throws IOException {
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /// The block of the page that has a text in it.
    private static String block(String with) throws IOException {
        String page = Files.readString(Path.of("../../docs/swapping.md"));
        List<String> blocks = new ArrayList<>();
        for (int from = page.indexOf(BEGIN); from >= 0; from = page.indexOf(BEGIN, from + 1)) {
            int begin = from + BEGIN.length();
            blocks.add(page.substring(begin, page.indexOf("```", begin)));
        }
        return blocks.stream().filter(block -> block.contains(with)).findFirst().orElseThrow();
    }

    private String shell(String script, String typed) throws IOException, InterruptedException {
        return Launch.of("bash", "-ec", script).directory(home).input(typed)
                .environment("PATH", Path.of(Launch.jdk("jar")).getParent() + ":" + System.getenv("PATH")).text(LIMIT);
    }

    /// Types the password as often as it is asked for.
    private void sign(String command) throws IOException, InterruptedException {
        shell(command, (PASSWORD + "\n").repeat(2));
    }

    private Path jar(String file, String symbolicName, String version) throws IOException {
        Manifest manifest = new Manifest();
        Attributes headers = manifest.getMainAttributes();
        headers.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        headers.putValue("Bundle-ManifestVersion", "2");
        headers.putValue("Bundle-SymbolicName", symbolicName);
        headers.putValue("Bundle-Version", version);
        headers.putValue("Bundle-Activator", Announcing.class.getName());
        headers.putValue("Import-Package", "org.osgi.framework");
        String entry = Announcing.class.getName().replace('.', '/') + ".class";
        try (OutputStream out = Files.newOutputStream(home.resolve(file));
                JarOutputStream jar = new JarOutputStream(out, manifest);
                InputStream code = SignedPluginItest.class.getClassLoader().getResourceAsStream(entry)) {
            jar.putNextEntry(new JarEntry(entry));
            code.transferTo(jar);
            jar.closeEntry();
        }
        return home.resolve(file);
    }

    /// As `cp` and `mv` do it.
    private void put(K3sProcess server, String file) throws IOException {
        Path plugins = Files.createDirectories(server.dataDir().resolve("plugins"));
        Path copy = Files.copy(home.resolve(file), plugins.resolve("." + file), StandardCopyOption.REPLACE_EXISTING);
        Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-r--r--"));
        Files.move(copy, plugins.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }

    private static boolean says(K3sProcess server, String command, String... parts) {
        try {
            return server.console(command.split(" ")).lines().stream()
                    .anyMatch(line -> List.of(parts).stream().allMatch(line::contains));
        } catch (IOException notYet) {
            return false;
        }
    }

    private static void awaitSaid(K3sProcess server, String command, String... parts) throws InterruptedException {
        server.await(command + " with " + List.of(parts), LIMIT, () -> says(server, command, parts));
    }

    private K3sProcess server() throws IOException {
        return K3sProcess.server(home, "--disable-agent", "--bind-address", "127.0.0.1", "--plugin-trust",
                home.resolve("trust.pem").toString());
    }

    @Test
    void runsWhatWasPackedAndSignedAsThePageSaysAndNothingElse() throws Exception {
        jar("acme.jar", "com.acme.plugin", "1.0.0");
        jar("store.jar", "com.acme.store", "1.0.0");
        jar("web.jar", "com.acme.web", "1.0.0");
        TestSigner stamps = new TestCertificate("Stamps").forTimeStamps().signedBy(null);
        try (TimeStampServer authority = TimeStampServer.open(stamps, InstantSource.system().instant())) {
            for (String line : block("jarsigner").lines().toList()) {
                sign(line.replace("/etc/rancher/k3s", home.toString()).replace("http://timestamp.example.com",
                        authority.uri().toString()));
            }
        }
        shell(block("feature.json"), "");
        try (K3sProcess server = server()) {
            server.await("the API", LIMIT, new Commands(home)::served);
            put(server, "acme.jar");
            put(server, "acme.far");
            server.awaitOutput("com.acme.plugin runs version=1.0.0", LIMIT);
            awaitSaid(server, "ls -o wide", "com.acme.plugin", "ACTIVE", "CN=Acme");
            awaitSaid(server, "component status", "acme.far is not signed; to sign it: jarsigner");
            sign("jarsigner -keystore acme.p12 acme.far acme");
            put(server, "acme.far");
            server.awaitOutput("com.acme.web runs version=1.0.0", LIMIT);
            awaitSaid(server, "component ls", "acme ", "ENABLED");
            refusesWhatIsNotAsItWasSigned(server);
            assertThat(server.stop()).isZero();
        }
        assertThat(Files.readString(home.resolve("output.txt"))).doesNotContain("version=1.1.0", "version=1.2.0");
    }

    private void refusesWhatIsNotAsItWasSigned(K3sProcess server) throws Exception {
        jar("acme.jar", "com.acme.plugin", "1.1.0");
        sign("jarsigner -keystore acme.p12 acme.jar acme");
        ChangedJar.replace(home.resolve("acme.jar"), "META-INF/MANIFEST.MF", "Bundle-Version: 1.1.0",
                "Bundle-Version: 1.2.0");
        put(server, "acme.jar");
        awaitSaid(server, "component status", "acme.jar was changed after it was signed");
        assertThat(says(server, "ls -o wide", "com.acme.plugin", "1.0.0", "ACTIVE")).isTrue();
        Path unsigned = jar("scheduler.jar", "io.k3j.scheduler", "0.1.1");
        ConsoleAnswer swap = server.console("swap", unsigned.toString());
        assertThat(swap.code()).isEqualTo(1);
        assertThat(swap.lines()).anyMatch(line -> line.contains(unsigned + " is not signed"));
        Files.writeString(home.resolve("trust.pem"), TestSigner.selfSigned("Other").pem());
        server.awaitOutput("com.acme.plugin ends", LIMIT);
        server.awaitOutput("com.acme.store ends", LIMIT);
        awaitSaid(server, "component status", "nobody who is named has signed its certificate");
    }
}
