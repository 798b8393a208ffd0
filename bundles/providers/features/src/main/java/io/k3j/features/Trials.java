package io.k3j.features;

import io.k3j.componentapi.Health;
import io.k3j.componentapi.TimeSource;
import io.k3j.componentbase.SupervisedLoop;
import io.k3j.featuremodel.ChosenBundles;
import io.k3j.featuremodel.Handle;
import io.k3j.featuremodel.Section;
import io.k3j.featuremodel.StateFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

/// The bundles that are on trial after a swap ([Trial]). On disk they are `<data-dir>/bundles/trials.json`, with how
/// often the process has ended meanwhile: a jar that takes the process down with it does so again, and is taken back
/// at the second start. Thread-safe; one loop looks, twice a second while there is a trial.
final class Trials {
    private static final System.Logger LOG = System.getLogger("io.k3j.features");
    private static final long LOOK_MILLIS = 500;
    private static final long REST_MILLIS = 60_000;
    /// After so many ends of the process during one trial the bundle is taken back.
    private static final int ENDS = 2;

    private final Path file;
    private final StateFiles disk;
    private final Bundles bundles;
    private final HealthGate gate;
    private final TimeSource clock = TimeSource.system();
    private final Map<Handle, Trial> trials = new ConcurrentHashMap<>();
    private final Map<String, Integer> ends = new ConcurrentHashMap<>();

    Trials(Path dataDir, StateFiles disk, Bundles bundles, HealthGate gate) {
        this.file = dataDir.resolve("bundles/trials.json");
        this.disk = disk;
        this.bundles = bundles;
        this.gate = gate;
    }

    /// What was on trial when the process ended: name to choice. Counts the end.
    /// @return the names of those to be taken back
    Set<String> resume(ChosenBundles chosen) {
        Map<String, Integer> before = read(file);
        before.forEach((name, count) -> {
            if (count + 1 < ENDS && !chosen.current(name).equals(ChosenBundles.SHIPPED)) {
                ends.put(name, count + 1);
                trials.put(ChosenBundles.handle(name, chosen.current(name)), Trial.resumed());
            }
        });
        save();
        Set<String> back = new TreeSet<>(before.keySet());
        back.removeIf(name -> ends.containsKey(name) || chosen.current(name).equals(ChosenBundles.SHIPPED));
        return back;
    }

    static Map<String, Integer> read(Path file) {
        Map<String, Integer> ends = new LinkedHashMap<>();
        if (Files.exists(file)) {
            Section section = new Section(file, "", Set.of());
            section.names().forEach(name -> ends.put(name, number(section.text(name))));
        }
        return ends;
    }

    private static int number(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private void save() {
        if (ends.isEmpty()) {
            disk.delete(file);
        } else {
            disk.write(file, new LinkedHashMap<>(ends));
        }
    }

    /// A bundle has just become healthy in the place of another one.
    void begin(Handle bundle, HealthSnapshot before) {
        end(bundle.symbolicName());
        if (!bundle.isShipped()) {
            ends.put(bundle.symbolicName(), 0);
            trials.put(bundle, new Trial(before, clock.monotonic().instant()));
            save();
        }
    }

    /// Nobody is to look at this bundle any more.
    void end(String symbolicName) {
        trials.keySet().removeIf(handle -> handle.symbolicName().equals(symbolicName));
        if (ends.remove(symbolicName) != null) {
            save();
        }
    }

    /// Begins to look.
    /// @param back takes a bundle back, with the reason
    SupervisedLoop watch(Health health, BiConsumer<Handle, String> back) {
        return SupervisedLoop.virtual(health, "features-trials", () -> {
            while (!Thread.currentThread().isInterrupted()) {
                gate.awaitChange(trials.isEmpty() ? REST_MILLIS : LOOK_MILLIS);
                trials.forEach((handle, trial) -> look(handle, trial, back));
            }
        });
    }

    private void look(Handle handle, Trial trial, BiConsumer<Handle, String> back) {
        if (!bundles.runs(handle.symbolicName())) {
            // it is being started, or an operator has stopped it
            return;
        }
        Trial.Verdict verdict = trial.look(gate.snapshot(bundles.running(handle.symbolicName())),
                clock.monotonic().instant());
        switch (verdict) {
            case Trial.Verdict.Pending _ -> {
                // looked at again
            }
            case Trial.Verdict.Passed _ -> {
                end(handle.symbolicName());
                LOG.log(System.Logger.Level.INFO, "Bundle has passed its trial bundle={0}", handle);
            }
            case Trial.Verdict.Failed failed -> back.accept(handle, failed.reason());
        }
    }
}
