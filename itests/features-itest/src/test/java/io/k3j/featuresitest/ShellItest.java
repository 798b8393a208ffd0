package io.k3j.featuresitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitosgi.InFramework;
import io.k3j.testkitosgi.Injected;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/// Commands of bundles through the console's socket, in a framework.
@InFramework(bundles = {"com.fasterxml.jackson.core.jackson-core", "io.k3j.componentapi", "component-base",
        "io.k3j.durablefiles", "io.k3j.signedjars", "metrics-text", "io.k3j.features", "io.k3j.console",
        "io.k3j.gogo"})
class ShellItest {
    private static final String PROCESSOR = "org.apache.felix.service.command.CommandProcessor";
    private BundleContext context;

    @Injected
    private ConfigurationAdmin admin;

    /// What the console is configured by, as long as the scene is there.
    private Configuration listen(Scene scene) throws IOException, InterruptedException {
        Configuration configuration = admin.getConfiguration("io.k3j.console", "?");
        configuration.update(new Hashtable<>(Map.of("dataDir", scene.path("data").toString())));
        scene.await("the socket", () -> Files.exists(socket(scene)));
        return configuration;
    }

    /// Ends the console, which takes its files back, and Gogo with it, before the scene is taken away.
    private void silence(Scene scene, Configuration configuration) throws IOException, InterruptedException {
        configuration.delete();
        scene.await("its end",
                () -> scene.names("data/bundles").stream().noneMatch(name -> name.matches("console.\\d")));
        scene.await("the end of its last session", () -> !loaded());
    }

    private static Path socket(Scene scene) {
        return scene.path("data/bundles/console.sock");
    }

    private static List<String> ask(Scene scene, String... words) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket(scene)))) {
            String line = "component\tshell\t" + String.join("\t", words) + "\n";
            channel.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
            return new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8)).lines().toList();
        }
    }

    /// Its services are there, or it still leads what is printed: that is given back last.
    private boolean loaded() {
        return context.getServiceReference(PROCESSOR) != null || System.out.getClass().getName().contains(".gogo.");
    }

    @Test
    void aPlugInsCommandIsThereAsLongAsThePlugInIs() throws IOException, InterruptedException, BundleException {
        try (Scene scene = new Scene(context)) {
            scene.plugins();
            scene.run(Map.of(), Set.of());
            Configuration configuration = listen(scene);
            scene.put(scene.bundle("jars/acme.jar", "com.acme.plugin", Greeting.class, Map.of()));
            scene.await("the plug-in", () -> scene.states().equals("com.acme.plugin=ENABLED"));
            assertThat(loaded()).as("before the first command").isFalse();
            PrintStream out = System.out;
            assertThat(ask(scene, "acme:greet", "world")).containsExactly("+hello world", "=0");
            assertThat(ask(scene, "acme:say 'good morning'")).containsExactly("+good morning", "=0");
            scene.await("its end after the last", () -> !loaded());
            assertThat(System.out).isSameAs(out);
            Files.delete(scene.path("data/plugins/acme.jar"));
            scene.await("the end of the plug-in", () -> scene.states().isEmpty());
            assertThat(ask(scene, "acme:greet", "world")).containsExactly("!no command acme:greet; see: help", "=1");
            silence(scene, configuration);
        }
    }

    @Test
    void theFrameworkIsLookedIntoAndChangedByItsOwnCommandsOnly()
            throws IOException, InterruptedException, BundleException {
        try (Scene scene = new Scene(context)) {
            scene.run(Map.of(), Set.of());
            Configuration configuration = listen(scene);
            assertThat(ask(scene, "lb", "-s")).anyMatch(line -> line.contains("io.k3j.gogo")).endsWith("=0");
            assertThat(ask(scene, "headers", "io.k3j.gogo"))
                    .contains("+Bundle-SymbolicName = io.k3j.gogo", "=0");
            assertThat(ask(scene, "scr:list")).anyMatch(line -> line.contains("io.k3j.console.Console"))
                    .endsWith("=0");
            assertThat(ask(scene, "help")).contains("+felix:lb", "+scr:list").doesNotContain("+felix:stop");
            assertThat(ask(scene, "felix:stop", "io.k3j.gogo")).endsWith("=1").first().asString()
                    .startsWith("!felix:stop would change bundles").endsWith("k3s bundle stop NAME");
            assertThat(ask(scene, "$.context", "bundle", "0")).endsWith("=1");
            silence(scene, configuration);
        }
    }

    @Test
    void anOpenSessionEndsWithTheShell() throws IOException, InterruptedException, BundleException {
        Bundle shell = Arrays.stream(context.getBundles())
                .filter(bundle -> bundle.getSymbolicName().equals("io.k3j.gogo")).findAny().orElseThrow();
        try (Scene scene = new Scene(context)) {
            scene.run(Map.of(), Set.of());
            Configuration configuration = listen(scene);
            PrintStream out = System.out;
            try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket(scene)))) {
                channel.write(ByteBuffer.wrap("component\tshell\n".getBytes(StandardCharsets.UTF_8)));
                BufferedReader lines = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
                assertThat(lines.readLine()).isEqualTo("=0");
                assertThat(loaded()).isTrue();
                shell.stop();
                assertThat(lines.readLine()).isNull();
            } finally {
                shell.start();
            }
            scene.await("the end of Gogo", () -> System.out == out);
            scene.await("the shell", () -> context.getServiceReference("io.k3j.componentapi.Shell") != null);
            assertThat(ask(scene, "lb")).endsWith("=0");
            silence(scene, configuration);
        }
    }
}
