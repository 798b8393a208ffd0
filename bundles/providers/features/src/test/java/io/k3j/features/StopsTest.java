package io.k3j.features;

import static io.k3j.features.TestFramework.answering;
import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componentapi.Components.Component;
import io.k3j.featuremodel.ChosenBundles;
import io.k3j.featuremodel.Decisions;
import io.k3j.featuremodel.Feature;
import io.k3j.featuremodel.Handle;
import io.k3j.featuremodel.JarFacts;
import io.k3j.featuremodel.Roster;
import io.k3j.featuremodel.Signatures;
import io.k3j.featuremodel.StateFiles;
import io.k3j.featuremodel.Step;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.Attributes;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Version;
import org.osgi.service.component.runtime.ServiceComponentRuntime;

/// What an operator may do to the bundle of a plug-in, and what becomes of that when its file is replaced or goes.
class StopsTest {
    private static final String NAME = "com.acme.plugin";
    private static final Feature FEATURE = Feature.ofJar(NAME, NAME);
    private static final Handle OLD = plugin("0a1b2c3d4e5f6071");
    private static final Handle NEW = plugin("f0e1d2c3b4a59687");
    @TempDir
    private Path dir;
    private final TestFramework framework = new TestFramework();
    private final HealthBoard health = new HealthBoard(InstantSource.system());
    private Bundles bundles;
    private Stops stops;
    private BundleHands hands;

    private static Handle plugin(String digest) {
        return new Handle(NAME, Handle.PLUGIN + NAME + "-" + digest + ".jar", digest);
    }

    @BeforeEach
    void run() throws Exception {
        Path jar = Files.createFile(dir.resolve("any.jar"));
        bundles = new Bundles(framework.context(), _ -> jar, Signatures.of(Map.of(), InstantSource.system()));
        HealthGate gate = new HealthGate(health, answering(ServiceComponentRuntime.class, (_, _, _) -> List.of()));
        stops = new Stops(bundles, gate, _ -> OLD);
        hands = new BundleHands(bundles, new ChosenBundles(dir, StateFiles.DURABLE), gate, step -> {
            throw new UnsupportedOperationException(step.text());
        }, stops);
        bundles.start(bundles.install(OLD), Bundles.START);
    }

    private void stop() {
        stops.stop(NAME, FEATURE.bundles().getFirst());
    }

    /// The API server forgets what a bundle decides about that is not installed any more.
    @Test
    void oneThatIsStoppedIsNotTakenOutAndStartsWithClassesOfItsOwn() {
        stop();
        assertThat(bundles.installed(OLD)).isPresent();
        assertThat(bundles.runs(NAME)).isFalse();
        stops.start(NAME, FEATURE.bundles().getFirst());
        assertThat(stops.isStopped(NAME)).isFalse();
        assertThat(framework.done()).containsExactly("start " + OLD.location(), "stop " + OLD.location(),
                "refresh " + OLD.location(), "start " + OLD.location());
    }

    @Test
    void oneWhoseFileIsReplacedIsStoppedNoMore() throws Exception {
        stop();
        hands.make(new Step.Install(NEW));
        hands.make(new Step.Stop(OLD));
        assertThat(stops.isStopped(NAME)).isTrue();
        hands.make(new Step.Start(NEW));
        assertThat(stops.isStopped(NAME)).isFalse();
    }

    @Test
    void oneWhoseFileGoesIsStoppedNoMoreAndOneThatWasToReplaceItChangesNothing() throws Exception {
        stop();
        hands.make(new Step.Install(NEW));
        hands.make(new Step.Remove(NEW));
        assertThat(stops.isStopped(NAME)).isTrue();
        hands.make(new Step.Remove(OLD));
        assertThat(stops.isStopped(NAME)).isFalse();
        assertThat(bundles.installed(OLD)).isEmpty();
    }

    /// It would run on when its file has gone, and none of what is looked at of plug-ins would be of it.
    @Test
    void noJarIsSwappedForAPlugIn() throws Exception {
        Path jar = dir.resolve("new.jar");
        Swaps swaps = new Swaps(bundles, () -> List.of(FEATURE), dir.resolve("plugins"));
        assertThat(swaps.obstacles(new JarFacts(jar, jar, NAME, Version.emptyVersion, new Attributes(),
                "f0e1d2c3b4a59687"))).singleElement().asString().contains("is a plug-in",
                        "install -m 644 " + jar + " " + dir.resolve("plugins/FILE"));
        assertThat(framework.done()).as("nothing is tried").containsExactly("start " + OLD.location());
    }

    /// `k3s plugin dev` looks for the checksum of what it has put there.
    @Test
    void theRowOfAPlugInNamesItsBytes() {
        Roster roster = new Roster(List.of(), Map.of(), Set.of(), Map.of(), Decisions.NONE);
        roster.plug(List.of(FEATURE));
        ComponentList list = new ComponentList(roster, bundles, health, stops, List::of);
        assertThat(list.all()).singleElement().extracting(Component::version).isEqualTo("1.0.0+0a1b2c3d4e5f");
        stop();
        assertThat(list.all()).singleElement().extracting(Component::state).isEqualTo("STOPPED");
    }
}
