package io.k3j.plugins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.componentapi.SwapRefused;
import io.k3j.featuremodel.Feature;
import io.k3j.featuremodel.FeatureProblem;
import io.k3j.featuremodel.Handle;
import io.k3j.featuremodel.StateFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Version;

/// What had a say in requests is missed for as long as its file is there and it does not run, across restarts.
class MissedPluginsTest {
    private static final String ADMISSION = "io.k3j.apiserverapi.Admission";
    private static final Plugin ACME = plugin("1");
    @TempDir
    private Path dataDir;
    private final TreeSet<String> missed = new TreeSet<>();
    private final List<Plugin> running = new ArrayList<>();
    private final TreeSet<String> disabled = new TreeSet<>();
    private String refusal = "";
    private boolean sound;
    private boolean stopped;
    private Instant now = Instant.EPOCH;
    private Map<String, Set<String>> decisions = Map.of("com.acme", Set.of(ADMISSION));
    private boolean full;

    private static Plugin plugin(String digest) {
        String copy = "com.acme-" + digest + ".jar";
        return new Plugin("acme.jar", Feature.ofJar("com.acme", "com.acme"),
                List.of(new Plugin.Part(new Handle("com.acme", Handle.PLUGIN + copy, digest), Version.emptyVersion)),
                copy);
    }

    /// Lets the one file in, or refuses it.
    private final PluginDirectory.Plugs plugs = new PluginDirectory.Plugs() {
        @Override
        public Object keys() {
            return "";
        }

        @Override
        public void plug(Path file) {
            running.clear();
            if (!refusal.isEmpty()) {
                // one that is held in this process, of which that is said as well
                throw sound ? new FeatureProblem(refusal, new FeatureProblem(refusal, new SwapRefused(refusal)))
                        : new FeatureProblem(refusal);
            }
            running.add(ACME);
        }

        @Override
        public Set<String> ran() {
            return Set.of();
        }

        @Override
        public void retire(String file) {
            // nothing is left
        }

        @Override
        public void tidy() {
            // nothing is kept
        }

        @Override
        public Map<String, String> stopFailing() {
            return Map.of();
        }

        @Override
        public void unplug(String file) {
            running.clear();
        }

        @Override
        public void tell(String file, String reason) {
            // nobody listens
        }
    };

    private final StateFiles disk = new StateFiles() {
        @Override
        public void write(Path file, Map<String, ?> object) {
            if (full) {
                throw new FeatureProblem(file + ": no space left");
            }
            StateFiles.DURABLE.write(file, object);
        }

        @Override
        public void copy(Path from, Path to) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void delete(Path file) {
            throw new UnsupportedOperationException();
        }
    };

    private Runnable miss(String owner, Set<String> services) {
        String told = owner + " " + services;
        missed.add(told);
        return () -> missed.remove(told);
    }

    private MissedPlugins started() {
        running.clear();
        missed.clear();
        MissedPlugins made = new MissedPlugins(dataDir, new MissedPlugins.Parts(this::miss, disk, plugs,
                () -> List.copyOf(running), plugin -> decisions, plugin -> stopped, disabled::contains, () -> now));
        made.begin();
        return made;
    }

    private Path file() {
        return dataDir.resolve("plugins/acme.jar");
    }

    @BeforeEach
    void decidedOnce() throws IOException, InterruptedException {
        Files.createDirectories(file().getParent());
        Files.createFile(file());
        MissedPlugins first = started();
        first.plug(file());
        first.stopFailing();
        assertThat(missed).isEmpty();
    }

    @Test
    void oneThatIsRefusedAfterARestartIsMissedUntilItRunsOrItsFileGoes() throws IOException, InterruptedException {
        refusal = "nobody trusts it";
        MissedPlugins again = started();
        assertThat(missed).as("before anybody has looked").containsExactly("com.acme [" + ADMISSION + "]");
        assertThatThrownBy(() -> again.plug(file())).hasMessageContaining("nobody trusts it")
                .hasMessageContaining("is answered 503 until its file");
        again.stopFailing();
        assertThat(missed).hasSize(1);
        refusal = "";
        again.plug(file());
        assertThat(missed).as("it runs").isEmpty();
        refusal = "nobody trusts it";
        MissedPlugins third = started();
        assertThat(missed).hasSize(1);
        Files.delete(file());
        third.stopFailing();
        assertThat(missed).as("its file has gone").isEmpty();
    }

    @Test
    void oneThatDidNotStartIsTriedAgainAndOneThatNobodyTrustsIsNot() throws InterruptedException {
        refusal = "nobody trusts it";
        MissedPlugins distrusting = started();
        assertThatThrownBy(() -> distrusting.plug(file())).isInstanceOf(FeatureProblem.class);
        refusal = "";
        now = now.plus(MissedPlugins.LONGEST_PAUSE);
        assertThat(distrusting.stopFailing()).isEmpty();
        assertThat(missed).hasSize(1);
        refusal = "it is not healthy after 30 s";
        sound = true;
        MissedPlugins again = started();
        assertThatThrownBy(() -> again.plug(file())).hasMessageContaining("not healthy");
        assertThat(again.stopFailing()).as("not yet").isEmpty();
        now = now.plus(MissedPlugins.FIRST_PAUSE);
        assertThat(again.stopFailing().get("acme.jar")).contains("not healthy");
        now = now.plus(MissedPlugins.FIRST_PAUSE);
        assertThat(again.stopFailing()).as("later and later").isEmpty();
        refusal = "";
        now = now.plus(MissedPlugins.FIRST_PAUSE);
        assertThat(again.stopFailing()).containsEntry("acme.jar", "");
        assertThat(missed).isEmpty();
    }

    @Test
    void oneThatAnOperatorHasDisabledIsNotMissed() {
        disabled.add("com.acme");
        started();
        assertThat(missed).isEmpty();
    }

    /// An API server that takes the place of another one has never seen what it decides about.
    @Test
    void oneThatAnOperatorHasStoppedIsMissedUntilItRunsAgain() throws InterruptedException {
        MissedPlugins again = started();
        again.plug(file());
        again.stopFailing();
        assertThat(missed).isEmpty();
        stopped = true;
        again.stopFailing();
        again.stopFailing();
        assertThat(missed).containsExactly("com.acme [" + ADMISSION + "]");
        stopped = false;
        assertThat(again.stopFailing()).isEmpty();
        assertThat(missed).as("it runs").isEmpty();
    }

    @Test
    void oneIsMissedWhileTheDirectoryIsAwayAndNoMoreWhenItIsBackWithoutTheFile()
            throws IOException, InterruptedException {
        MissedPlugins again = started();
        Files.delete(file());
        Files.delete(file().getParent());
        again.stopFailing();
        assertThat(missed).hasSize(1);
        Files.createDirectories(file().getParent());
        again.stopFailing();
        assertThat(missed).isEmpty();
    }

    @Test
    void oneThatIsDisabledWhileItIsMissedIsMissedNoMore() throws InterruptedException {
        MissedPlugins again = started();
        assertThat(missed).hasSize(1);
        disabled.add("com.acme");
        again.stopFailing();
        assertThat(missed).isEmpty();
    }

    @Test
    void oneWhoseFileWentWhileTheServerWasDownIsForgotten() throws IOException {
        Files.delete(file());
        MissedPlugins again = started();
        again.tidy();
        Files.createFile(file());
        started();
        assertThat(missed).as("another file of that name").isEmpty();
    }

    @Test
    void aFullDiskKeepsNobodyFromStoppingOneAndIsWrittenToLater() throws InterruptedException {
        decisions = Map.of("com.acme", Set.of(ADMISSION, "io.k3j.apiserverapi.Authorizer"));
        MissedPlugins again = started();
        again.plug(file());
        full = true;
        assertThat(again.stopFailing()).isEmpty();
        full = false;
        again.stopFailing();
        started();
        assertThat(missed).singleElement().asString().contains("Authorizer");
    }

    @Test
    void oneThatWasTakenAwayIsForgotten() throws InterruptedException {
        started().unplug("acme.jar");
        started();
        assertThat(missed).isEmpty();
    }

    @Test
    void oneThatDecidesNothingIsNeverMissed() throws InterruptedException {
        started().unplug("acme.jar");
        decisions = Map.of();
        MissedPlugins again = started();
        again.plug(file());
        again.stopFailing();
        refusal = "nobody trusts it";
        assertThatThrownBy(() -> started().plug(file())).hasMessage("nobody trusts it");
        assertThat(missed).isEmpty();
    }
}
