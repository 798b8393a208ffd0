package io.k3j.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A plugin directory that is away as a whole while the server runs: it may be one that is not mounted any more.
class AbsentDirectoryTest {
    @TempDir
    private Path dataDir;
    private Path plugins;
    private PluginDirectory directory;
    private final List<String> done = new ArrayList<>();
    private final Map<String, String> told = new TreeMap<>();

    @BeforeEach
    void make() throws IOException {
        plugins = Files.createDirectory(dataDir.resolve("plugins"));
        InvocationHandler answers = (_, method, arguments) -> switch (method.getName()) {
            case "keys" -> "";
            case "ran" -> Set.of();
            case "stopFailing" -> Map.of();
            case "tell" -> told.put((String) arguments[0], (String) arguments[1]);
            case "plug", "unplug" -> done.add(method.getName());
            default -> throw new UnsupportedOperationException(method.getName());
        };
        directory = new PluginDirectory(dataDir, (PluginDirectory.Plugs) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {PluginDirectory.Plugs.class}, answers),
                () -> Instant.EPOCH);
    }

    @Test
    void takesNothingAwayAndThatIsTold() throws IOException, InterruptedException {
        Files.createFile(plugins.resolve("a.jar"));
        directory.lookFirst();
        Path aside = Files.move(plugins, dataDir.resolve("aside"));
        directory.look();
        directory.look();
        assertThat(done).containsExactly("plug");
        assertThat(told.get(".")).contains("plugins is away", "mkdir -m 755 ");
        assertThat(directory.refused()).singleElement().satisfies(f -> assertThat(f.state()).isEqualTo("FAILED"));
        Files.move(aside, plugins);
        directory.look();
        directory.look();
        assertThat(done).as("it is the same file").containsExactly("plug");
        assertThat(told).containsEntry(".", "");
        Files.delete(plugins.resolve("a.jar"));
        directory.look();
        assertThat(done).containsExactly("plug", "unplug");
    }

    @Test
    void isNothingToTellWhereItHeldNothing() throws IOException, InterruptedException {
        Files.delete(plugins);
        directory.lookFirst();
        directory.look();
        assertThat(told).isEmpty();
    }
}
